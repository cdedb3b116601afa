// One change: what it is, what was found, what differs, what rests on it, and the decision.

import { button, el } from "/js/element.js";
import { call } from "./session.js";
import { frame, moment, say, table, trying } from "./shell.js";
import { articlesBeside, linesBeside } from "./diff.js";
import { group } from "./fields.js";

await frame();
const id = Number(new URLSearchParams(location.search).get("id"));
const path = `/corpus/changes/${id}`;
const title = document.querySelector("#title");
const about = document.querySelector("#about");
const box = document.querySelector("#report");
let change;
let whole = false;

const section = (name, ...nodes) => el("section.part", {}, el("h2", {}, name), nodes.flat());

async function show() {
  change = await call("GET", path);
  document.title = `变更 ${id} ${change.title} · 登记工作台`;
  title.replaceChildren(`变更 ${id}：${change.title}`, el("span.tag.plain.state", {}, change.called));
  about.replaceChildren(facts(), acts(), past());
}

function facts() {
  const rows = [["作者", change.author], ["说明", change.note], ["复核", change.reviewer], ["复核意见", change.reason], ["发布", change.release]].filter(([, words]) => words);
  const file = change.upload ? el("p", {}, el("a", { href: `/api/v1/staff/corpus/uploads/${change.upload}`, download: "" }, "下载上传的原文件")) : null;
  return el("div", {}, el("dl.facts.inline", {}, rows.map(([name, words]) => el("div", {}, el("dt", {}, name), el("dd", {}, words)))), file);
}

function past() {
  return el("details", {}, el("summary", {}, `经过（${change.steps.length} 步）`), el("ol.history", {}, change.steps.map((step, index) => el("li", {},
    `${moment(step.at)}　${step.name}　${step.step}${step.reason ? `：${step.reason}` : ""}`,
    step.wrote && index && change.kind !== "texts" ? button("看这一步改了什么", (event) => stepped(event.currentTarget, index + 1), { className: "text", "aria-label": `看第 ${index + 1} 步改了什么` }) : null))));
}

function stepped(opener, number) {
  return trying(async () => {
    const { rows } = await call("GET", `${path}/steps/${number}`);
    opener.replaceWith(linesBeside(rows));
  });
}

function move(what, words, reason = "") {
  return trying(async () => {
    await call("POST", `${path}/${what}`, { version: change.version, reason });
    await show();
    say(words);
    title.focus();
    await report();
  });
}

function acts() {
  const { may } = change;
  const nodes = [];
  if (may.edit && change.kind !== "texts") nodes.push(el("a.button", { href: `/console/edit.html?change=${id}` }, "编辑"));
  if (may.edit) nodes.push(button("提交复核", () => move("submit", "已提交，等另一位同事复核"), { className: "primary" }));
  if (may.withdraw) nodes.push(button("撤回", () => { if (confirm("撤回这份变更？内容会留着，可以再用。")) move("withdraw", "已撤回"); }));
  if (may.again) nodes.push(button("以此另起一份", () => trying(async () => { location.assign(`?id=${(await call("POST", `${path}/again`)).id}`); })));
  return el("div", {}, may.edit && change.kind === "texts" ? correcting() : null, nodes.length ? el("div.row", {}, nodes) : null, may.decide ? deciding() : null,
    change.wrote_it ? el("p.notice", {}, "您写过这份变更，要由另一个人复核。") : null);
}

function deciding() {
  const reason = el("textarea", { id: "reason", rows: 2, maxLength: 2000 });
  return el("section.pane.part", { "aria-label": "复核" }, el("h2", {}, "复核"),
    el("label", { htmlFor: "reason" }, "意见（退回必填）"), reason,
    el("div.row", {}, button("批准", () => move("approve", "已批准，下一次发布生效", reason.value), { className: "primary" }),
      button("退回作者", () => { if (reason.value.trim()) move("reject", "已退回", reason.value); else { say("退回要写明原因，作者才知道改什么", "bad"); reason.focus(); } })));
}

