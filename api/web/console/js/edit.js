// The editor: choose what to change, fill the form in, see what the audit says as you write, save as a draft.

import { button, el } from "/js/element.js";
import { call } from "./session.js";
import { frame, moment, say, table, trying } from "./shell.js";
import { group, tellFaults } from "./fields.js";
import { SPECS, TITLES } from "./specs.js";

const who = await frame();
const edits = who.roles.some(({ role }) => role === "editor");
const asked = new URLSearchParams(location.search);
const title = document.querySelector("#title");
const work = document.querySelector("#work");
const WAIT_MS = 700;
const options = await call("GET", "/corpus/options");
const here = (query) => `/console/edit.html?${new URLSearchParams(query)}`;

async function start() {
  if (asked.get("change")) return editing(await call("GET", `/corpus/changes/${Number(asked.get("change"))}`));
  const kind = asked.get("kind") ?? "digests";
  if (asked.get("key")) return fresh(kind, asked.get("key"));
  title.textContent = `选择要改的${TITLES[kind]}`;
  return { digests: chooseLaw, guides: chooseGuide, catalog: chooseEntry, office: () => fresh("office", "office") }[kind]();
}

function filtered(label, rows, words, draw) {
  const box = el("input.field", { type: "search", "aria-label": label, placeholder: label });
  const holder = el("div");
  const show = () => holder.replaceChildren(draw(rows.filter((row) => words(row).includes(box.value.trim()))));
  box.addEventListener("input", show);
  show();
  return [el("div.bar", {}, box), holder];
}

async function chooseLaw() {
  if (asked.get("law")) return chooseArticle();
  const { laws } = await call("GET", "/corpus/laws");
  work.replaceChildren(...filtered("按名称筛选", laws, (law) => law.title, (found) => table(`文件 ${found.length} 件`, ["文件", "层级", "版本（要点/条）"], found.map((law) => [
    law.title, law.rank,
    el("div.row", {}, law.editions.map((edition) => el("a", { href: here({ kind: "digests", law: law.slug, edition: edition.date }), "aria-label": `${law.title} ${edition.date} 文本` },
      `${edition.date}（${edition.digested}/${edition.articles}${edition.held ? "" : "，无原文"}）`))),
  ]))));
}

async function chooseArticle() {
  const found = await call("GET", `/corpus/articles?${new URLSearchParams({ law: asked.get("law"), edition: asked.get("edition") })}`);
  title.textContent = `《${found.title}》${found.edition} 的要点`;
  const label = el("input.field", { maxLength: 80, "aria-label": "条号", placeholder: "条号，如 第十条、要点3" });
  const other = el("form.bar", {}, label, el("button", { type: "submit" }, "写另一条"));
  other.addEventListener("submit", (event) => {
    event.preventDefault();
    if (label.value.trim()) location.assign(here({ kind: "digests", key: `${found.law}/${found.edition}/${label.value.trim()}` }));
  });
  work.replaceChildren(edits ? other : "", ...filtered("按条号、主题或内容筛选", found.articles, (article) => article.label + article.topic + article.excerpt, (rows) => table(`${rows.length} 条`, ["条", "要点", "原文"], rows.map((article) => [
    el("a", { href: here({ kind: "digests", key: article.key }) }, article.label),
    article.withdrawn ? "已撤下" : article.points ? `${article.topic}（${article.points} 句${article.own ? "，本局改过" : ""}）` : "还没有",
    article.excerpt || "未导入",
  ]))));
}

function begins(kind, words) {
  const slug = el("input.field", { maxLength: 80, "aria-label": "新的代号", placeholder: words, autocapitalize: "none", spellcheck: false });
  const form = el("form.bar", {}, slug, el("button", { type: "submit" }, `新写一份${TITLES[kind]}`));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (/^[a-z0-9][a-z0-9-]*$/.test(slug.value.trim())) location.assign(here({ kind, key: slug.value.trim() }));
    else { say("代号只用小写字母、数字和连字符，如 shetuan-chengli", "bad"); slug.focus(); }
  });
  return edits ? form : "";
}

async function chooseGuide() {
  const { guides } = await call("GET", "/corpus/guides");
  work.replaceChildren(begins("guides", "如 shetuan-chengli"), ...filtered("按标题或事项筛选", guides, (guide) => guide.title + guide.matter, (found) => table(`办事指南 ${found.length} 份`, ["标题", "事项", "类型", "来源"], found.map((guide) => [
    el("a", { href: here({ kind: "guides", key: guide.slug }) }, guide.title), guide.matter, guide.types.join("、"), guide.withdrawn ? "已撤下" : guide.own ? "本局" : "自带",
  ]))));
}

async function chooseEntry() {
  const { laws } = await call("GET", "/corpus/laws");
  work.replaceChildren(begins("catalog", "如 ci-shan-fa"), ...filtered("按名称筛选", laws, (law) => law.title, (found) => table(`文件 ${found.length} 件`, ["文件", "层级", "版本", "来源"], found.map((law) => [
    el("a", { href: here({ kind: "catalog", key: law.slug }) }, law.title), law.rank, law.editions.map((edition) => edition.date).join("、"), law.own ? "本局" : "自带",
  ]))));
}

async function fresh(kind, key) {
  const found = await call("GET", `/corpus/item?${new URLSearchParams({ kind, key })}`);
  return form({ kind, key, content: found.content, item: found, draft: null });
}

async function editing(draft) {
  const found = await call("GET", `/corpus/item?${new URLSearchParams({ kind: draft.kind, key: draft.key })}`);
  return form({ kind: draft.kind, key: draft.key, content: draft.content, item: found, draft });
}

