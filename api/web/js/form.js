// Parts of the tools' forms: labelled fields, choices, and a problem shown at the field it is about.

import { el } from "./element.js";

/** A control under its label; `hint` is a word of help, shown at once. */
export function field(label, control, hint = "") {
  return el("label", { "data-field": control.name }, label, control, hint ? el("small", {}, hint) : null);
}

export const text = (name, properties = {}) => el("input.field", { name, maxLength: 80, autocomplete: "off", ...properties });
export const select = (name, options, properties = {}) => el("select.field", { name, ...properties }, options.map(([value, words]) => new Option(words, value)));

/** Radio buttons as one row of choices; options are [value, words]; one with the value "" is chosen. */
export function choices(name, legend, options) {
  return el("fieldset", { "data-field": name }, el("legend", {}, legend), el("div.choices", {}, options.map(([value, words]) =>
    el("label.choice", {}, el("input", { type: "radio", name, value, checked: value === "" }), el("span", {}, words)))));
}

/** A form that asks a tool: `send(form)` gives the answer, `show(answer)` puts it on the page. */
export function toolForm(words, fields, send, show) {
  const state = el("p.hint", { role: "status" });
  const go = el("button.primary", { type: "submit" }, words);
  const form = el("form.form.screen", { noValidate: true }, fields, el("div", {}, go), state);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    for (const node of form.querySelectorAll("[aria-invalid]")) node.removeAttribute("aria-invalid");
    go.disabled = true;
    state.textContent = "正在核对…";
    try {
      const answer = await send(form);
      state.textContent = "";
      show(answer);
    } catch (problem) {
      refuse(form, state, problem);
    } finally {
      go.disabled = false;
    }
  });
  return form;
}

function refuse(form, state, problem) {
  const found = form.elements[problem.field];
  // Radio buttons come as a list, and are not what is invalid: their group is.
  if (found?.focus) found.setAttribute("aria-invalid", "true");
  (found?.focus ? found : found?.[0])?.focus();
  const wait = problem.retryAfter ? `${problem.retryAfter} 秒后可再试。` : "";
  state.textContent = problem.status ? `${problem.message}${/[。！？]$/.test(problem.message) ? "" : "。"}${wait}` : `${problem.title}。${problem.message}`;
}
