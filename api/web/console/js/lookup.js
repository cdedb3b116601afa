// The look-up page: one box, three panes, keys for everything. What is open stands in the address, so that the browser's back leads back.

import { button, el } from "/js/element.js";
import { articleNodes, readArticle } from "./article-pane.js";
import { articleText, checklistText, copy } from "./citing.js";
import { compare } from "./compare.js";
import { guideNodes, readGuide } from "./guide-pane.js";
import { bind, showKeys } from "./keys.js";
import { fillNotice } from "./notice-form.js";
import { keyOf, Results } from "./results.js";
import { Seeker } from "./seek.js";
import { call } from "./session.js";
import { frame, say } from "./shell.js";

const at = (selector) => document.querySelector(selector);
const who = await frame();
const issues = who.roles.some(({ role }) => ["clerk", "supervisor"].includes(role));
const choices = await call("GET", "/lookup/choices");
const pane = at("#read");
const aside = at("#beside");
const box = el("input.field", {
  id: "q", name: "q", type: "search", maxLength: 200, autocomplete: "off", spellcheck: false, role: "combobox", "aria-label": "查条文和办事指南",
  "aria-controls": "hits", "aria-expanded": "true", "aria-autocomplete": "list", placeholder: "条文、指南、材料、时限；如 基金会变更法定代表人、慈善法22、jjhbg（拼音首字母）",
});
const select = (name, label, values) => el("select", { name, "aria-label": label }, new Option(label, ""), values.map((value) => new Option(value, value)));
const form = at("#seek");
form.append(box, select("type", "组织类型", choices.types), select("matter", "事项", choices.matters), select("rank", "效力级别", choices.ranks), select("region", "地区", choices.regions),
  el("label.inline", {}, "适用日期", el("input", { type: "date", name: "date" })), button("清除", clear), button("快捷键 ?", () => showKeys(keys, IN_BOX)));

let open = null;
let shelf = { recent: [], pinned: [] };
let entering = false;
let read = { types: [], matters: [], circumstances: [] };
const results = new Results(box, at("#found"), (hit) => go(hit));
const seeker = new Seeker(show, (problem) => say(problem.message || "没有查成，请再试一次", "bad"));
const fields = () => Object.fromEntries(["q", "type", "matter", "rank", "region", "date"].map((name) => [name, form.elements[name].value.trim()]));
const filtered = () => Object.entries(fields()).some(([, value]) => value);

function seek(soon = true) {
  if (filtered()) seeker.ask(fields(), soon);
  else showShelf();
}

function show(answer, deep) {
  if (deep) {
    const added = results.add("意思相近", answer.hits);
    if (added) results.heading.textContent = `找到 ${results.hits.length} 条`;
    return;
  }
  ({ read } = answer);
  results.show(answer.hits.length ? `找到 ${answer.hits.length} 条` : "没有找到，换个说法试试", [{ name: "", hits: answer.hits }]);
  if (entering) results.enter();
  entering = false;
}

function showShelf() {
  seeker.stop();
  const hits = (things) => things.map((thing) => ({ ...thing, rank: "条文", topic: thing.edition ? `${thing.edition} 文本` : "" }));
  const pinned = new Set(shelf.pinned.map(keyOf));
  const recent = shelf.recent.filter((thing) => !pinned.has(keyOf(thing)));
  results.show(shelf.pinned.length + recent.length ? "收藏和最近看过的" : "输入文字开始查询；方向键选，Enter 打开", [{ name: "收藏", hits: hits(shelf.pinned) }, { name: "最近", hits: hits(recent) }]);
}

/** Opens an article or guide; `quote` is marked in it. */
async function go(target, { push = true, type = "", cases = null } = {}) {
  say("");
  seeker.content();
  const asked = { ...target, words: target.quote ? "" : box.value };
  pane.setAttribute("aria-busy", "true");
  try {
    if (target.kind === "guide") await openGuide(target, type || read.types[0] || "", cases ?? read.circumstances);
    else await openArticle(asked);
  } catch (problem) {
    if (!("status" in problem)) throw problem;
    say(problem.message, "bad");
    return;
  } finally {
    pane.removeAttribute("aria-busy");
  }
  if (push) history.pushState({ target, type, cases }, "", `#${[target.kind, target.law, target.edition, target.label].map(encodeURIComponent).join("/")}`);
  pane.scrollTop = aside.scrollTop = 0;
  pane.querySelector("h2").focus({ preventScroll: innerWidth >= 1024 });
  shelf = await call("PUT", "/shelf", { ...open.target });
}

async function openArticle(target) {
  const found = await readArticle(target, fields().date);
  open = { found, target: { kind: "article", law: found.law.slug, edition: found.edition.date, label: found.label, title: found.law.title } };
  const acts = actions([["复制", "c"], ["打印", "p"], ["收藏", "s"], ["版本对照", "e"]]);
  fill(articleNodes(found, { go, acts, words: target.words, quote: target.quote }));
}

