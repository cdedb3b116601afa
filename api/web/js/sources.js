// The numbered sources below an answer or a tool's result.

import { SOURCES, showArticle, statusTag } from "./article.js";
import { button, el } from "./element.js";

const SHOWN = 4;

/** A section with one button for each citation; those after the first few are folded away, but printed. */
export function sourceList(citations) {
  const items = citations.map((citation, i) => el("li", { className: i >= SHOWN ? "folded" : "" },
    el("button.source", { type: "button", onclick: (event) => showArticle(citation, event.currentTarget) },
      el("span.n", {}, String(citation.n)),
      el("span", {},
        el("span.name", {}, `《${citation.title}》${citation.article}${citation.place ?? ""}`), " ", statusTag(citation.status),
        citation.source === "text" ? null : el("span.tag.plain", {}, SOURCES[citation.source] ?? citation.source),
        citation.quote ? el("span.excerpt", {}, citation.quote) : null))));
  const node = el("section.sources", {}, el("h3", {}, "依据"), el("ol", {}, items));
  const folded = items.slice(SHOWN);
  if (folded.length) {
    const more = button(`展开其余 ${folded.length} 条依据`, () => {
      for (const item of folded) item.classList.remove("folded");
      more.remove();
      folded[0].querySelector("button").focus();
    }, { className: "text" });
    node.append(more);
  }
  return node;
}
