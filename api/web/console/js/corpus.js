// The corpus: the ways to begin a change, and every change with how far it is.

import { button, el } from "/js/element.js";
import { call } from "./session.js";
import { frame, moment, say, table, trying } from "./shell.js";

const who = await frame();
const edits = who.roles.some(({ role }) => role === "editor");
const STATES = [["", "全部"], ["draft", "草稿"], ["submitted", "待复核"], ["rejected", "已退回"], ["approved", "已批准，待发布"], ["released", "已发布"], ["reverted", "发布后退出"], ["withdrawn", "已撤回"]];
const DOORS = [
  ["/console/edit.html?kind=digests", "要点", "按条写，答复引用它"],
  ["/console/edit.html?kind=guides", "办事指南", "条件、材料、步骤、时限"],
  ["/console/edit.html?kind=catalog", "目录", "文件名称、版本、施行日期"],
  ["/console/edit.html?kind=office&key=office", "办事机构", "地址、电话、承诺时限"],
];

function begin() {
  const doors = el("nav", { "aria-label": "改什么" }, el("ul.doors", {}, DOORS.map(([href, name, words]) => el("li", {}, el("a", { href }, name, el("small", {}, words))))));
  return el("section.part", {}, el("h2", {}, edits ? "新的改动" : "查看内容"), doors, edits ? uploading() : null);
}

function uploading() {
  const file = el("input", { type: "file", accept: ".md,.txt,.html,.htm,.docx,.pdf", id: "file" });
  const day = el("input.field", { type: "date", id: "day" });
  const send = el("button.primary", { type: "submit" }, "上传并解析");
  const form = el("form.drop", { noValidate: true, "aria-label": "上传官方文本" },
    el("label", { htmlFor: "file" }, el("strong", {}, "上传官方文本"), el("small", {}, "　md、txt、html、docx、pdf，最大 20 MB；拆条还原一致、条号连续才收")),
    file,
    el("label", {}, "公布日期（正文里认不出时填） ", day),
    el("div.row", {}, send));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    trying(async () => {
      const chosen = file.files[0];
      if (!chosen) { say("请先选一个文件", "bad"); file.focus(); return; }
      send.disabled = true;
      say("正在上传、解析…");
      try {
        const made = await sent(chosen, day.value);
        location.assign(`/console/change.html?id=${made.id}`);
      } finally {
        send.disabled = false;
      }
    });
  });
  return form;
}

function sent(file, day) {
  const name = day ? file.name.replace(/(\.[^.]+)$/, `(${day})$1`) : file.name;
  return call("POST", `/corpus/uploads?name=${encodeURIComponent(name)}`, file);
}

const list = document.querySelector("#list");
const state = el("select.field", { id: "state" }, STATES.map(([value, words]) => new Option(words, value)));
const shown = el("div");

async function show() {
  const { changes } = await call("GET", `/corpus/changes${state.value ? `?state=${state.value}` : ""}`);
  shown.replaceChildren(table("改动", ["编号", "改什么", "状态", "作者", "复核", "更新"], changes.map((change) => [
    el("a", { href: `/console/change.html?id=${change.id}`, "aria-label": `变更 ${change.id} ${change.title}` }, `${change.id}`),
    change.title,
    change.called,
    change.own ? `${change.author}（我）` : change.author,
    change.reviewer || "—",
    moment(change.updated),
  ]), "还没有改动"));
}

state.addEventListener("change", () => { history.replaceState(null, "", state.value ? `?state=${state.value}` : location.pathname); trying(show); });
state.value = new URLSearchParams(location.search).get("state") ?? "";
document.querySelector("#begin").append(begin());
list.append(el("section.part", {}, el("h2", {}, "改动"), el("div.bar", {}, el("label", {}, "状态 ", state), button("刷新", () => trying(show))), shown));
await trying(show);
