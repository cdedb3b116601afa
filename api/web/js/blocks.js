// Answer blocks as elements and as plain text. A table's first item is its header row.

import { el } from "./element.js";

const TOGETHER = 3;
const TONES = { warn: "注意", info: "提示" };

/** The inline [n] of a citation; `open(citation, button)` shows its article. */
export function chip(citation, label, open) {
  return el("button.cite", {
    type: "button",
    "aria-label": `依据${label}：${citation.title}${citation.article}`,
    onclick: (event) => open(citation, event.currentTarget),
  }, el("span", {}, String(label)));
}

/** One block; `cite(n)` gives the chip of citation n, or null where there is none. */
export function blockNode(block, cite) {
  const row = (item) => item.map((sentence) => sentenceNode(sentence, cite));
  const title = block.title ? el("h3", {}, block.title) : null;
  const items = block.items ?? [];
  switch (block.kind) {
    case "list": return el("section.block", {}, title, el("ul", {}, items.map((item) => el("li", {}, row(item)))));
    case "steps": return el("section.block", {}, title, el("ol.steps", {}, items.map((item) => el("li", {}, row(item)))));
    case "table": return el("section.block", {}, title, table(block, row));
    case "notice": return el("section.block.notice", { "data-tone": block.tone || "info" },
      el("strong.notice-tag", {}, TONES[block.tone] ?? TONES.info), title, items.map((item) => el("p", {}, row(item))));
    default: return el(`section.block${block.tone === "lead" ? ".lead" : ""}`, {}, title, items.map((item) => el("p", {}, row(item))));
  }
}

/** The last character and the first numbers stay on one line: a number alone at the start of a line belongs to nothing. */
export function sentenceNode({ text, cites = [] }, cite) {
  const chips = cites.map(cite).filter(Boolean);
  if (!chips.length) return el("span", {}, text);
  return el("span", {}, text.slice(0, -2), el("span.tail", {}, text.slice(-2), chips.slice(0, TOGETHER)), chips.slice(TOGETHER));
}

function table(block, row) {
  const [head = [], ...rest] = block.items ?? [];
  // Scrolls on its own, so the keyboard must be able to reach it.
  return el("div.scroll", { tabIndex: 0, role: "group", "aria-label": block.title || "表格" },
    el("table", {},
      el("thead", {}, el("tr", {}, head.map((cell) => el("th", { scope: "col" }, row([cell]))))),
      el("tbody", {}, rest.map((item) => el("tr", {}, item.map((cell) => el("td", {}, row([cell]))))))));
}

/** One block as plain text with [n] marks. */
export function blockText({ kind, title, tone, items = [] }) {
  const cell = ({ text, cites = [] }) => text + cites.map((n) => `[${n}]`).join("");
  const lines = items.map((item, i) => {
    if (kind === "table") return item.map(cell).join("\t");
    const text = item.map(cell).join("");
    if (kind === "list") return `· ${text}`;
    if (kind === "steps") return `${i + 1}. ${text}`;
    return kind === "notice" ? `${TONES[tone] ?? TONES.info}：${text}` : text;
  });
  return [title, ...lines].filter(Boolean).join("\n");
}
