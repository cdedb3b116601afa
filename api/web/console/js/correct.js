// Rewriting an answer: its text with [n] marks, the articles they stand for, further articles, and a second look at figures no article has.

import { button, el } from "/js/element.js";
import { Dialog } from "/js/dialog.js";
import { blockText } from "/js/blocks.js";
import { call } from "./session.js";
import { cited } from "./citing.js";

let dialog;

/** Opens the form for an answer {message, question, sent}; `done(approval)` is called once it is kept. */
export function correct({ message, question, sent }, done) {
  dialog ??= new Dialog("broad", "改写答复");
  const plain = message.blocks.filter((block) => block.title !== "条文" && block.kind !== "notice");
  const words = el("textarea", { name: "text", rows: 12, maxLength: 8000, value: plain.map((block) => blockText({ ...block, title: block.title === "说明" ? "" : block.title })).join("\n") });
  const hint = el("p.hint", { role: "alert" });
  const despite = button("仍然保存", () => send(true), { hidden: true });
  const form = el("form.issue", { noValidate: true },
    el("label", {}, "按这个问题核准 ", el("input.field", { name: "question", maxLength: 500, value: message.asked || question })),
    el("label", {}, "答复（一行一段；“· ”起头是列表，“1. ”起头是步骤；来源写 [编号]） ", words),
    el("section", {}, el("h3", {}, "现有依据"), el("ul.aside-list", {}, message.citations.map((citation) => el("li", {}, `[${citation.n}] ${cited(citation)}`, el("small", {}, citation.quote))))),
    el("label", {}, `增加依据（可不填，一行一条，如 慈善法 第二十二条；编号从 [${Math.max(0, ...message.citations.map(({ n }) => n)) + 1}] 接着排） `, el("textarea", { name: "cites", rows: 2, maxLength: 1000 })),
    el("div.done", {}, el("button.primary", { type: "submit" }, "存为核准答复"), despite, hint));
  async function send(anyway) {
    hint.textContent = "";
    despite.hidden = true;
    try {
      const cites = form.elements.cites.value.split("\n").map((line) => line.trim()).filter(Boolean);
      const approval = await call("POST", "/approvals", { message: message.message_id, question: form.elements.question.value.trim(), text: words.value, cites, despite: anyway, ...sent });
      dialog.close();
      done(approval);
    } catch (problem) {
      hint.textContent = problem.message;
      despite.hidden = problem.status !== 409;
    }
  }
  form.addEventListener("submit", (event) => { event.preventDefault(); send(false); });
  dialog.body.replaceChildren(form);
  dialog.open();
  words.focus();
}
