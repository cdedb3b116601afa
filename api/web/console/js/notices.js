// Issued notices: found by applicant, matter or number, printed again, fetched as Word files, with every print.

import { button, el } from "/js/element.js";
import { Dialog } from "/js/dialog.js";
import { printNotice } from "./printing.js";
import { call } from "./session.js";
import { frame, moment, say, table, trying } from "./shell.js";

const FORMS = { paper: "打印", docx: "导出 Word" };
const PAGE = 50;

await frame();
const filter = document.querySelector("#filter");
const list = document.querySelector("#list");
const more = document.querySelector("#more");
let shown = [];
let history;

async function load(before) {
  const query = new URLSearchParams({ q: filter.elements.q.value.trim(), ...(before && { before }) });
  const { notices } = await call("GET", `/notices?${query}`);
  shown = before ? [...shown, ...notices] : notices;
  list.replaceChildren(table(`已出具的告知单，显示 ${shown.length} 份`, ["编号", "申请人", "告知单", "出具时间", "经办人", "操作"], shown.map(row), "没有符合的告知单"));
  more.replaceChildren(...(notices.length === PAGE ? [button("更早的", () => trying(() => load(shown.at(-1).issued)))] : []));
}

function row(issued) {
  return [issued.serial, issued.applicant || "—", issued.title, moment(issued.issued), issued.clerk,
    el("div.row", {},
      button("打印", () => trying(async () => { await printNotice(issued); say(`${issued.serial} 已送打印机`); }), { "aria-label": `打印 ${issued.serial}` }),
      el("a.button", { href: issued.docx, download: "", "aria-label": `导出 Word ${issued.serial}` }, "Word"),
      button("记录", () => trying(() => records(issued)), { "aria-label": `打印记录 ${issued.serial}` }))];
}

async function records({ id, serial }) {
  const { prints, release } = await call("GET", `/notices/${id}`);
  history ??= new Dialog("card");
  history.heading.textContent = `${serial} 的打印记录`;
  history.body.replaceChildren(table("每次打印和导出", ["时间", "谁", "方式"], prints.map((each) => [moment(each.at), each.clerk, FORMS[each.form] ?? each.form]), "还没有打印过"),
    el("p.quiet", {}, `出具时的语料发布：${release}`));
  history.open();
}

filter.append(el("label", {}, "申请人、事项或编号 ", el("input.field", { name: "q", type: "search", maxLength: 80, autocomplete: "off" })), el("button", { type: "submit" }, "查找"));
filter.addEventListener("submit", (event) => { event.preventDefault(); trying(() => load()); });
await load();
