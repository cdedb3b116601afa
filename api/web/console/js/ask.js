// Asking at the window: the approved answer first, the assistant's with its articles, and approve, correct, annotate.

import { button, el } from "/js/element.js";
import { blockNode, blockText, chip } from "/js/blocks.js";
import { showArticle } from "/js/article.js";
import { sourceList } from "/js/sources.js";
import { copy } from "./citing.js";
import { correct } from "./correct.js";
import { bind, showKeys } from "./keys.js";
import { call } from "./session.js";
import { frame, moment, say, trying } from "./shell.js";

const log = document.querySelector("#log");
const form = document.querySelector("#asking");
const kept = document.querySelector("#kept");
await frame();
const { regions } = await call("GET", "/lookup/choices");
let conversation = null;
let last = null;

const box = el("textarea", { id: "question", name: "question", rows: 2, maxLength: 2000, "aria-label": "问题", placeholder: "窗口前的问题；Enter 提问，Shift+Enter 换行" });
form.append(box,
  el("label", {}, "适用日期 ", el("input", { type: "date", name: "date" })),
  el("label", {}, "地区 ", el("select", { name: "region" }, new Option("本单位所在地", ""), regions.map((name) => new Option(name, name)))),
  el("button.primary", { type: "submit" }, "提问"),
  button("另起一问", fresh), button("快捷键 ?", () => showKeys(keys, {})));
document.querySelector("#sides").append(
  button("核准答复待复核", () => trying(() => list("stale"))), button("全部核准答复", () => trying(() => list("active"))));

const asked = () => ({ ...(form.elements.date.value && { date: form.elements.date.value }), region: form.elements.region.value });

async function ask() {
  const question = box.value.trim();
  if (!question) { box.focus(); return; }
  log.setAttribute("aria-busy", "true");
  say("正在查…");
  const sent = asked();
  await trying(async () => {
    const message = await call("POST", "/ask", { question, ...sent, ...(conversation && { conversation_id: conversation }) });
    conversation = message.conversation_id;
    last = { message, question, sent };
    draw();
    box.value = "";
  });
  log.setAttribute("aria-busy", "false");
}

function draw() {
  const { message, question } = last;
  kept.hidden = true;
  log.replaceChildren(
    el("h2", { tabIndex: -1 }, question),
    ...(message.approved ? [approvedNode(message.approved)] : []),
    message.approved ? el("details", {}, el("summary", {}, "系统这次的答复"), answerNode(message)) : answerNode(message),
    ...(message.near.length ? [el("section", {}, el("h3", {}, "相近问题的核准答复（问题不同，仅供参考）"), message.near.map((each) => el("details.approved", {}, el("summary", {}, each.question), approvedNode(each))))] : []),
    remarksNode(message));
  say("");
  log.querySelector("h2").focus();
}

function contents({ blocks, citations }) {
  const cite = (n) => { const found = citations.find((each) => each.n === n); return found ? chip(found, n, showArticle) : null; };
  return [...blocks.map((block) => blockNode(block, cite)), citations.length ? sourceList(citations) : null].filter(Boolean);
}

function approvedNode(approval) {
  return el("section.approved", { "aria-label": approval.label },
    el("p.label", {}, approval.label), approval.because.length ? el("p.notice", { "data-tone": "warn" }, el("strong.notice-tag", {}, "注意"), approval.because.join("；")) : null,
    contents(approval),
    el("div.acts", {},
      button("复制", () => copy(text(approval, approval.label))),
      approval.state === "stale" ? button("条文变化不影响，恢复使用", () => trying(async () => { await call("POST", `/approvals/${approval.id}/confirmation`); await list("stale"); say("已恢复"); })) : null,
      button("停用", () => trying(async () => {
        if (!confirm(`停用这条核准答复？\n${approval.question}`)) return;
        await call("DELETE", `/approvals/${approval.id}`);
        say("已停用");
        if (!kept.hidden) await list(approval.state);
        else { last.message.approved = null; draw(); }
      }))));
}

