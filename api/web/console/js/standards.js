// Standard answers: what is offered first, up to which day, what waits to be read again, and a form to write one.

import { blockNode } from "/js/blocks.js";
import { button, el } from "/js/element.js";
import { call } from "./session.js";
import { frame, moment, say, table, trying } from "./shell.js";

await frame();
const list = document.querySelector("#list");
const form = document.querySelector("#form");
const STATES = [["active", "在用"], ["stale", "待复核"], ["retired", "已停用"]];
let state = "active";

async function load() {
  const { approvals } = await call("GET", `/approvals?state=${state}`);
  // Whatever ends first comes first; what has no last day comes last.
  approvals.sort((a, b) => (a.until || "9999").localeCompare(b.until || "9999"));
  document.querySelector("#states").replaceChildren(...STATES.map(([value, words]) => button(words, () => { state = value; trying(load); }, { "aria-pressed": String(value === state) })));
  const heads = ["问题", "答复", "依据", "谁定的", state === "stale" ? "为什么要复核" : "有效期到", "操作"];
  list.replaceChildren(table(`${STATES.find(([value]) => value === state)[1]}的答复`, heads, approvals.map(row), "没有"));
}

function row(one) {
  const grounds = one.citations.map(({ title, article }) => `《${title}》${article}`).join("；");
  return [
    one.question,
    el("details", {}, el("summary", {}, "看答复"), one.blocks.map((block) => blockNode(block, () => null))),
    grounds, `${one.by} ${moment(one.at).slice(0, 10)}`,
    state === "stale" ? one.because.join("；") : state === "active" ? term(one) : one.until || "—",
    el("div.row", {}, state === "stale" ? act("复核无误，恢复", one, "POST", "/confirmation", "已恢复") : null, state === "retired" ? null : act("停用", one, "DELETE", "", "已停用")),
  ];
}

function act(words, one, method, path, told) {
  return button(words, () => trying(async () => { await call(method, `/approvals/${one.id}${path}`); await load(); say(told); }), { "aria-label": `${words}：${one.question}` });
}

function term(one) {
  const day = el("input", { type: "date", value: one.until, "aria-label": `有效期：${one.question}` });
  day.addEventListener("change", () => trying(async () => { await call("PUT", `/approvals/${one.id}/term`, { until: day.value || null }); say(day.value ? `有效期到 ${day.value}` : "不限有效期"); }));
  return day;
}

form.append(
  el("label", {}, "问题 ", el("input.field", { name: "question", maxLength: 500, autocomplete: "off" })),
  el("label", {}, "答复 ", el("textarea", { name: "text", rows: 4, maxLength: 8000 }), el("small", {}, "说明来源的句子后面写 [1] 这样的编号，对应下面的依据")),
  el("label", {}, "依据 ", el("textarea", { name: "cites", rows: 2, maxLength: 1200 }), el("small", {}, "一行一条，依次是 [1]、[2]……，如：慈善法 第二十二条")),
  el("label", {}, "有效期到（可不填） ", el("input", { type: "date", name: "until" })),
  el("label.tick", {}, el("input", { type: "checkbox", name: "despite" }), el("span", {}, "数字已核对，条文里找不到也仍然保存")),
  el("div", {}, el("button.primary", { type: "submit" }, "保存标准答复")),
);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  trying(async () => {
    const { question, text, cites, until, despite } = form.elements;
    const body = { question: question.value.trim(), text: text.value, cites: cites.value.split("\n").map((line) => line.trim()).filter(Boolean), until: until.value || null, despite: despite.checked };
    await call("POST", "/standards", body);
    form.reset();
    state = "active";
    await load();
    say("已保存，同样的问题再来时先给出");
  }, form);
});
await trying(load);
