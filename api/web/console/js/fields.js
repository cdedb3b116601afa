// Forms made from a description: each part has a node, reads its value, and knows where the field of a path (points.0.say) stands.

import { button, el } from "/js/element.js";

let count = 0;

/** One labelled control, with room for what is wrong with it. */
function entry(spec, control, read) {
  const id = `f${++count}`;
  const wrong = el("span", { id: `${id}-wrong`, className: "fault", hidden: true });
  control.id = id;
  control.setAttribute("aria-describedby", wrong.id);
  const node = el("div.entry", {},
    el("label.name", { htmlFor: id }, spec.label, spec.needed ? el("span.unseen", {}, "（必填）") : null),
    spec.hint ? el("small", {}, spec.hint) : null, control, wrong);
  return { node, read, at: () => ({ focus: () => control.focus(), tell: (words) => tell(control, wrong, words) }) };
}

function tell(control, wrong, words) {
  wrong.textContent = words;
  wrong.hidden = !words;
  if (words) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
}

const KINDS = {
  text(spec, value) {
    const control = el("input.field", { value: value ?? "", maxLength: spec.most ?? 300, autocomplete: "off", spellcheck: false });
    return entry(spec, control, () => control.value.trim());
  },
  number(spec, value) {
    const control = el("input.field", { value: value ?? "", inputMode: "decimal", maxLength: 20, autocomplete: "off" });
    return entry(spec, control, () => numeric(control.value.trim()));
  },
  day(spec, value) {
    const control = el("input.field", { type: "date", value: value ?? "" });
    return entry(spec, control, () => control.value);
  },
  area(spec, value) {
    const control = el("textarea", { value: value ?? "", rows: spec.rows ?? 2, maxLength: 2000 });
    return entry(spec, control, () => control.value.trim());
  },
  lines(spec, value) {
    const control = el("textarea", { value: (value ?? []).join("\n"), rows: Math.min(6, Math.max(2, value?.length ?? 0)) });
    return entry({ ...spec, hint: spec.hint ?? "一行一个" }, control, () => control.value.split("\n").map((line) => line.trim()).filter(Boolean));
  },
  select(spec, value) {
    const options = spec.needed ? spec.options : [["", "（不写）"], ...spec.options];
    const known = options.some(([key]) => key === (value ?? ""));
    const control = el("select.field", {}, [...(known ? [] : [[value ?? "", value || "请选择"]]), ...options].map(([key, words]) => new Option(words, key)));
    control.value = value ?? "";
    return entry(spec, control, () => control.value);
  },
  tick(spec, value) {
    const control = el("input", { type: "checkbox", checked: value ?? spec.otherwise ?? false });
    const node = el("label.tick", {}, control, el("span", {}, spec.label));
    return { node, read: () => (control.checked === (spec.otherwise ?? false) && value === undefined ? undefined : control.checked), at: () => ({ focus: () => control.focus(), tell: () => {} }) };
  },
  ticks(spec, value) {
    const held = new Set(value ?? []);
    const wrong = el("span", { id: `f${++count}-wrong`, className: "fault", hidden: true });
    const boxes = spec.options.map((option) => el("input", { type: "checkbox", value: option, checked: held.has(option) }));
    const node = el("fieldset.ticks", { "aria-describedby": wrong.id }, el("legend", {}, spec.label), boxes.map((box) => el("label.tick", {}, box, el("span", {}, box.value))), wrong);
    return {
      node,
      read: () => boxes.filter((box) => box.checked).map((box) => box.value),
      at: () => ({ focus: () => boxes[0].focus(), tell: (words) => { wrong.textContent = words; wrong.hidden = !words; } }),
    };
  },
  group(spec, value) {
    const inner = group(spec.fields, value ?? {});
    const node = el("fieldset.one", {}, el("legend", {}, spec.label), inner.node);
    return { node, read: () => (Object.keys(inner.read()).length ? inner.read() : undefined), at: (path) => inner.at(path), every: inner.every };
  },
  rows(spec, value) { return rows(spec, value ?? []); },
};

