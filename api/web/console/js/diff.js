// Two states side by side: what went is struck out on the left, what came is underlined on the right; words say it too.

import { el } from "/js/element.js";

const mark = (kind, text) => el(kind === "gone" ? "del" : "ins", {}, el("span.unseen", {}, kind === "gone" ? "〔删〕" : "〔增〕"), text);

function side(stretches, own) {
  return stretches.filter(([kind]) => kind === "kept" || kind === own).map(([kind, text]) => (kind === "kept" ? text : mark(kind, text)));
}

function frame(caption, before, after, rows) {
  return el("div.wide", { tabIndex: 0, role: "region", "aria-label": caption },
    el("table.two", {}, el("caption", {}, caption), el("thead", {}, el("tr", {}, el("th", { scope: "col" }, before), el("th", { scope: "col" }, after))), el("tbody", {}, rows)));
}

/** Lines of two states; what is the same is left out unless `whole`. */
export function linesBeside(rows, whole = false) {
  const shown = rows.filter((row) => whole || row.kind !== "相同");
  const cells = (row) => {
    if (row.kind === "改动") return [side(row.stretches, "gone"), side(row.stretches, "come")];
    return [row.before ? (row.kind === "删去" ? mark("gone", row.before) : row.before) : "", row.after ? (row.kind === "新增" ? mark("come", row.after) : row.after) : ""];
  };
  if (!shown.length) return el("p.quiet", {}, "没有差别。");
  return frame(`${shown.length} 行不同`, "原来", "改后", shown.map((row) => el("tr", { className: row.kind === "相同" ? "same" : "" }, cells(row).map((cell) => el("td", {}, cell)))));
}

/** Articles of two editions. */
export function articlesBeside(diff, edition) {
  const names = Object.entries(diff.counts).map(([kind, number]) => `${kind} ${number} 条`).join("，");
  if (!diff.against) return el("p.quiet", {}, `没有更早的原文可对照（${names}）。`);
  const rows = diff.articles.flatMap((article) => {
    const moved = article.before && article.after && article.before !== article.after ? `（原${article.before}）` : "";
    const head = el("tr", {}, el("th.span", { scope: "colgroup", colSpan: 2 }, `${article.kind} ${article.after || article.before}${moved}`));
    return article.kind === "条号变动" ? [head] : [head, el("tr", {}, el("td", {}, side(article.stretches, "gone")), el("td", {}, side(article.stretches, "come")))];
  });
  return el("div", {}, el("p", {}, `${diff.against} 文本 → ${edition} 文本：${names}。`), rows.length ? frame("不同的条文", `${diff.against} 文本`, `${edition} 文本`, rows) : null);
}
