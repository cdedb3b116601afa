// 好差评 of one answer: five levels, reasons, free text. It is voluntary, and it is not a rating of a filed matter.

import * as api from "./api.js";
import { el } from "./element.js";

const LEVELS = [[5, "非常满意"], [4, "满意"], [3, "基本满意"], [2, "不满意"], [1, "非常不满意"]];
const REASONS = ["过时", "引用不对", "没答到", "看不懂", "材料不对"];

const choice = (type, name, value, label) => el("label.choice", {}, el("input", { type, name, value }), el("span", {}, label));

/** A closed <details> that asks for a rating of the message. */
export function feedbackForm(messageId) {
  const reasons = el("fieldset", { hidden: true }, el("legend", {}, "哪里不好（可多选）"), el("div.choices", {}, REASONS.map((name) => choice("checkbox", "reasons", name, name))));
  const state = el("p.hint", { role: "status" });
  const form = el("form.form", { noValidate: true },
    el("fieldset", {}, el("legend", {}, "您对这次回答（评价不影响办事）"), el("div.choices", {}, LEVELS.map(([value, label]) => choice("radio", "rating", String(value), label)))),
    reasons,
    el("label", {}, "还想说的（可不填，请勿写个人号码）", el("textarea", { name: "text", rows: 2, maxLength: 500 })),
    el("div", {}, el("button", { type: "submit" }, "提交评价")),
    state);
  const node = el("details.feedback", {}, el("summary", {}, "评价"), form);

  form.addEventListener("change", () => { reasons.hidden = Number(form.elements.rating.value || 5) > 3; });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const rating = Number(form.elements.rating.value);
    if (!rating) { state.textContent = "请先选一个满意程度。"; return; }
    const chosen = rating > 3 ? [] : [...form.querySelectorAll("[name=reasons]:checked")].map((box) => box.value);
    state.textContent = "正在提交…";
    try {
      await api.feedback({ message_id: messageId, rating, reasons: chosen, text: form.elements.text.value.trim() });
      const thanks = el("p", { tabIndex: -1 }, "谢谢，评价已收到。");
      form.replaceWith(thanks);
      thanks.focus();
    } catch (problem) {
      state.textContent = `没有提交成功：${problem.message}`;
    }
  });
  return node;
}
