// A tool's result: what it comes to, rule by rule with sources, and what readers must be told besides.

import { showArticle } from "./article.js";
import { chip, sentenceNode } from "./blocks.js";
import { button, el } from "./element.js";
import { sourceList } from "./sources.js";

const VERDICTS = { ok: ["符合", ""], problem: ["不符合", ".bad"], doubt: ["存疑", ".warn"], unchecked: ["需另查", ".plain"] };
const LABEL = "本结果由程序根据法规条文推算，仅供参考，以登记机关答复为准。";

/** A verdict in its words; the colour only repeats them. */
export function verdictTag(verdict) {
  const [words, dress] = VERDICTS[verdict] ?? [verdict, ".plain"];
  return el(`span.tag${dress}`, {}, words);
}

/** The rules in order; `citations` are those the rows' numbers mean. `working`: steps of a reckoning, where only doubt needs saying. */
export function findings(rows, citations, { working = false } = {}) {
  const cite = (n) => { const found = citations.find((each) => each.n === n); return found ? chip(found, n, showArticle) : null; };
  return el("ul.findings", {}, rows.map(({ title, verdict, text, cites }) => el("li", {},
    el("p", {}, working && verdict === "ok" ? null : verdictTag(verdict), el("strong", {}, title)), el("p", {}, sentenceNode({ text, cites }, cite)))));
}

/** Puts a result on the page and moves the focus to its heading. */
export function showResult(place, headline, { citations, notices = [] }, ...content) {
  const heading = el("h2", { tabIndex: -1 }, headline);
  place.replaceChildren(el("section.answer", {},
    heading, el("p.label", {}, LABEL), ...content.filter(Boolean),
    ...notices.map((words) => el("p.notice", { "data-tone": "warn" }, el("strong.notice-tag", {}, "注意"), words)),
    citations.length ? sourceList(citations) : null,
    el("div.actions", {}, button("打印结果", () => print()))));
  heading.focus({ preventScroll: true });
  heading.scrollIntoView({ block: "start" });
}