async function openGuide(target, type, cases) {
  const { region, date } = fields();
  const wanted = { type, region, date };
  let found = await readGuide(target.law, wanted);
  const fitting = cases.filter((name) => found.cases.includes(name));
  if (fitting.length) found = await readGuide(target.law, { ...wanted, type: found.kind, cases: fitting });
  open = { found, target: { kind: "guide", law: found.guide, edition: "", label: "", title: found.title } };
  const again = (to) => go(target, { push: false, ...to });
  fill(guideNodes(found, { go, again, acts: actions([[issues ? "告知单" : "打印", "p"], ["复制", "c"], ["收藏", "s"]]) }));
}

function fill([middle, beside]) {
  pane.replaceChildren(...middle);
  aside.replaceChildren(...beside);
}

const actions = (list) => el("div.acts", {}, list.map(([name, key]) => {
  const pinned = key === "s" && shelf.pinned.some((thing) => keyOf(thing) === keyOf(open.target));
  return el("button", { type: "button", "aria-keyshortcuts": key, "data-key": key, onclick: (event) => keys[key][1](event) }, pinned ? "取消收藏" : name, el("kbd", {}, key));
}));

function copyOpen() {
  if (!open) return;
  copy(open.target.kind === "guide" ? checklistText(open.found, open.found.release) : articleText(open.found, open.found.release));
}

function printOpen() {
  if (!open) return;
  if (open.target.kind === "guide" && issues) fillNotice(open.found, { region: fields().region, today: fields().date || open.found.on });
  else print();
}

async function pinOpen() {
  if (!open) return;
  const pinned = shelf.pinned.some((thing) => keyOf(thing) === keyOf(open.target));
  shelf = await call("PUT", "/shelf", { ...open.target, pinned: !pinned });
  pane.querySelector("[data-key=s]")?.replaceChildren(pinned ? "收藏" : "取消收藏", el("kbd", {}, "s"));
  say(pinned ? "已取消收藏" : "已收藏");
  if (!filtered()) showShelf();
}

function neighbour(step) {
  const to = open?.target.kind === "article" ? open.found[step < 0 ? "previous" : "next"] : null;
  if (to) go({ ...open.target, label: to });
}

function clear() {
  form.reset();
  seek(false);
  box.focus();
}

// Where something is read, arrows scroll it.
const reading = (event) => Boolean(event.target.closest("#read, #beside"));

const IN_BOX = { "输入框里 ↑ ↓": "选结果", "输入框里 Enter": "打开选中的", "输入框里 Esc": "清空" };
const keys = {
  "/": ["到输入框", () => { box.focus(); box.select(); }],
  ArrowDown: ["选下一个结果；在正文栏和出处栏里是滚动", (event) => reading(event) ? false : results.move(1)],
  ArrowUp: ["选上一个结果", (event) => reading(event) ? false : results.move(-1)],
  Enter: ["打开选中的结果", (event) => event.target.closest("button, a, summary, input, #read, #beside") ? false : results.enter()],
  c: ["复制，带出处", copyOpen],
  p: ["打印条文；在指南里是填告知单", printOpen],
  s: ["收藏或取消收藏", pinOpen],
  e: ["版本对照", () => { if (open?.target.kind === "article") compare(open.found); }],
  "[": ["上一条", () => neighbour(-1)],
  "]": ["下一条", () => neighbour(1)],
  1: ["到结果栏", () => box.focus()],
  2: ["到正文栏", () => pane.focus()],
  3: ["到出处栏", () => aside.focus()],
  "?": ["这份快捷键表", () => showKeys(keys, IN_BOX)],
};
bind(keys);

box.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) { event.preventDefault(); results.move(step); }
  if (event.key === "/" && !box.value) event.preventDefault();
  if (event.key === "Escape" && box.value) { event.preventDefault(); box.value = ""; seek(false); }
});
form.addEventListener("input", (event) => { if (!event.isComposing) seek(); });
form.addEventListener("compositionend", () => seek());
form.addEventListener("submit", (event) => {
  event.preventDefault();
  // Typed faster than answered: what comes is opened.
  if (seeker.waiting) entering = true; else results.enter();
});
addEventListener("popstate", ({ state }) => { if (state) go(state.target, { push: false, type: state.type, cases: state.cases }); });

shelf = await call("GET", "/shelf");
pane.replaceChildren(el("p.quiet", {}, "左边选一条打开。按 ? 看快捷键。"));
const named = location.hash.slice(1).split("/").map(decodeURIComponent);
const asked = new URLSearchParams(location.search);
for (const name of ["q", "type", "matter", "rank", "region", "date"]) if (asked.get(name)) form.elements[name].value = asked.get(name);
seek(false);
if (named[0] === "article" || named[0] === "guide") await go({ kind: named[0], law: named[1], edition: named[2], label: named[3] }, { push: false });
else box.focus();
