// Cases for the evaluation: drafts are written on, confirmed by somebody else, or rejected with a reason.

import { button, el } from "/js/element.js";
import { call } from "./session.js";
import { frame, moment, say, table, trying } from "./shell.js";

const who = await frame();
const reviewer = who.roles.some(({ role }) => role === "reviewer");
const list = document.querySelector("#list");
const detail = document.querySelector("#detail");
const STATES = [["draft", "待确认"], ["confirmed", "已确认"], ["rejected", "已退回"]];
const EXPECTED = [["answered", "应当答复"], ["clarify", "应当反问"], ["refused", "应当说明不能答"]];
let state = "draft";
let cases = [];

async function load() {
  ({ cases } = await call("GET", `/cases?state=${state}`));
  document.querySelector("#states").replaceChildren(...STATES.map(([value, words]) => button(words, () => { state = value; trying(load); }, { "aria-pressed": String(value === state) })));
  list.replaceChildren(table(`${STATES.find(([value]) => value === state)[1]}的用例，先来的在前`, ["问题", "来源", "起草", "编号"], cases.map((one) => [
    el("button.opens", { type: "button", onclick: () => { show(one); detail.querySelector("h2").focus(); } }, one.turns.at(-1)), one.source, `${one.by} ${moment(one.at).slice(0, 10)}`, one.id,
  ]), "没有"));
}

// Groups that are each needed stand on lines; within a line, alternatives are parted by "|".
const goldText = (gold) => gold.map((group) => group.map(({ title, article }) => `${title} ${article}`).join(" | ")).join("\n");
const factText = (facts) => facts.map(({ fact, match }) => `${fact}：${match.map((group) => group.join("|")).join(" ＋ ")}`).join("\n");
const filled = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);

function goldOf(text) {
  return filled(text).map((line) => line.split("|").map((one) => {
    const parts = one.trim().split(/\s+/);
    return { title: parts.slice(0, -1).join(" ").replace(/[《》]/g, "") || one.trim(), article: parts.length > 1 ? parts.at(-1) : "（缺条号）" };
  }));
}

function factsOf(text) {
  return filled(text).map((line) => {
    const [fact, rest = fact] = line.split(/：(.*)/s);
    return { fact: fact.slice(0, 80), match: rest.split("＋").map((group) => group.split("|").map((word) => word.trim()).filter(Boolean)).filter(({ length }) => length) };
  });
}

const area = (name, label, value, hint, readOnly) => el("label", {}, label, " ", el("textarea", { name, rows: Math.min(6, value.split("\n").length + 1), value, readOnly, maxLength: 8000 }), hint ? el("small", {}, hint) : null);

function show(one) {
  const fixed = one.state === "confirmed";
  const form = el("form.stack", { noValidate: true },
    area("turns", "问题（多轮时一行一问，最后一行是要答的）", one.turns.join("\n"), "", fixed),
    el("label", {}, "期望 ", el("select.field", { name: "expect", disabled: fixed }, EXPECTED.map(([value, words]) => new Option(words, value, false, value === one.expect)))),
    area("gold", "应引用的条文", goldText(one.gold), "一行一条，都要引用；几条任一条即可的写在同一行，用 | 隔开，如：慈善法 第二十二条", fixed),
    area("nuggets", "应说出的内容", factText(one.nuggets), "一行一项，冒号前是说明，冒号后是答复里应出现的字样；任一即可用 | 隔开，都要有用 ＋ 连接", fixed),
    area("forbidden", "不该出现的说法", one.forbidden.join("\n"), "一行一句", fixed),
    fixed ? "" : el("div", {}, el("button", { type: "submit" }, "保存")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    trying(async () => {
      const { turns, expect, gold, nuggets, forbidden } = form.elements;
      const body = { turns: filled(turns.value), expect: expect.value, gold: goldOf(gold.value), nuggets: factsOf(nuggets.value), forbidden: filled(forbidden.value), date: one.date, region: one.region ?? "" };
      show(await call("PUT", `/cases/${one.id}`, body));
      await load();
      say("已保存；改过的人不能再确认这一条");
    }, form);
  });
  detail.replaceChildren(
    el("h2", { tabIndex: -1 }, `用例 ${one.id}`),
    el("p.quiet", {}, `${one.source}，${one.by}起草${one.reviewer ? `，${one.reviewer} ${moment(one.decided)}` : ""}${one.why ? `：${one.why}` : ""}`),
    form,
    reviewer ? deciding(one) : el("p.quiet", {}, "由语料复核角色的另一个人确认。"),
  );
}

function deciding(one) {
  const why = el("input.field", { name: "why", maxLength: 500, autocomplete: "off" });
  const decide = (words, path, body) => trying(async () => {
    await call("POST", `/cases/${one.id}/${path}`, body);
    detail.replaceChildren(el("p.quiet", {}, "从左边选一条。"));
    await load();
    say(words);
  });
  return el("div", {},
    one.state === "draft" ? el("div.row", {}, button("确认", () => decide("已确认，下次评测会问它", "confirmation"), { className: "primary", disabled: one.own }), one.own ? el("span.quiet", {}, "自己起草或改过的，要由另一个人确认") : "") : "",
    one.state === "rejected" ? "" : el("div.row", {}, el("label", {}, "退回理由 ", why), button("退回", () => (why.value.trim() ? decide("已退回", "rejection", { why: why.value }) : (say("请写退回理由", "bad"), why.focus())))));
}

await trying(load);
