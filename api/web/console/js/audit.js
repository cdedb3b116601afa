// The audit log: newest first, by action or person, and whether the chain of hashes holds.

import { button, el } from "/js/element.js";
import { call } from "./session.js";
import { frame, moment, say, table, trying } from "./shell.js";

await frame();
const filter = document.querySelector("#filter");
const list = document.querySelector("#list");
const more = document.querySelector("#more");
let shown = [];

const HEADS = ["编号", "时间", "谁", "从哪里", "做了什么", "对象", "结果", "请求号"];
const row = ({ number, at, name, origin, action, target, result, request }) => [String(number), moment(at), name || "—", origin, action, target, result, request];

async function load(before) {
  const query = new URLSearchParams({ action: filter.elements.action.value, name: filter.elements.name.value.trim(), ...(before && { before }) });
  const { entries } = await call("GET", `/ledger?${query}`);
  shown = before ? [...shown, ...entries] : entries;
  list.replaceChildren(table(`审计日志，最近的在前，已显示 ${shown.length} 条`, HEADS, shown.map(row), "没有符合的记录"));
  more.replaceChildren(...(entries.length === 50 ? [button("更早的", () => trying(() => load(shown.at(-1).number)))] : []));
}

async function verify() {
  say("正在逐条核对…");
  const found = await call("POST", "/ledger/verify");
  const turned = found.backwards.length ? `；第 ${found.backwards.slice(0, 5).join("、")} 条的时间早于上一条，请检查服务器时钟` : "";
  if (found.broken === null) say(`${found.entries} 条全部完好${turned}。最后一条的校验码 ${found.last}，抄下来，以后可对照`);
  else say(`第 ${found.broken} 条有问题：${found.why}`, "bad");
}

filter.append(
  el("label", {}, "做了什么 ", el("select.field", { name: "action" }, new Option("全部", ""))),
  el("label", {}, "登录名 ", el("input.field", { name: "name", maxLength: 64, autocomplete: "off" })),
  el("button", { type: "submit" }, "查看"),
  button("核对全部", () => trying(verify)),
  el("a.button", { href: "/api/v1/staff/ledger.jsonl", download: "audit.jsonl" }, "导出"),
);
filter.addEventListener("submit", (event) => { event.preventDefault(); trying(() => load()); });
const { actions } = await call("GET", "/ledger/actions");
filter.elements.action.append(...actions.map((action) => new Option(action, action)));
await load();
