// A guide as the checklist of a type and circumstances in the middle pane, and its sources beside.

import { el } from "/js/element.js";
import { statusTag } from "/js/article.js";
import { call } from "./session.js";
import { cited } from "./citing.js";

const part = encodeURIComponent;
const NUMBERED = new Set(["conditions", "materials", "steps"]);

/** The checklist of a guide; `cases` are the circumstances. */
export function readGuide(slug, { type = "", cases = [], region = "", date = "" } = {}) {
  const query = new URLSearchParams(Object.entries({ type, region, date }).filter(([, value]) => value));
  for (const each of cases) query.append("case", each);
  return call("GET", `/checklists/${part(slug)}?${query}`);
}

/** [the nodes of the middle pane, those beside]. `again({type, cases})` asks for another case; `go(target)` opens an article. */
export function guideNodes(found, { go, again, acts }) {
  const middle = [
    el("div.head", {}, el("h2", { tabIndex: -1 }, found.title), el("span.quiet", {}, `${found.kind} · ${found.matter}`)),
    el("p.quiet", {}, `按 ${found.on} 施行的规定。${found.promised ? `本单位承诺 ${found.promised}。` : ""}`),
    acts,
    choices(found, again),
    ...found.notices.map((said) => el("p.notice", { "data-tone": "warn" }, el("strong.notice-tag", {}, "注意"), said)),
    ...found.sections.map((section) => sectionNode(section, found, go)),
    found.left_out.length ? el("details", {}, el("summary", {}, `这种情形用不到的 ${found.left_out.length} 行`), el("ul.lines", {}, found.left_out.map((said) => el("li", {}, said)))) : null,
  ];
  return [middle.filter(Boolean), sources(found, go)];
}

function choices(found, again) {
  const types = found.types.length > 1 ? el("label", {}, "组织类型 ", el("select", { onchange: (event) => again({ type: event.target.value, cases: found.circumstances }) },
    found.types.map((name) => new Option(name, name, name === found.kind, name === found.kind)))) : null;
  const cases = found.cases.length ? el("fieldset", {}, el("legend", {}, "情形（不选就全列）"), el("div.choices", {}, found.cases.map((name) => {
    const box = el("input", { type: "checkbox", checked: found.circumstances.includes(name) });
    box.addEventListener("change", () => again({ type: found.kind, cases: box.checked ? [...found.circumstances, name] : found.circumstances.filter((each) => each !== name) }));
    return el("label.choice", {}, box, el("span", {}, name));
  }))) : null;
  return types || cases ? el("div", {}, types, cases) : null;
}

function sectionNode({ key, title, items }, found, go) {
  const list = el(NUMBERED.has(key) ? "ol.lines" : "ul.lines", {}, items.map((item) => el("li", {},
    item.name ? el("strong", {}, `${item.name}　`) : null, item.say,
    item.cites.map((n) => source(n, found, go)),
    item.details.length ? el("small", {}, ` ${item.details.map(([label, value]) => `${label}：${value}`).join("；")}`) : null)));
  return el("section", { "data-section": key }, el("h3", {}, title), list);
}

function source(n, found, go) {
  const citation = found.citations.find((each) => each.n === n);
  return citation ? el("button.goes", { type: "button", "aria-label": `依据${n}：${cited(citation)}`, onclick: () => point(n) }, `[${n}]`) : null;
}

/** Shows the source of that number beside, and puts the focus there. */
function point(n) {
  for (const node of document.querySelectorAll("#beside [aria-current]")) node.removeAttribute("aria-current");
  const item = document.querySelector(`#beside [data-n="${n}"]`);
  item?.setAttribute("aria-current", "true");
  item?.scrollIntoView({ block: "nearest" });
  item?.querySelector("button").focus();
}

function sources(found, go) {
  return [
    el("h2", {}, `依据（${found.citations.length}）`),
    el("ul.aside-list", {}, found.citations.map((citation) => el("li", { "data-n": citation.n },
      `[${citation.n}] `,
      el("button.goes", { type: "button", onclick: () => go({ kind: "article", law: citation.law, edition: citation.edition, label: citation.article, title: citation.title, quote: citation.quote }) }, cited(citation)),
      " ", statusTag(citation.status),
      el("small", {}, `${citation.source === "text" ? "" : "要点（未导入原文）："}${citation.quote}`)))),
  ];
}
