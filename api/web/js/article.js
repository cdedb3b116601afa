// The article behind a citation: its text with the quoted span marked, edition, status, and its neighbours.

import * as api from "./api.js";
import { Dialog } from "./dialog.js";
import { button, el } from "./element.js";

export const SOURCES = { text: "原文", digest: "要点（未导入原文）", guide: "办事指南" };

/** [start, end) of the quote in the text, both read without white space; null where it is not there. */
function spanOf(text, quote) {
  const bare = (quote ?? "").replace(/\s+/g, "");
  if (!bare) return null;
  const at = [];
  let dense = "";
  for (let i = 0; i < text.length; i++) {
    if (/\s/.test(text[i])) continue;
    dense += text[i];
    at.push(i);
  }
  const start = dense.indexOf(bare);
  return start < 0 ? null : [at[start], at[start + bare.length - 1] + 1];
}

/** A status word in its colour; the words alone say it, too. */
export function statusTag(status) {
  return status ? el(`span.tag${status === "现行有效" ? "" : ".warn"}`, {}, status) : null;
}

/** The text as paragraphs, the quote inside <mark> even where it runs over a paragraph's end. */
function paragraphs(text, quote) {
  const span = spanOf(text, quote);
  let offset = 0;
  return text.split("\n").flatMap((line) => {
    const [from, to] = (span ?? [0, 0]).map((at) => Math.min(Math.max(at - offset, 0), line.length));
    offset += line.length + 1;
    if (!line.trim()) return [];
    return el("p", {}, line.slice(0, from), to > from ? el("mark", {}, line.slice(from, to)) : null, line.slice(to > from ? to : from));
  });
}

let dialog;
let wanted = 0;

/** Opens the cited article; the focus goes back to `opener` on close. */
export function showArticle(citation, opener) {
  dialog ??= new Dialog("sheet");
  load({ law: citation.law, edition: citation.edition, label: citation.article, title: citation.title, citation });
  dialog.open(opener);
}

async function load(address) {
  const turn = ++wanted;
  dialog.heading.textContent = `《${address.title}》${address.label}`;
  dialog.body.replaceChildren(el("p.quiet", { role: "status" }, "正在读取条文…"));
  let content;
  try {
    content = view(await api.article(address.law, address.edition, address.label), address);
  } catch (problem) {
    content = failure(problem, address);
  }
  if (turn !== wanted) return;
  dialog.body.replaceChildren(...content);
  dialog.body.scrollTop = 0;
  dialog.body.querySelector("mark")?.scrollIntoView({ block: "center" });
}

function view(found, { citation, title }) {
  const { law, edition, label, headings = [], text, digest, warnings = [] } = found;
  const quote = citation?.quote;
  const neighbour = (to, words) => to
    ? button(`${words}：${to}`, () => { load({ law: law.slug, edition: edition.date, label: to, title: law.title ?? title }); dialog.heading.focus(); })
    : null;
  return [
    headings.length ? el("p.quiet", {}, headings.join(" › ")) : null,
    facts([["状态", statusTag(edition.status)], ["文本", `${edition.date} 文本`], ["施行日期", edition.in_force_from], ["停止施行", edition.in_force_to]]),
    ...warnings.map((words) => el("p.notice", { "data-tone": "warn" }, el("strong.notice-tag", {}, "注意"), words)),
    text ? el("section.law", {}, el("h3", {}, "原文"), paragraphs(text, quote)) : null,
    digest ? points(digest, text ? null : quote, Boolean(text)) : null,
    quote && !spanOf(text ?? "", quote) && !inPoints(digest, quote) ? quoted(citation) : null,
    el("div.neighbours", {}, neighbour(found.previous, "上一条"), neighbour(found.next, "下一条")),
    facts([["发布机关", law.issuer], ["文号", law.number], ["效力", [law.rank, law.region].filter(Boolean).join(" · ")]]),
    el("p.quiet", {}, sourceNote(text, digest, quote), /^https?:\/\//.test(law.url ?? "") ? el("a", { href: law.url, rel: "noopener" }, "官方公布网站") : null),
  ].filter(Boolean);
}

/** The line of a quote (one point of a digest a line) that stands in a point, or "". */
const lineIn = (say, quote) => (quote ?? "").split("\n").find((line) => spanOf(say, line)) ?? "";

const inPoints = (digest, quote) => Boolean(digest?.points.some(({ say }) => lineIn(say, quote)));

function points(digest, quote, besideText) {
  return el("section.law", {},
    el("h3", {}, besideText ? "要点" : SOURCES.digest),
    digest.topic ? el("p.quiet", {}, digest.topic) : null,
    el("ul", {}, digest.points.map(({ say, at }) => el("li", {}, at ? el("span.quiet", {}, `${at} `) : null, paragraphs(say, lineIn(say, quote))))),
    digest.verified ? null : el("p.notice", { "data-tone": "warn" }, el("strong.notice-tag", {}, "注意"), "这些要点尚未与官方文本核对。"));
}

function quoted(citation) {
  return el("section.law", {}, el("h3", {}, `回答引用的内容（${SOURCES[citation.source] ?? "引用"}）`), el("blockquote", {}, el("mark", {}, citation.quote)));
}

function sourceNote(text, digest, quote) {
  if (text) return `文字来自本单位导入的官方文本。${spanOf(text, quote) ? "底纹标出的是回答引用的部分。" : ""}`;
  return digest ? "本系统没有导入这一条的原文，以上是编写的要点，不是法规文字，请以官方公布的文本为准。" : "这一条没有收录。";
}

function failure(problem, address) {
  return [
    el("div.problem", { role: "alert" },
      el("strong", {}, problem.status === 404 ? "这一条还没有收录" : problem.title ?? "出错了"),
      el("p", {}, problem.detail || "请稍后再试。"),
      problem.status === 404 ? null : button("再试一次", () => { load(address); dialog.heading.focus(); })),
    address.citation?.quote ? quoted(address.citation) : null,
  ].filter(Boolean);
}

function facts(rows) {
  return el("dl.facts.inline", {}, rows.filter(([, value]) => value).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}