function correcting() {
  const { edition, entry } = change.content;
  const form = group([
    { kind: "day", name: "in_force_from", label: "施行", short: true },
    { kind: "day", name: "in_force_to", label: "最后施行日", short: true },
    { kind: "text", name: "note", label: "备注", short: true },
    ...(entry ? [{ kind: "text", name: "title", label: "名称", short: true }, { kind: "text", name: "rank", label: "效力层级", short: true }, { kind: "text", name: "region", label: "地区", short: true }] : []),
  ], { ...edition, ...entry });
  const save = async () => {
    const read = { in_force_to: "", note: "", region: "", ...form.read() };
    await call("PUT", path, { version: change.version, note: change.note, content: { edition: read, entry: entry ? read : null } });
    await show();
    say("已保存");
    await report();
  };
  return el("details.pane", {}, el("summary", {}, "核对施行日期和目录信息（条文本身不能改，要改请重新上传）"), form.node, el("div.row", {}, button("保存", () => trying(save))));
}

async function report() {
  box.setAttribute("aria-busy", "true");
  box.replaceChildren(el("p.quiet", { role: "status" }, "正在核对、对照、查影响…"));
  try {
    const told = await call("GET", `${path}/report`);
    box.replaceChildren(checked(told), differs(told), impact(told), fallout(told), read(told));
  } catch (problem) {
    box.replaceChildren(el("p.problem", {}, problem.message));
  } finally {
    box.setAttribute("aria-busy", "false");
  }
}

function checked(told) {
  const rows = told.checks.map((check) => el("li", {}, el(check.stops ? "span.tag.bad" : check.kind === "通过" ? "span.tag" : "span.tag.warn", {}, check.kind), el("span", {}, check.what)));
  const words = told.kept ? "这是复核时看到的情况。" : told.stops ? `还有 ${told.stops} 处问题，改好才能提交和批准。` : "没有要拦下的问题。";
  return section("核对", el("p", {}, words), rows.length ? el("ul.checks", {}, rows) : null);
}

function differs(told) {
  if (!told.diff) return "";
  if (told.diff.articles) return section("与上一版本对照", articlesBeside(told.diff, told.preview.edition));
  const holder = el("div", {}, linesBeside(told.diff.rows, whole));
  const toggle = button("连相同的也显示", () => { whole = !whole; holder.replaceChildren(linesBeside(told.diff.rows, whole)); toggle.setAttribute("aria-pressed", String(whole)); }, { className: "text", "aria-pressed": "false" });
  return section("改了什么", holder, toggle);
}

function impact(told) {
  if (!told.impact) return "";
  const { groups, counts } = told.impact;
  const total = Object.values(counts).reduce((sum, number) => sum + number, 0);
  const summary = el("p", {}, total ? `依据变了的：${Object.entries(counts).map(([kind, number]) => `${kind} ${number}`).join("，")}。` : "没有别的内容依据这里改动的条文。");
  return section("影响", summary, Object.entries(groups).filter(([, items]) => items.length).map(([kind, items]) =>
    el("details", { open: items.length <= 8 }, el("summary", {}, `${kind} ${items.length}`), el("ul.upon", {}, items.map((item) => el("li", {}, opening(kind, item),
      item.articles.map((at) => el("small", {}, `《${at.law}》${at.edition} 文本${at.article}：${at.what}${at.now && at.now !== at.article ? `，现为${at.now}` : ""}${at.where ? `——${at.where}` : ""}`))))))));
}

function opening(kind, item) {
  const at = { 要点: "digests", 办事指南: "guides" }[kind];
  return at ? el("a", { href: `/console/edit.html?kind=${at}&key=${encodeURIComponent(item.id)}` }, item.title) : `${item.title}（${item.id}）`;
}

function fallout(told) {
  if (!told.fallout.length) return "";
  return section("批准后别处要改的", el("p", {}, "这些不拦批准，但请安排人改。"), table("别处要改的", ["问题", "在哪里", "是什么"], told.fallout.map((one) => [one.kind, one.where, one.what])));
}

function read(told) {
  if (!told.preview) return "";
  const { law, articles, edition } = told.preview;
  const words = `《${law.title}》${edition} 文本，${law.rank}${law.region ? `，${law.region}` : ""}，${articles.length} 条${law.new ? "；目录里原来没有，会一并登记" : ""}。`;
  let heading = "";
  return section("解析结果", el("p", {}, words), el("div.preview", { tabIndex: 0, role: "region", "aria-label": "解析出的条文" }, articles.flatMap((article) => {
    const over = article.headings.join(" ");
    const head = over && over !== heading ? [el("h3", {}, over)] : [];
    heading = over;
    return [...head, el("p", {}, el("strong", {}, article.label), `　${article.text}`)];
  })));
}

await trying(show);
if (change) await report();
