// The frame of every console page: header, navigation by role, and the lock when nobody works.

import { button, el } from "/js/element.js";
import { call, session, signInPage } from "./session.js";

// Every place of the console: address, name, what it is for, and the roles that work there.
export const PLACES = [
  ["/console/lookup.html", "查询", "条文、办事指南、版本对照，填打一次性告知单", ["clerk", "editor", "reviewer"]],
  ["/console/ask.html", "问答", "先条文后说明的答复，核准、改写、批注", ["clerk"]],
  ["/console/notices.html", "告知单", "已出具的一次性告知单，查找、重打、导出", ["clerk"]],
  ["/console/queues.html", "待办", "没答上来、差评、核验扣下、改写和群众留言，先来的在前", ["clerk", "supervisor"]],
  ["/console/standards.html", "标准答复", "常问的问题由督导写定答复，到期复核", ["supervisor"]],
  ["/console/dashboard.html", "运行情况", "每天多少问题、答得怎么样、哪些条文用得最多", ["supervisor"]],
  ["/console/cases.html", "评测用例", "差评和改写变成用例，另一人确认后进入评测", ["supervisor", "reviewer"]],
  ["/console/corpus.html", "语料", "要点、指南、目录、办事机构和原文的改动，另一人复核", ["editor", "reviewer"]],
  ["/console/releases.html", "发布", "建新发布、看进度、退回", ["editor", "reviewer"]],
  ["/console/accounts.html", "账号", "开账号、定角色、停用、重置密码", ["admin"]],
  ["/console/audit.html", "审计", "谁在什么时候做了什么", ["auditor"]],
];

const LOCK_CHECK_MS = 15_000;
const WORKED = "shezu.console.worked";
const CHANNEL = "shezu.console";

/** The places of somebody with these roles; a supervisor also works where a clerk does. */
export function placesOf(roles) {
  const held = new Set(roles.map(({ role }) => role));
  if (held.has("supervisor")) held.add("clerk");
  return PLACES.filter(([, , , wanted]) => wanted.some((role) => held.has(role)));
}

/** Draws the frame and gives the session; leaves for the sign-in page where nobody is signed in, for the password page where that must be changed. */
export async function frame() {
  const who = await session();
  if (who.once && location.pathname !== "/console/password.html") {
    location.replace("/console/password.html");
    return new Promise(() => {});
  }
  draw(who);
  lockAfter(who.idle_minutes);
  return who;
}

function draw(who) {
  const here = location.pathname.replace(/\/$/, "/index.html");
  const links = who.once ? [] : placesOf(who.roles).map(([address, name]) => el("a", { href: address, "aria-current": address === here ? "page" : null }, name));
  const roles = who.roles.map(({ called }) => called).join("、") || "没有角色";
  document.querySelector(".top").replaceChildren(
    el("a.brand", { href: "/console/" }, el("img", { src: "/favicon.svg", alt: "", width: 28, height: 28 }), el("strong", {}, "登记工作台")),
    el("nav.places", { "aria-label": "工作台导航" }, links),
    el("div.who", {},
      el("span", { title: roles }, who.display),
      el("a.button", { href: "/console/password.html", "aria-current": here === "/console/password.html" ? "page" : null }, "改密码"),
      button("退出", leave)),
  );
}

async function leave() {
  await call("DELETE", "/session").catch(() => {});
  new BroadcastChannel(CHANNEL).postMessage("left");
  location.assign("/console/sign-in.html");
}

// The server locks by itself; the page takes what it shows off the screen at the same time. All tabs share one clock.
function lockAfter(minutes) {
  const worked = () => { localStorage.setItem(WORKED, String(Date.now())); };
  worked();
  let last = 0;
  for (const kind of ["pointerdown", "keydown"]) {
    addEventListener(kind, () => {
      if (Date.now() - last < LOCK_CHECK_MS) return;
      last = Date.now();
      worked();
    }, { passive: true, capture: true });
  }
  const check = () => {
    if (Date.now() - Number(localStorage.getItem(WORKED)) > minutes * 60_000) lock(`超过 ${minutes} 分钟没有操作，工作台已锁定`);
  };
  setInterval(check, LOCK_CHECK_MS);
  // Timers stand still while a computer sleeps.
  document.addEventListener("visibilitychange", check);
  new BroadcastChannel(CHANNEL).addEventListener("message", () => location.assign("/console/sign-in.html"));
}

function lock(why) {
  call("DELETE", "/session").catch(() => {});
  document.querySelector("main").replaceChildren();
  location.assign(signInPage(why));
}

/** Says something in the page's status line; `tone` "bad" for what went wrong. */
export function say(words, tone = "") {
  const line = document.querySelector("#said");
  line.textContent = words;
  line.dataset.tone = tone;
  line.hidden = !words;
}

/** Runs what a control does; a Problem becomes the status line, and the field it is about gets the focus. */
export async function trying(what, form = null) {
  say("");
  for (const node of form?.querySelectorAll("[aria-invalid]") ?? []) node.removeAttribute("aria-invalid");
  try {
    return await what();
  } catch (problem) {
    if (!("status" in problem)) throw problem;
    say(problem.message, "bad");
    const at = form?.elements[problem.field];
    if (at?.focus) { at.setAttribute("aria-invalid", "true"); at.focus(); }
    return undefined;
  }
}

/** A stored moment in the reader's words: 2026-11-23 16:05. */
export function moment(iso) {
  if (!iso) return "";
  return new Date(iso).toLocaleString("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" });
}

/** A table: caption, heads, rows of cells (text or nodes). It scrolls by itself where it is wider than the page. */
export function table(caption, heads, rows, none = "还没有内容") {
  return el("div.wide", { tabIndex: 0, role: "region", "aria-label": caption },
    el("table.grid", {},
      el("caption", {}, caption),
      el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, rows.length
        ? rows.map((cells) => el("tr", {}, cells.map((cell, index) => (index ? el("td", {}, cell) : el("th", { scope: "row" }, cell)))))
        : el("tr", {}, el("td", { colSpan: heads.length }, none)))));
}
