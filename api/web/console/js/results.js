// The list of results: moved through from the box by arrow keys, while the focus stays in the box.

import { el } from "/js/element.js";

const GROUPS = { guide: "指南" };

/** A combobox's list. `open(hit)` is called for the chosen one. */
export class Results {
  constructor(box, pane, open) {
    this.box = box;
    this.open = open;
    this.heading = el("h2", { id: "found-head" }, "结果");
    this.list = el("div.hits", { id: "hits", role: "listbox", "aria-labelledby": "found-head" });
    this.hits = [];
    this.at = -1;
    pane.replaceChildren(this.heading, this.list);
  }

  /** Shows groups of hits [{name, hits}], and chooses the first. */
  show(words, groups) {
    this.hits = groups.flatMap(({ hits }) => hits);
    this.heading.textContent = words;
    let number = 0;
    this.list.replaceChildren(...groups.filter(({ hits }) => hits.length).map(({ name, hits }) => {
      const options = hits.map((hit) => this.#option(hit, number++));
      return el("div", { role: "group", "aria-label": name || "结果" }, name ? el("span", { "aria-hidden": "true" }, name) : null, options);
    }));
    this.choose(this.hits.length ? 0 : -1);
  }

  /** Adds a group below; what was chosen stays chosen. */
  add(name, hits) {
    const known = new Set(this.hits.map(keyOf));
    const fresh = hits.filter((hit) => !known.has(keyOf(hit)));
    if (!fresh.length) return 0;
    const options = fresh.map((hit, i) => this.#option(hit, this.hits.length + i));
    this.hits = [...this.hits, ...fresh];
    this.list.append(el("div", { role: "group", "aria-label": name }, el("span", { "aria-hidden": "true" }, name), options));
    if (this.at < 0) this.choose(0);
    return fresh.length;
  }

  /** Chooses a hit by number without opening it. */
  choose(number) {
    this.at = Math.max(-1, Math.min(number, this.hits.length - 1));
    for (const option of this.list.querySelectorAll("[role=option]")) option.ariaSelected = String(option.id === `hit-${this.at}`);
    const chosen = this.list.querySelector(`#hit-${this.at}`);
    if (chosen) this.box.setAttribute("aria-activedescendant", chosen.id); else this.box.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  }

  move(step) {
    if (this.hits.length) this.choose((this.at + step + this.hits.length) % this.hits.length);
  }

  /** Opens the chosen hit; false where there is none. */
  enter() {
    if (this.at < 0) return false;
    this.open(this.hits[this.at]);
    return true;
  }

  #option(hit, number) {
    const guide = hit.kind === "guide";
    const node = el("div.hit", { role: "option", id: `hit-${number}` },
      el(`span.tag${guide ? "" : ".plain"}`, {}, GROUPS[hit.kind] ?? hit.rank ?? "条文"),
      el("strong", {}, guide ? hit.title : `${hit.title} ${hit.label}`),
      hit.status && hit.status !== "现行有效" ? el("span.tag.warn", {}, hit.status) : null,
      el("small", {}, guide ? (hit.types ?? []).join("、") : hit.topic),
      hit.excerpt ? el("small", {}, hit.excerpt) : null);
    node.ariaSelected = "false";
    node.addEventListener("click", () => { this.choose(number); this.enter(); });
    return node;
  }
}

export const keyOf = ({ kind, law, edition, label }) => [kind, law, edition, kind === "guide" ? "" : label].join("\t");
