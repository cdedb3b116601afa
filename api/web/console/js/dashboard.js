// How the office's answers do: numbers, charts with their tables, the worklist, and guides that no longer stand.

import { el } from "/js/element.js";
import { bars, columns, lines } from "./charts.js";
import { call } from "./session.js";
import { frame, table, trying } from "./shell.js";

await frame();
const filter = document.querySelector("#filter");
const percent = (share) => (share === null ? "—" : `${(share * 100).toFixed(1)}%`);
const seconds = (ms) => (ms === null ? "—" : `${(ms / 1000).toFixed(2)} 秒`);

function number(name, value) {
  return el("div", {}, el("dt", {}, name), el("dd", {}, value));
}

function show(found) {
  const days = found.days.map(({ day }) => day);
  const of = (name) => found.days.map((day) => day[name]);
  const late = found.work.reduce((sum, kind) => sum + kind.late, 0);
  document.querySelector("#numbers").replaceChildren(
    number("问题", String(found.questions)),
    number("没答上来", percent(found.unanswered)),
    number(`满意率（${found.rated} 次评价）`, percent(found.satisfied)),
    number("一半在此时间内答完", seconds(found.p50)),
    number("95% 在此时间内答完", seconds(found.p95)),
    number("核验扣下的句子", String(found.withheld)),
    number("超过时限的待办", String(late)),
  );
  document.querySelector("#charts").replaceChildren(
    columns("每天的问题", days, [["给出答复", of("answered")], ["反问一次", of("asked_back")], ["没答上来", of("unanswered")], ["不在受理范围", of("refused")]]),
    lines("每天没答上来的比例", days, [["没答上来", found.days.map((day) => (day.questions ? +((100 * day.unanswered) / day.questions).toFixed(1) : null))]], "%"),
    lines("答完用时", days, [["一半", of("p50")], ["95%", of("p95")]].map(([name, values]) => [name, values.map((ms) => (ms === null ? null : +(ms / 1000).toFixed(3)))]), " 秒"),
    columns("核验扣下的句子", days, [["扣下的句子", of("withheld")]]),
    bars("问得最多的事项", "事项", found.matters),
    bars("满意程度", "评价", found.ratings),
    bars("引用最多的条文", "条文", found.articles),
    bars("待办", "类别", found.work.map(({ called, open }) => [called, open])),
  );
  document.querySelector("#stale").replaceChildren(el("h2", {}, "需要更新的办事指南"),
    table(`依据已失效或有更新文本的办事指南（发布 ${found.release}）`, ["办事指南", "原因"], found.stale.map(({ guide, why }) => [guide, why]), "没有：所有办事指南的依据都现行有效"));
}

const load = () => trying(async () => show(await call("GET", `/dashboard?days=${filter.elements.days.value}`)));
filter.append(el("label", {}, "时间 ", el("select.field", { name: "days", onchange: load }, [[7, "最近 7 天"], [30, "最近 30 天"], [90, "最近 90 天"], [365, "最近一年"]].map(([value, words]) => new Option(words, value, value === 30, value === 30)))));
await load();
