// 适合办哪一类: a few answers → which type of organisation fits, and what is missing.

import * as api from "./api.js";
import { el } from "./element.js";
import { findings, showResult, verdictTag } from "./findings.js";
import { choices, field, text, toolForm } from "./form.js";

// Questions that only one purpose raises; the rest are asked of all.
const ONLY = { people: "members", units: "members", state_percent: "service", cash: "grant", fundraising: "grant", directors: "grant" };
const YES_NO = [["", "说不准"], ["true", "是"], ["false", "否"]];

export const title = "适合办哪类";
export const lead = "回答几个问题，看社会团体、社会服务机构、基金会哪一类对得上，还缺什么。说不准的可以不答。";

/** The form and the place of its result. */
export async function view() {
  const { questions } = await api.toolOptions("eligibility");
  const place = el("div");
  const form = toolForm("看看适合办哪类", Object.entries(questions).map(([name, question]) => asked(name, question)), (sent) => send(sent, questions), (answer) => show(place, answer));
  const relevant = () => {
    const purpose = form.elements.purpose.value;
    for (const node of form.querySelectorAll("[data-field]")) node.hidden = Boolean(ONLY[node.dataset.field]) && ONLY[node.dataset.field] !== purpose;
  };
  form.addEventListener("change", relevant);
  relevant();
  return [form, place];
}

function asked(name, { ask, choices: options, unit }) {
  if (options) return choices(name, ask, [...(name === "purpose" ? [] : [["", "说不准"]]), ...Object.entries(options)]);
  if (unit) return field(`${ask}（${unit}）`, text(name, { type: "number", inputMode: "numeric", min: 0, step: 1 }));
  return choices(name, ask, YES_NO);
}

function send(form, questions) {
  const answers = {};
  for (const node of form.querySelectorAll("[data-field]:not([hidden])")) {
    const name = node.dataset.field;
    const { value } = form.elements[name];
    if (form.elements[name].validity?.badInput) throw new api.Problem({ status: 422, detail: "请写整数。", field: name });
    if (value === "") continue;
    answers[name] = questions[name].choices ? value : questions[name].unit ? Number(value) : value === "true";
  }
  if (!answers.purpose) throw new api.Problem({ status: 422, detail: "请先选主要想做什么。", field: "purpose" });
  return api.tool("eligibility", answers);
}

function show(place, answer) {
  const groups = answer.fits.map(({ kind, verdict, rows }) => el("details.fit", { open: kind === answer.best },
    el("summary", {}, `${kind} `, verdictTag(verdict)), findings(rows, answer.citations)));
  showResult(place, answer.best ? `最接近的是：${answer.best}` : "按这些回答，三类社会组织都不合适", answer,
    ...groups, answer.advice.length ? findings(answer.advice, answer.citations) : null);
}
