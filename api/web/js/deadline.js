// 期限推算: an event and a day → the last day, with the working shown.

import * as api from "./api.js";
import { el } from "./element.js";
import { findings, showResult } from "./findings.js";
import { field, select, text, toolForm } from "./form.js";

const EVERY = "全部";
const STARTS = { after: "哪天发生的", before: "哪天举行或开始", date: "哪一年（选那年的任意一天）" };

export const title = "期限推算";
export const lead = "选一件事和它发生的日期，推算最后一天。期限多长、从哪天数、碰上休息日怎么办，都列出依据。";

const pad = (number) => String(number).padStart(2, "0");
const today = () => { const now = new Date(); return `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`; };

/** 2026-03-18 → 2026年3月18日（周三）. */
function spoken(day) {
  const [year, month, date] = day.split("-").map(Number);
  return `${year}年${month}月${date}日（周${"日一二三四五六"[new Date(Date.UTC(year, month - 1, date)).getUTCDay()]}）`;
}

/** The form and the place of its result. */
export async function view() {
  const { events } = await api.toolOptions("deadlines");
  const place = el("div");
  const types = [EVERY, ...new Set(events.flatMap((event) => event.types).filter((type) => type !== EVERY))];
  const start = text("start", { type: "date", required: true, value: today() });
  const startField = field("", start);
  const chosen = el("small", { role: "status" });
  const form = toolForm("推算最后一天", [
    field("组织类型", select("type", types.map((type) => [type, type]))),
    el("div", {}, field("发生了什么", select("event", [])), chosen),
    startField,
  ], send, (answer) => show(place, answer));
  startField.prepend(STARTS.after);
  const label = () => {
    const event = events.find(({ key }) => key === form.elements.event.value);
    startField.firstChild.data = STARTS[event.form];
    chosen.textContent = `${event.who}要${event.what}`;
  };
  const offer = () => {
    const type = form.elements.type.value;
    const fitting = events.filter((event) => type === EVERY || event.types.includes(type) || event.types.includes(EVERY));
    form.elements.event.replaceChildren(...grouped(fitting).map(([matter, group]) =>
      el("optgroup", { label: matter }, group.map((event) => new Option(`${event.event} → ${event.what}`, event.key)))));
    label();
  };
  form.elements.type.addEventListener("change", offer);
  form.elements.event.addEventListener("change", label);
  offer();
  return [form, place];
}

const grouped = (events) => [...new Set(events.map(({ matter }) => matter))].map((matter) => [matter, events.filter((event) => event.matter === matter)]);

function send(form) {
  const { event, start } = form.elements;
  if (!start.value) throw new api.Problem({ status: 422, detail: "请选日期。", field: "start" });
  return api.tool("deadline", { event: event.value, start: start.value });
}

function show(place, answer) {
  const { due, nominal, safe, event, start, period } = answer;
  const headline = due ? `最后一天：${spoken(due)}` : nominal ? `按天数数到 ${spoken(nominal)}，能不能再顺延还不能断定` : "最后一天还不能断定";
  const facts = [["从哪天起", event.form === "date" ? null : spoken(start)], ["期限", period], ["谁", event.who], ["要做什么", event.what], ["稳妥的日子", safe && safe !== due ? `${spoken(safe)}前` : null]];
  showResult(place, headline, answer,
    el("dl.facts.inline", {}, facts.filter(([, value]) => value).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
    findings(answer.rows, answer.citations, { working: true }));
}
