// 留言: a message to the clerks, which they get as a ticket with a number to quote.

import * as api from "./api.js";
import { button, el } from "./element.js";
import { withoutPersonalNumbers } from "./personal.js";

const field = (words, control) => el("label", {}, words, control);

/** A closed <details> that takes a message; `messageId` is the answer it is about, or null. */
export function ticketForm(messageId) {
  const about = messageId ? el("label.tick", {}, el("input", { type: "checkbox", name: "about", checked: true }), el("span", {}, "附上刚才的问答，方便窗口了解情况")) : null;
  const state = el("p.hint", { role: "status" });
  const send = el("button", { type: "submit" }, "提交留言");
  const form = el("form.form", { noValidate: true },
    el("p.quiet", {}, "工作人员会按您留的方式回复。联系方式只用于回复；留言里不要写证件号码。"),
    field("留言", el("textarea", { name: "text", rows: 3, maxLength: 1000, required: true })),
    field("电话或邮箱", el("input.field", { name: "contact", maxLength: 100, required: true, autocomplete: "tel" })),
    field("怎么称呼您（可不填）", el("input.field", { name: "name", maxLength: 40, autocomplete: "name" })),
    about, el("div", {}, send), state);
  const node = el("details.leave", { ontoggle: () => { if (node.open) node.scrollIntoView({ block: "nearest" }); } }, el("summary", {}, "给窗口留言"), form);
  form.addEventListener("submit", (event) => { event.preventDefault(); submit(form, state, send, messageId); });
  return node;
}

async function submit(form, state, send, messageId) {
  const { text, contact, name, about } = form.elements;
  const empty = [[text, "请写下要问或要反映的事。"], [contact, "请留一个电话或邮箱，窗口才能回复您。"]].find(([input]) => !input.value.trim());
  if (empty) { wrong(state, ...empty); return; }
  for (const input of [text, contact]) input.removeAttribute("aria-invalid");
  send.disabled = true;
  state.textContent = "正在提交…";
  try {
    const receipt = await api.leaveTicket({
      text: withoutPersonalNumbers(text.value.trim()).text,
      contact: contact.value.trim(),
      name: name.value.trim(),
      message_id: about?.checked ? messageId : null,
    });
    thank(form, receipt);
  } catch (problem) {
    send.disabled = false;
    wrong(state, problem.field === "contact" ? contact : null, problem.message);
  }
}

function wrong(state, input, words) {
  state.textContent = words;
  input?.setAttribute("aria-invalid", "true");
  input?.focus();
}

function thank(form, { id, number }) {
  const words = el("p", { tabIndex: -1 }, "留言已收到，编号 ", el("strong", {}, number), "。打电话询问时报这个编号。");
  const back = button("撤回留言", async () => {
    back.disabled = true;
    try {
      await api.withdrawTicket(id);
      words.textContent = "留言已撤回，内容和联系方式都已删除。";
      back.remove();
    } catch (problem) {
      words.textContent = `没有撤回成功：${problem.message}编号 ${number}。`;
      back.disabled = false;
    }
    words.focus();
  }, { className: "text" });
  form.replaceWith(el("div.form", {}, words, el("div", {}, back)));
  words.focus();
}