const numeric = (text) => (text !== "" && String(Number(text)) === text ? Number(text) : text);
const empty = (value) => value === undefined || value === "" || (Array.isArray(value) && !value.length);

/** Fields one under the other; short ones share a line. */
export function group(fields, value) {
  const parts = fields.map((spec) => [spec, KINDS[spec.kind](spec, value[spec.name])]);
  const nodes = [];
  let line = null;
  for (const [spec, part] of parts) {
    if (!spec.short) { line = null; nodes.push(part.node); continue; }
    if (!line) { line = el("div.pairs"); nodes.push(line); }
    line.append(part.node);
  }
  const node = el("div.sheet-form", {}, nodes);
  return {
    node,
    read: () => Object.fromEntries(parts.map(([spec, part]) => [spec.name, part.read()]).filter(([, read]) => !empty(read))),
    at(path) {
      const found = parts.find(([spec]) => spec.name === path[0]);
      return found ? found[1].at(path.slice(1)) : null;
    },
    every: (what) => parts.forEach(([, part]) => part.every?.(what) ?? what(part.at([]))),
  };
}

/** Entries of one kind that can be added, taken out and moved; each is a group. */
function rows(spec, values) {
  let parts = [];
  const list = el("div.rows");
  const wrong = el("p.fault", { hidden: true, tabIndex: -1 });
  const add = button(`加一${spec.unit}`, () => { const part = put({}); part.node.querySelector("input, textarea, select")?.focus(); changed(); }, { className: "add" });
  const node = el("fieldset.rows", {}, el("legend", {}, spec.label), wrong, list, el("div", {}, add));

  function put(value) {
    const inner = group(typeof spec.fields === "function" ? spec.fields(value) : spec.fields, value);
    const part = { inner };
    const name = el("strong");
    part.head = el("div.head", {}, name, el("div.row", {},
      button("上移", () => move(part, -1)), button("下移", () => move(part, 1)), button("删去", () => take(part))));
    part.name = name;
    part.node = el("div.one", { role: "group" }, part.head, inner.node);
    parts.push(part);
    list.append(part.node);
    number();
    return part;
  }
  function number() {
    parts.forEach((part, index) => {
      const words = `${spec.label}第 ${index + 1} ${spec.unit}`;
      part.name.textContent = words;
      part.node.setAttribute("aria-label", words);
      const [up, down, out] = part.head.querySelectorAll("button");
      for (const [control, label] of [[up, "上移"], [down, "下移"], [out, "删去"]]) control.setAttribute("aria-label", `${label}${words}`);
      up.disabled = index === 0;
      down.disabled = index === parts.length - 1;
    });
  }
  function move(part, by) {
    const from = parts.indexOf(part);
    parts.splice(from, 1);
    parts.splice(from + by, 0, part);
    list.replaceChildren(...parts.map((each) => each.node));
    number();
    part.head.querySelector("button:not(:disabled)").focus();
    changed();
  }
  function take(part) {
    parts = parts.filter((each) => each !== part);
    part.node.remove();
    number();
    add.focus();
    changed();
  }
  const changed = () => node.dispatchEvent(new Event("input", { bubbles: true }));
  values.forEach(put);
  return {
    node,
    read: () => parts.map((part) => part.inner.read()),
    at(path) {
      if (!path.length) return { focus: () => wrong.focus(), tell: (words) => { wrong.textContent = words; wrong.hidden = !words; } };
      return parts[Number(path[0])]?.inner.at(path.slice(1)) ?? this.at([]);
    },
    every(what) { what(this.at([])); parts.forEach((part) => part.inner.every(what)); },
  };
}

/** Puts what was found at its fields; gives what belongs to no field. */
export function tellFaults(form, checks) {
  form.every((place) => place?.tell(""));
  const rest = [];
  const told = new Map();
  for (const check of checks) {
    const place = check.field && check.stops ? form.at(check.field.split(".")) : null;
    if (!place) { rest.push(check); continue; }
    told.set(check.field, [...(told.get(check.field) ?? []), check.what]);
  }
  for (const [field, words] of told) form.at(field.split(".")).tell(words.join("；"));
  return rest;
}
