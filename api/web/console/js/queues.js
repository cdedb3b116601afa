// The worklist: kinds, whose items, and one item with what it is about, what was done, and what can be done.

import { blockNode } from "/js/blocks.js";
import { button, el } from "/js/element.js";
import { call } from "./session.js";
import { frame, moment, say, table, trying } from "./shell.js";

const who = await frame();
const supervisor = who.roles.some(({ role }) => role === "supervisor");
const list = document.querySelector("#list");
const detail = document.querySelector("#detail");
const filter = document.querySelector("#filter");
const chosen = { kind: "", state: "open", assigned: supervisor ? "all" : "mine" };
let found = null;
let current = "";

const STARS = ["", "非常不满意", "不满意", "基本满意", "满意", "非常满意"];

function due(item) {
  const words = `${item.due}${item.certain ? "" : "（暂按周末推算）"}`;
  return item.late ? el("span.late", {}, `${words} 已超期`) : words;
}

function rows() {
  return found.items.map((item) => [
    el("button.opens", { type: "button", "data-item": item.id, onclick: () => trying(() => open(item.id)) }, item.words || "（内容已按保存期限删除）"),
    item.times > 1 ? `${item.called} ×${item.times}` : item.called, moment(item.opened), due(item), item.stands, item.helper || "未指派",
  ]);
}

function mark() {
  for (const row of list.querySelectorAll("tbody tr")) {
    if (row.querySelector("[data-item]")?.dataset.item === current) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

async function load() {
  const query = new URLSearchParams({ state: chosen.state, assigned: chosen.assigned, ...(chosen.kind && { kind: chosen.kind }) });
  found = await call("GET", `/queues?${query}`);
  const kinds = [{ kind: "", called: "全部", open: found.kinds.reduce((sum, { open: count }) => sum + count, 0), limit: 0 }, ...found.kinds];
  document.querySelector("#kinds").replaceChildren(...kinds.map(({ kind, called, open: count, limit }) => button(`${called} ${count}`, () => { chosen.kind = kind; trying(load); },
    { "aria-pressed": String(kind === chosen.kind), title: limit ? `${limit} 个工作日内办结` : "" })));
  const heads = ["内容", "类别", "来的时间", "办结期限", "状态", "经办"];
  list.replaceChildren(table(chosen.state === "done" ? "已办结，最近的在前" : "未办结，先来的在前", heads, rows(), "没有待办"));
  mark();
}

function about({ question, answer, corrected, by, rating, ticket, inquiry }) {
  const blocks = (title, given) => given && [el("h3", {}, title), el("div.answer", { tabIndex: 0, role: "group", "aria-label": title }, given.blocks.map((block) => blockNode(block, () => null)),
    given.citations.length ? el("p.quiet", {}, given.citations.map(({ title: law, article }) => `《${law}》${article}`).join("；")) : null)];
  return [
    question && [el("h3", {}, "问题"), el("p.said", {}, question)],
    rating && [el("h3", {}, `评价：${STARS[rating.rating]}`), el("p.said", {}, [rating.reasons.join("、"), rating.text].filter(Boolean).join("。") || "没有写意见")],
    ticket && [el("h3", {}, `留言 ${ticket.number}`), el("p.said", {}, ticket.text), el("p", {}, `${ticket.name || "未留姓名"}，联系方式：`, el("strong", {}, ticket.contact))],
    inquiry && [el("h3", {}, `微信留言第 ${inquiry.number} 号`), el("p.said", {}, inquiry.text), inquiry.reply ? el("p.said", {}, `${inquiry.by} 已答复：${inquiry.reply}`) : null],
    blocks("当时的答复", answer),
    blocks(`改写后的答复（${by}）`, corrected),
  ].flat(2).filter(Boolean);
}

async function open(id) {
  const item = await call("GET", `/items/${id}`);
  current = id;
  show(item);
  mark();
  detail.querySelector("h2").focus();
}

function done(item, words) {
  show(item);
  say(words);
  return load();
}

function moving(item) {
  const form = el("form", { noValidate: true },
    el("h3", {}, "办理"),
    el("label", {}, "状态 ", el("select.field", { name: "state" }, found.states.map(({ state, called }) => new Option(called, state, false, state === item.state)))),
    el("label", {}, "怎么处理的（办结必填） ", el("textarea", { name: "words", rows: 2, maxLength: 2000 })),
    el("div.row", {}, el("button.primary", { type: "submit" }, "记下")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    trying(async () => done(await call("POST", `/items/${item.id}/steps`, { state: form.elements.state.value, words: form.elements.words.value }), "已记下"), form);
  });
  return form;
}

function assigning(item) {
  const select = el("select.field", { name: "staff" }, new Option("未指派", ""), found.colleagues.map(({ id, display }) => new Option(display, id, false, id === item.assigned)));
  return el("form", { noValidate: true, onsubmit: (event) => {
    event.preventDefault();
    trying(async () => done(await call("PUT", `/items/${item.id}/helper`, { staff: select.value }), "已指派"));
  } }, el("div.row", {}, el("label", {}, "经办 ", select), el("button", { type: "submit" }, "指派")));
}

function replying(item) {
  const form = el("form", { noValidate: true }, el("h3", {}, "答复留言（对方在小程序里看到）"),
    el("label", {}, "答复 ", el("textarea", { name: "text", rows: 3, maxLength: 2000 })), el("div.row", {}, el("button.primary", { type: "submit" }, "发出答复")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    trying(async () => done(await call("POST", `/items/${item.id}/reply`, { text: form.elements.text.value }), "已答复"), form);
  });
  return form;
}

function draft(item) {
  return trying(async () => {
    const made = await call("POST", `/items/${item.id}/case`);
    say(`已起草用例 ${made.id}，等另一个人确认`);
  });
}

function show(item) {
  const fitting = item.about.question && item.kind !== "handed";
  detail.replaceChildren(
    el("h2", { tabIndex: -1 }, `${item.called}　${item.stands}`),
    el("p.quiet", {}, `${moment(item.opened)} 来，办结期限 `, due(item), item.times > 1 ? `，共 ${item.times} 次` : ""),
    ...(Object.keys(item.about).length ? about(item.about) : [el("p", {}, "内容已按保存期限删除，或已由本人删除。")]),
    supervisor ? assigning(item) : "",
    item.about.inquiry && !item.about.inquiry.reply ? replying(item) : "",
    moving(item),
    fitting ? el("div.row", {}, button("起草评测用例", () => draft(item))) : "",
    el("h3", {}, "经过"),
    item.steps.length ? el("ul.steps", {}, item.steps.map(({ at, by, stands, words }) => el("li", {}, `${moment(at)} ${by} ${stands}${words ? `：${words}` : ""}`))) : el("p.quiet", {}, "还没有人办理。"),
  );
}

const options = (name, label, pairs) => el("label", {}, `${label} `, el("select.field", { name, onchange: (event) => { chosen[name] = event.target.value; trying(load); } }, pairs.map(([value, words]) => new Option(words, value))));
filter.append(options("state", "状态", [["open", "未办结"], ["done", "已办结"]]));
if (supervisor) filter.append(options("assigned", "经办", [["all", "全部"], ["nobody", "未指派"], ["mine", "我的"]]));
await trying(load);
