// 一次性告知单 from a checklist: tick what is lacking, check it, issue it with its number, print it.

import { button, el } from "/js/element.js";
import { Dialog } from "/js/dialog.js";
import { call } from "./session.js";
import { printNotice } from "./printing.js";

const REASONS = ["未提交", "不符合法定形式", "填写不全", "缺签名或盖章", "超过有效期", "复印件不清楚", "与原件不一致"];
let dialog;

/** Opens the form for a checklist that is read. `today` is the day of the office. */
export function fillNotice(found, { region = "", today }) {
  const materials = found.sections.find(({ key }) => key === "materials")?.items ?? [];
  dialog ??= new Dialog("broad");
  dialog.heading.textContent = `一次性告知单：${found.title}`;
  if (!materials.length) {
    dialog.body.replaceChildren(el("p", {}, "这份指南没有材料清单，出不了告知单。"));
    dialog.open();
    return;
  }
  const form = formNode(found, materials, { region, today });
  dialog.body.replaceChildren(form);
  dialog.open();
  form.elements.applicant.focus();
}

function formNode(found, materials, { region, today }) {
  const hint = el("p.hint", { role: "status" });
  const checked = el("input", { type: "checkbox", name: "checked", id: "checked" });
  const despite = button("仍然出具", () => send(true), { hidden: true });
  const go = el("button.primary", { type: "submit" }, "出具并打印");
  const form = el("form.issue", { noValidate: true },
    el("p.quiet", {}, `${found.kind} · ${found.matter}${found.circumstances.length ? ` · ${found.circumstances.join("、")}` : ""}。勾出缺的材料；一项都不勾，就出全部材料的办理告知单。方向键换行，空格勾选，Enter 出具。`),
    el("div.pair", {},
      el("label", {}, "申请人 ", el("input.field", { name: "applicant", maxLength: 120, autocomplete: "off", placeholder: "组织或发起人名称" })),
      el("label", {}, "收到材料日期 ", el("input.field", { name: "received", type: "date", value: today }))),
    el("datalist", { id: "reasons" }, REASONS.map((reason) => new Option(reason))),
    el("div.wide", { tabIndex: -1, role: "region", "aria-label": "材料" }, el("table.grid.lack", {},
      el("caption", {}, `材料（${materials.length} 项）`),
      el("thead", {}, el("tr", {}, ["缺", "材料", "问题", "不适用"].map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, materials.map(rowNode)))),
    el("label", {}, "备注（可不填） ", el("textarea", { name: "remarks", rows: 2, maxLength: 500 })),
    el("div.done", {}, el("label.tick", {}, checked, el("span", {}, "已逐项核对")), go, despite, hint));
  async function send(anyway) {
    go.disabled = true;
    despite.hidden = true;
    hint.textContent = "正在出具…";
    try {
      await done(await call("POST", "/notices", { ...filing(found, form, { region, request }), despite: anyway }));
    } catch (problem) {
      hint.textContent = `没有出具：${problem.message}`;
      despite.hidden = problem.status !== 409;
      go.disabled = false;
    }
  }
  const request = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2, 18)}`;
  form.addEventListener("keydown", (event) => move(event, form));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    // The first Enter leads to the confirmation, Enter there confirms: nobody issues a notice that was not looked over.
    if (!checked.checked && document.activeElement !== checked) {
      hint.textContent = "请核对各项，再按一次 Enter（或勾选“已逐项核对”）确认。";
      checked.focus();
      return;
    }
    checked.checked = true;
    send(false);
  });
  return form;
}

function rowNode(item) {
  const lack = el("input", { type: "checkbox", name: "lack", value: String(item.n), "aria-label": `缺：${item.name || item.say}` });
  const reason = el("input.field", { type: "text", name: `reason-${item.n}`, maxLength: 300, autocomplete: "off", "aria-label": `${item.name || item.say}的问题`, disabled: true });
  reason.setAttribute("list", "reasons");
  const needless = el("input", { type: "checkbox", name: "needless", value: String(item.n), "aria-label": `不适用：${item.name || item.say}` });
  lack.addEventListener("change", () => {
    reason.disabled = !lack.checked;
    reason.value = lack.checked ? reason.value || REASONS[0] : "";
    if (lack.checked) needless.checked = false;
  });
  needless.addEventListener("change", () => { if (needless.checked && lack.checked) lack.click(); });
  return el("tr", {}, el("td", {}, el("label.tick", {}, lack)), el("th", { scope: "row" }, el("strong", {}, item.name || item.say), item.name ? el("small", {}, ` ${item.say}`) : null),
    el("td", {}, reason), el("td", {}, el("label.tick", {}, needless)));
}

function move(event, form) {
  if (event.key === "Enter" && event.target.type === "checkbox") {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.target.matches("textarea, [type=date], [list]")) return;
  const boxes = [...form.querySelectorAll("[name=lack]")];
  const row = event.target.closest("tr");
  const at = row ? boxes.findIndex((box) => row.contains(box)) + step : step > 0 ? 0 : -1;
  event.preventDefault();
  if (at < 0) form.elements.applicant.focus(); else (boxes[at] ?? form.elements.remarks).focus();
}

function filing(found, form, { region, request }) {
  const ticked = (name) => [...form.querySelectorAll(`[name=${name}]:checked`)].map(({ value }) => Number(value));
  const lacking = ticked("lack").map((material) => ({ material, reason: form.elements[`reason-${material}`].value.trim() || REASONS[0] }));
  return {
    request, region, lacking, guide: found.guide, type: found.kind, circumstances: found.circumstances, needless: ticked("needless"), checked: true,
    applicant: form.elements.applicant.value.trim(), remarks: form.elements.remarks.value.trim(),
    ...(form.elements.received.value && { received: form.elements.received.value }),
  };
}

async function done(issued) {
  const said = el("p", { role: "status", tabIndex: -1 }, `已出具 ${issued.serial}，正在送打印机。`);
  dialog.body.replaceChildren(said,
    el("div.row", {}, button("再打一份", () => printNotice(issued)), el("a.button", { href: issued.docx, download: "" }, "下载 Word"),
      el("a.button", { href: "/console/notices.html" }, "已出具的告知单"), button("完成", () => dialog.close())));
  said.focus();
  await printNotice(issued);
  said.textContent = `已出具 ${issued.serial}。`;
}
