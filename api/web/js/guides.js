// The guide browser (type × matter) and one guide as a checklist for screen and paper.

import * as api from "./api.js";
import { showArticle, statusTag } from "./article.js";
import { button, el } from "./element.js";
import { office, officeCard, showOffice } from "./office.js";
import { chosenRegion, offerRegions } from "./settings.js";

const EVERY = "全部";
const TICKED = new Set(["conditions", "materials"]);
const DETAILS = { name: "材料", form: "形式", copies: "份数", issuer: "出具", template: "范本", who: "谁来办", limit: "时限", when: "何时" };

const main = document.querySelector("#content");
let list;
let type = EVERY;
let wanted = 0;

const show = (...nodes) => main.replaceChildren(...nodes.filter(Boolean));

function title(words) {
  document.title = `${words} · 社会组织登记问答`;
  return el("h1", { tabIndex: -1 }, words);
}

async function route(focus = true) {
  const turn = ++wanted;
  const slug = decodeURIComponent(location.hash.slice(1));
  main.setAttribute("aria-busy", "true");
  show(el("p.quiet", {}, "正在读取办事指南…"));
  let nodes;
  try {
    list ??= (await api.guides()).guides;
    nodes = slug ? guideView(await api.guide(slug, chosenRegion())) : browser();
  } catch (problem) {
    nodes = failure(problem, slug);
  }
  if (turn !== wanted) return;
  main.removeAttribute("aria-busy");
  show(...nodes);
  if (!focus) return;
  document.querySelector(".scroller").scrollTop = 0;
  main.querySelector("h1")?.focus();
}

function failure(problem, slug) {
  return [title("办事指南"), el("div.problem", {},
    el("strong", {}, problem.status === 404 ? "没有这份指南" : problem.title ?? "出错了"),
    el("p", {}, problem.detail || "请稍后再试。"),
    el("div.row", {}, slug ? el("a.button", { href: "#" }, "看全部指南") : null, button("再试一次", () => route()),
      button("人工窗口", (event) => showOffice(event.currentTarget))))];
}

function browser() {
  const types = [EVERY, ...new Set(list.flatMap((guide) => guide.types).filter((name) => name !== EVERY))];
  if (!types.includes(type)) type = EVERY;
  const results = el("div.matters", { "aria-live": "polite" });
  const draw = () => results.replaceChildren(...matters());
  const choices = types.map((name) => el("label.choice", {},
    el("input", { type: "radio", name: "type", value: name, checked: name === type, onchange: () => { type = name; draw(); } }), el("span", {}, name)));
  draw();
  return [title("办事指南"), el("p.quiet", {}, "选组织类型，再选要办的事。每份指南都能打印成清单，逐项打钩。"),
    el("fieldset", {}, el("legend", {}, "组织类型"), el("div.choices", {}, choices)), results];
}

function matters() {
  const fitting = list.filter((guide) => type === EVERY || guide.types.includes(type) || guide.types.includes(EVERY));
  if (!fitting.length) return [el("p", {}, "这一类组织还没有指南。可以", el("a", { href: "/" }, "直接提问"), "。")];
  return [...grouped(fitting)].map(([matter, guides]) => el("section.matter", {}, el("h2", {}, matter),
    el("ul", {}, guides.map((guide) => el("li", {}, el("a", { href: `#${encodeURIComponent(guide.slug)}` },
      el("strong", {}, guide.title), el("small", {}, guide.types.join("、"))))))));
}

function grouped(guides) {
  const groups = new Map();
  for (const guide of guides) groups.set(guide.matter, [...(groups.get(guide.matter) ?? []), guide]);
  return groups;
}

/** What one takes along fits a page or two; the rest of a guide is for reading. */
function printOnly(what) {
  main.dataset.print = what;
  addEventListener("afterprint", () => { delete main.dataset.print; }, { once: true });
  print();
}

function guideView(guide) {
  const region = el("select", {}, new Option("不指定", ""));
  offerRegions(region, () => route());
  const card = el("section.guide-section", { "data-section": "office" }, el("h2", {}, "到哪里办、找谁问"));
  const add = (data) => card.append(officeCard(data));
  if (guide.office) add(guide.office); else office().then(add);
  return [
    el("p.screen", {}, el("a", { href: "#" }, "‹ 全部指南")),
    title(guide.title),
    el("p.quiet", {}, `${guide.types.join("、")} · ${guide.matter}`),
    el("p.notice", { "data-tone": "info" }, el("strong.notice-tag", {}, "提示"), "以登记机关要求为准。本清单由程序根据法规条文组成，仅供准备材料时对照。"),
    el("div.row.screen", {}, button("打印清单", () => printOnly("list"), { className: "primary" }), button("打印全文", () => print()),
      el("a.button", { href: `/?q=${encodeURIComponent(guide.title)}` }, "就这件事提问"), el("label.inline", {}, "地区 ", region)),
    ...(guide.warnings ?? []).map((words) => el("p.notice", { "data-tone": "warn" }, el("strong.notice-tag", {}, "注意"), words)),
    ...guide.sections.map((each) => section(each, guide.promised)),
    card,
    el("p.paper", {}, `打印日期：${new Date().toLocaleDateString("zh-CN")}　以登记机关要求为准`),
  ];
}

/** What this office promises stands beside what the law says, and is never mixed with it. */
function promise({ days, working_days: working, note }) {
  return el("p.notice", { "data-tone": "info" }, el("strong.notice-tag", {}, "本窗口承诺"), `${days} ${working ? "个工作日" : "日"}内办结。${note}`);
}

function section({ key, title: name, lines }, promised) {
  const ticked = TICKED.has(key);
  const count = el("span.count", { role: "status" });
  const tag = key === "steps" ? "ol.steps" : ticked ? "ul.ticks" : "ul";
  const node = el("section.guide-section", { "data-section": key },
    el("h2", {}, name, ticked ? count : null),
    el(tag, {}, lines.map((line) => el("li", {}, ticked ? tick(line) : el("p", {}, line.say), sources(line), details(line)))),
    key === "limits" && promised ? promise(promised) : null);
  const progress = () => { count.textContent = `已备 ${node.querySelectorAll(":checked").length} / ${lines.length}`; };
  if (ticked) { node.addEventListener("change", progress); progress(); }
  return node;
}

const tick = (line) => el("label.tick", {}, el("input", { type: "checkbox" }), el("span", {}, line.say));

function details({ say, details: found = {} }) {
  const rows = Object.entries(DETAILS).filter(([key]) => found[key] && found[key] !== say);
  return rows.length ? el("dl.details", {}, rows.map(([key, name]) => el("div", {}, el("dt", {}, name), el("dd", {}, String(found[key]))))) : null;
}

function sources({ citations = [] }) {
  if (!citations.length) return null;
  const place = (citation) => `${citation.article}${citation.place ?? ""}`;
  // What is missing of a text is said above the guide; here only which text it is, once a line.
  const standing = new Set(citations.map(({ status }) => status.split("；")[0]).filter((words) => words !== "现行有效"));
  return el("div.cites", {},
    citations.map((citation) => el("button.cite.wide", { type: "button", "aria-label": `依据：${citation.title}${place(citation)}`, onclick: (event) => showArticle(citation, event.currentTarget) },
      el("span", {}, el("span.of", {}, citation.title), el("span", {}, place(citation))))),
    el("span.paper", {}, citations.map((citation) => `〔${citation.title}${place(citation)}〕`).join("")),
    [...standing].map(statusTag));
}

// The fragment names the guide, so the skip link must not change it.
document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); main.focus(); });
addEventListener("hashchange", () => route());
route(false);