async function form({ kind, key, content, item, draft }) {
  const guides = kind === "office" ? (await call("GET", "/corpus/guides")).guides.map((guide) => [guide.slug, guide.title]) : [];
  const spec = SPECS[kind](options, guides);
  const known = new Set(spec.map(({ name }) => name));
  const value = content && !content.withdrawn ? content : item.content ?? item.otherwise ?? {};
  // What the form has no field for (a guide's slug, an article's number) stays as it is.
  const kept = Object.fromEntries(Object.entries(value).filter(([name]) => !known.has(name)));
  const fixed = { digests: { article: key.split("/").slice(2).join("/") }, guides: { slug: key }, catalog: { slug: key }, office: {} }[kind];
  const fields = group(spec, value);
  const read = () => ({ ...kept, ...fixed, ...fields.read() });
  title.textContent = `${TITLES[kind]}${item.source ? `《${item.source.title}》${item.source.edition} ${item.source.label}` : value.title ? `：${value.title}` : kind === "office" ? "" : `：${key}`}`;
  const found = el("div", { role: "status" });
  const note = el("textarea", { id: "note", rows: 2, maxLength: 2000, value: draft?.note ?? "" });
  work.replaceChildren(
    pending(item, draft), item.withdrawn ? el("p.notice", {}, "这一份已撤下，不用于回答。") : "",
    el("div", { className: item.source ? "panes" : "" }, el("form.pane", { noValidate: true, id: "form" }, fields.node,
      past(item), el("div.part", {}, el("label", { htmlFor: "note" }, "为什么改（给复核的人看）"), note), found, edits ? acts(kind, key, read, note, item, draft, fields, found) : null), source(item)));
  if (edits) checkWhileWriting(kind, key, read, fields, found);
  title.focus();
}

function pending(item, draft) {
  const others = item.pending.filter((change) => change.id !== draft?.id);
  return others.length ? el("p.notice", { "data-tone": "warn" }, "这一份还有没处理完的变更：", others.map((change) => el("a", { href: `/console/change.html?id=${change.id}` }, `变更 ${change.id}（${change.called}，${change.author}） `))) : "";
}

function past(item) {
  if (!item.past.length) return "";
  return el("details", {}, el("summary", {}, `改过 ${item.past.length} 次`), el("ul.history", {}, item.past.map((change) => el("li", {},
    el("a", { href: `/console/change.html?id=${change.id}` }, `变更 ${change.id}`), `　${moment(change.updated)}　${change.author}　${change.called}${change.reviewer ? `（复核 ${change.reviewer}）` : ""}${change.note ? `：${change.note}` : ""}`))));
}

function source(item) {
  if (!item.source) return "";
  return el("aside.pane.source", { "aria-label": "原文", tabIndex: 0 }, el("h2", {}, `${item.source.label} 原文`), el("p.text", {}, item.source.text ?? "这个版本的原文还没有导入，数额和条号对照不了。"));
}

function showFound(fields, found, checks) {
  const stops = checks.filter((check) => check.stops).length;
  const rest = tellFaults(fields, checks);
  found.replaceChildren(el("p", { className: stops ? "fault" : "quiet" }, stops ? `${stops} 处问题，已标在对应的地方` : "核对过了，没有要拦下的问题"),
    ...rest.map((check) => el("p", { className: check.stops ? "fault" : "hint-line" }, `${check.kind}：${check.what}`)));
}

function checkWhileWriting(kind, key, read, fields, found) {
  let timer = 0;
  let latest = 0;
  document.querySelector("#form").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const mine = ++latest;
      const told = await call("POST", "/corpus/check", { kind, key, content: read() }).catch(() => null);
      if (told && mine === latest) showFound(fields, found, told.checks);
    }, WAIT_MS);
  });
}

function acts(kind, key, read, note, item, draft, fields, found) {
  const save = async (content) => {
    const body = { content, note: note.value };
    return draft ? call("PUT", `/corpus/changes/${draft.id}`, { ...body, version: draft.version }) : call("POST", "/corpus/changes", { kind, key, ...body });
  };
  const kept = (content) => trying(async () => { location.assign(`/console/change.html?id=${(await save(content)).id}`); });
  const submit = () => trying(async () => {
    const told = await call("POST", "/corpus/check", { kind, key, content: read() });
    showFound(fields, found, told.checks);
    const first = told.checks.find((check) => check.stops);
    if (first) { fields.at(first.field.split("."))?.focus(); say(`还有 ${told.stops} 处问题，可以先存草稿`, "bad"); return; }
    const made = await save(read());
    await call("POST", `/corpus/changes/${made.id}/submit`, { version: made.version });
    location.assign(`/console/change.html?id=${made.id}`);
  });
  const reason = () => prompt("为什么撤下？批准并发布后，它不再用于回答。");
  const withdraw = () => { const why = reason(); if (why) kept({ ...(kind === "digests" ? { article: read().article } : { slug: key, title: read().title ?? key }), withdrawn: true, reason: why }); };
  return el("div.acts", {},
    button("存草稿", () => kept(read())), button("提交复核", submit, { className: "primary" }),
    ["digests", "guides"].includes(kind) && item.content ? button("撤下", withdraw, { className: "text" }) : null,
    item.own && item.ships ? button("恢复自带内容", () => { if (confirm("放弃本局的改动，恢复自带内容？")) kept(null); }, { className: "text" }) : null);
}

await trying(start);
