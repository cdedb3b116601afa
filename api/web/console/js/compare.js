// Two editions of a law side by side, article by article.

import { el } from "/js/element.js";
import { Dialog } from "/js/dialog.js";
import { call } from "./session.js";

const part = encodeURIComponent;
let dialog;

/** Opens the comparison of the editions around the one that is read; only held texts can be compared. */
export async function compare(found) {
  const held = found.editions.filter((edition) => edition.held).map(({ date }) => date);
  dialog ??= new Dialog("broad");
  dialog.heading.textContent = `《${found.law.title}》版本对照`;
  if (held.length < 2) {
    dialog.body.replaceChildren(el("p", {}, `要有两个已导入的文本才能逐条对照，现在${held.length ? `只导入了 ${held[0]} 文本` : "一个也没有导入"}。`));
    dialog.open();
    return;
  }
  const here = Math.max(1, held.indexOf(found.edition.date));
  const choose = (name, value) => el("label.inline", {}, `${name} `, el("select", { onchange: () => draw() }, held.map((date) => new Option(`${date} 文本`, date, date === value, date === value))));
  const before = choose("旧", held[here - 1]);
  const after = choose("新", held[here]);
  const all = el("input", { type: "checkbox", onchange: () => draw() });
  const place = el("div");
  dialog.body.replaceChildren(el("div.row", {}, before, after, el("label.tick", {}, all, el("span", {}, "没有变化的条文也列出"))), place);
  dialog.open();
  await draw();

  async function draw() {
    place.setAttribute("aria-busy", "true");
    const [one, other] = [before, after].map((node) => node.querySelector("select").value);
    try {
      const { rows } = await call("GET", `/compare/${part(found.law.slug)}?${new URLSearchParams({ before: one, after: other })}`);
      place.replaceChildren(view(rows, one, other, all.checked, found.label));
    } catch (problem) {
      place.replaceChildren(el("p.problem", { role: "alert" }, problem.message));
    }
    place.removeAttribute("aria-busy");
    place.querySelector("[aria-current]")?.scrollIntoView({ block: "center" });
  }
}

function view(rows, before, after, whole, label) {
  const count = (kind) => rows.filter((row) => row.kind === kind).length;
  const caption = `${before} 文本 → ${after} 文本：改动 ${count("改动")} 条，新增 ${count("新增")} 条，删去 ${count("删去")} 条，只变条号 ${count("条号变动")} 条，相同 ${count("相同")} 条`;
  const shown = rows.filter((row) => whole || !["相同", "条号变动"].includes(row.kind));
  return el("div.wide", { tabIndex: 0, role: "region", "aria-label": caption }, el("table.grid.versus", {},
    el("caption", {}, caption),
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "变化"), el("th", { scope: "col" }, `${before} 文本`), el("th", { scope: "col" }, `${after} 文本`))),
    el("tbody", {}, shown.map((row) => el("tr", { "aria-current": row.after?.label === label ? "true" : null },
      el("th", { scope: "row" }, row.kind), side(row, "before", "gone"), side(row, "after", "come"))))));
}

function side(row, name, own) {
  const article = row[name];
  if (!article) return el("td", {}, el("span.quiet", {}, "（无）"));
  const stretches = row.stretches.length ? row.stretches.filter(([kind]) => kind === "kept" || kind === own)
    .map(([kind, text]) => (kind === "kept" ? text : el(own === "gone" ? "del" : "ins", {}, text))) : [row.before && row.after ? article.text : el(own === "gone" ? "del" : "ins", {}, article.text)];
  return el("td", {}, el("strong", {}, article.label), "　", stretches);
}
