// One article in the middle pane, and beside it what it cites, what cites it, and the editions of its law.

import { button, el } from "/js/element.js";
import { statusTag } from "/js/article.js";
import { note } from "./citing.js";
import { keyOf } from "./results.js";
import { call } from "./session.js";

const part = encodeURIComponent;
const FOLD = 8;
const KINDS = { article: "条文", digest: "要点", guide: "办事指南" };

/** The article with its cross-references. */
export const readArticle = ({ law, edition, label }, date) => call("GET", `/articles/${part(law)}/${part(edition)}/${part(label)}${date ? `?date=${date}` : ""}`);

/** [the nodes of the middle pane, those beside]. `go(target)` opens another article or guide; `words` are marked. */
export function articleNodes(found, { go, acts, words = "", quote = "" }) {
  const { law, edition, label, headings, text, digest, warnings } = found;
  const step = (to, name) => (to ? button(`${name}：${to}`, () => go({ kind: "article", law: law.slug, edition: edition.date, label: to })) : null);
  const middle = [
    el("div.head", {}, el("h2", { tabIndex: -1 }, `《${law.title}》${label}`), statusTag(edition.status), digest?.topic ? el("span.quiet", {}, digest.topic) : null),
    el("p.quiet", {}, [...headings, `${edition.date} 文本`, `${edition.in_force_from} 起施行`, edition.in_force_to ? `${edition.in_force_to} 止` : ""].filter(Boolean).join(" · ")),
    acts,
    ...warnings.map((said) => el("p.notice", { "data-tone": "warn" }, el("strong.notice-tag", {}, "注意"), said)),
    text ? el("div.body", {}, paragraphs(text, found.mentions, go, quote || words)) : null,
    digest ? el("section", {}, el("h3", {}, text ? "要点" : "要点（未导入原文，以官方文本为准）"),
      el("ul.lines", {}, digest.points.map(({ say, at }) => el("li", {}, at ? el("span.quiet", {}, `${at} `) : null, marked(say, quote || words))))) : null,
    el("div.neighbours", {}, step(found.previous, "上一条"), step(found.next, "下一条")),
    el("p.quiet", {}, [law.issuer, law.number, law.rank, law.region].filter(Boolean).join(" · ")),
    el("p.paper", {}, note(found.release)),
  ];
  return [middle.filter(Boolean), beside(found, go)];
}

function paragraphs(text, mentions, go, words) {
  let offset = 0;
  return text.split("\n").flatMap((line) => {
    const start = offset;
    offset += line.length + 1;
    if (!line.trim()) return [];
    const nodes = [];
    let from = start;
    for (const mention of mentions.filter((each) => each.start >= start && each.end <= start + line.length)) {
      nodes.push(...marked(text.slice(from, mention.start), words), leading(text.slice(mention.start, mention.end), mention, go));
      from = mention.end;
    }
    return el("p", {}, nodes, ...marked(text.slice(from, start + line.length), words));
  });
}

/** The longest pieces of the words that occur, as <mark>. */
export function marked(text, words) {
  const bare = words.replace(/[^\p{L}\p{N}]/gu, "");
  for (let size = Math.min(bare.length, 40); size >= Math.min(3, Math.max(2, bare.length)); size--) {
    for (let from = 0; from + size <= bare.length; from++) {
      const piece = bare.slice(from, from + size);
      const at = text.indexOf(piece);
      if (at >= 0) return [text.slice(0, at), el("mark", {}, piece), text.slice(at + piece.length)];
    }
  }
  return [text];
}

const leading = (words, target, go) => el("button.goes", { type: "button", title: `《${target.title}》${target.label}`, onclick: () => go({ kind: "article", ...target }) }, words);

function beside(found, go) {
  const cites = found.cites.map((target) => el("li", {}, leading(`《${target.title}》${target.label}${target.place}`, target, go)));
  return [
    el("h2", {}, "出处和引用"),
    el("h3", {}, `本条引用（${cites.length}）`),
    cites.length ? el("ul.aside-list", {}, cites) : el("p.quiet", {}, "没有引用其他条文。"),
    ...Object.entries(KINDS).map(([kind, name]) => citers(found.cited_by.filter((each) => each.kind === kind), name, go)).filter(Boolean),
    found.cited_by.length ? null : el("div", {}, el("h3", {}, "被引用（0）"), el("p.quiet", {}, "本库里没有别处引用本条。")),
    el("h3", {}, `文本版本（${found.editions.length}）`),
    el("ul.aside-list", {}, found.editions.map((edition) => el("li", {},
      edition.date === found.edition.date ? el("strong", {}, `${edition.date} 文本（正在看）`)
        : leading(`${edition.date} 文本`, { law: found.law.slug, edition: edition.date, label: found.label, title: found.law.title }, go),
      el("small", {}, `${edition.status}${edition.held ? "" : "；未导入原文"}`)))),
  ].filter(Boolean);
}

/** What the same article or guide says, together; hall machines may run a browser without Map.groupBy. */
function grouped(found) {
  const groups = new Map();
  for (const each of found) {
    const key = keyOf(each);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()];
}

function citers(found, name, go) {
  if (!found.length) return null;
  const groups = grouped(found);
  const items = groups.map(([first, ...rest]) => {
    const guide = first.kind === "guide";
    const target = guide ? { kind: "guide", law: first.law, edition: "", label: "", title: first.title } : { kind: "article", ...first };
    return el("li", {}, el("button.goes", { type: "button", onclick: () => go(target) }, guide ? first.title : `《${first.title}》${first.label}`),
      first.place ? el("span.quiet", {}, ` 引${first.place}`) : null,
      el("small", {}, guide ? `${first.label}：${first.says}${rest.length ? `（另 ${rest.length} 处）` : ""}` : first.says));
  });
  const list = el("ul.aside-list", {}, items.slice(0, FOLD));
  const more = items.length > FOLD ? button(`其余 ${items.length - FOLD} 个`, () => { list.append(...items.slice(FOLD)); more.remove(); items[FOLD].querySelector("button").focus(); }, { className: "text" }) : null;
  return el("div", {}, el("h3", {}, `引用本条的${name}（${groups.length}）`), list, more);
}