function answerNode(message) {
  const answered = message.outcome === "answered";
  return el("section.answer", { "aria-label": "系统的答复" },
    el("p.label", {}, `由程序根据条文组成，适用日期 ${message.date}，语料发布 ${message.release}${message.withheld ? `；核验扣下 ${message.withheld} 句` : ""}`),
    contents(message),
    message.clarify ? el("div.row", {}, el("p", {}, message.clarify.question), message.clarify.options.map((option) => button(option.label, () => { box.value = option.ask; ask(); }))) : null,
    el("div.acts", {}, [["核准", "a"], ["改写", "e"], ["批注", "n"], ["复制", "c"]].filter(([, key]) => answered || key === "n").map(([name, key]) =>
      el("button", { type: "button", "aria-keyshortcuts": key, onclick: () => keys[key][1]() }, name, el("kbd", {}, key)))),
    message.followups.length ? el("div.row", {}, message.followups.map((each) => button(each, () => { box.value = each; ask(); }))) : null);
}

function remarksNode(message) {
  const items = message.remarks.map((each) => el("li", {}, `${each.text} `, el("small", {}, `${each.by}，${moment(each.at)}`)));
  const field = el("input.field", { name: "remark", maxLength: 500, autocomplete: "off", "aria-label": "批注" });
  const node = el("form.bar", { id: "remark", hidden: !items.length }, el("label", {}, "批注（同事可见，不给申请人） ", field), el("button", { type: "submit" }, "保存批注"));
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!field.value.trim()) return;
    trying(async () => {
      ({ remarks: message.remarks } = await call("POST", `/messages/${message.message_id}/remarks`, { text: field.value.trim() }));
      draw();
      say("批注已保存");
    });
  });
  return el("section", {}, items.length ? el("h3", {}, "批注") : null, el("ul.remarks", {}, items), node);
}

const text = ({ blocks, citations }, label) => [label, ...blocks.map(blockText), "依据：", ...citations.map((c) => `[${c.n}] 《${c.title}》${c.article}${c.place ?? ""}（${c.edition} 文本，${c.status}）`), "以登记机关要求为准。"].join("\n");

const ready = () => last?.message.outcome === "answered";

function approve() {
  if (!ready()) return;
  trying(async () => {
    const { message, question, sent } = last;
    const whole = message.asked && message.asked !== question ? prompt("按哪个问题核准？追问请写成完整的问题。", message.asked) : question;
    if (!whole) return;
    last.message.approved = await call("POST", "/approvals", { message: message.message_id, question: whole, ...sent });
    draw();
    say("已核准，同样的问题再来时先给出");
  });
}

/** The approved answers in a state: those whose articles changed wait for review. */
async function list(state) {
  const { approvals } = await call("GET", `/approvals?state=${state}`);
  const title = state === "stale" ? "核准答复待复核：所引条文有变，已停止给出" : "核准答复";
  kept.replaceChildren(el("h2", { id: "kept-head", tabIndex: -1 }, `${title}（${approvals.length}）`),
    ...approvals.map((each) => el("details.approved", {}, el("summary", {}, `${each.question}（${each.by}，${moment(each.at)}）`), approvedNode(each))),
    ...(approvals.length ? [] : [el("p.quiet", {}, state === "stale" ? "没有待复核的。" : "还没有核准过答复。")]));
  kept.hidden = false;
  kept.querySelector("h2").focus();
}

function fresh() {
  conversation = null;
  last = null;
  kept.hidden = true;
  log.replaceChildren();
  box.value = "";
  box.focus();
}

const keys = {
  "/": ["到问题框", () => box.focus()],
  a: ["核准这条答复", approve],
  e: ["改写这条答复", () => { if (ready()) correct(last, (approval) => { last.message.approved = approval; draw(); say("已存为核准答复"); }); }],
  n: ["批注", () => { const node = document.querySelector("#remark"); if (node) { node.hidden = false; node.querySelector("input").focus(); } }],
  c: ["复制，带依据", () => { if (ready()) copy(text(last.message, "经窗口人员核对后使用；由程序根据条文组成")); }],
  x: ["另起一问", fresh],
  "?": ["这份快捷键表", () => showKeys(keys, {})],
};
bind(keys);
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); ask(); }
});
form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
box.focus();
