// One question and its answer on the page, through all its states: waiting, streaming, done, stopped, failed.

import { SOURCES, showArticle } from "./article.js";
import { blockNode, blockText, chip } from "./blocks.js";
import { button, el } from "./element.js";
import { feedbackForm } from "./feedback.js";
import { showOffice } from "./office.js";
import { sourceList } from "./sources.js";

const NEEDS_WAY_OUT = /^(refused|handoff|error)/;

/** The sentence that goes with every answer, also when it is copied or printed. */
export function label(message) {
  const maker = message.ai_generated || message.maker === "model" ? "本回答由人工智能根据法规条文生成" : "本回答由程序根据法规条文组成";
  return `${maker}，仅供参考，以登记机关答复为准`;
}

/** Question, answer, sources and label as plain text. */
function plainText(question, message) {
  const sources = (message.citations ?? []).map((c) =>
    `[${c.n}] 《${c.title}》${c.article}${c.place ?? ""}（${[`${c.edition} 文本`, c.status, SOURCES[c.source]].filter(Boolean).join("，")}）${c.quote ? `：${c.quote}` : ""}`);
  return [
    `问：${question}`,
    `答：\n${[...(message.blocks ?? []).filter(Boolean).map(blockText), message.clarify?.question].filter(Boolean).join("\n\n")}`,
    sources.length ? `依据：\n${sources.join("\n")}` : "",
    `—— ${label(message)}${message.date ? `（按 ${message.date} 有效的规定）` : ""}`,
  ].filter(Boolean).join("\n\n");
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Offices serve plain http inside their network, where the clipboard interface is not offered.
    const area = el("textarea.unseen", { value: text });
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    if (!copied) throw new Error("copy");
  }
}

export class Turn {
  /** `on`: {ask(question), again(turn), rephrase(question), say(text)}. */
  constructor(question, on) {
    Object.assign(this, { question, on });
    this.answer = el("div.answer");
    this.node = el("article.turn", { tabIndex: -1 }, el("h2.asked", {}, el("span.unseen", {}, "问："), question), this.answer);
  }

  start() {
    clearInterval(this.countdown);
    this.message = { blocks: [], citations: [], followups: [] };
    this.label = el("p.label");
    this.progress = el("p.progress", {}, "正在查找依据…");
    this.blocks = el("div");
    this.answer.classList.remove("refused");
    this.answer.replaceChildren(this.label, this.blocks, this.progress);
  }

  take(event, data) {
    if (event === "message") { this.show(data); return; }
    const { message } = this;
    if (event === "draft") { this.draft(data); return; }
    if (event === "meta") { Object.assign(message, data); this.blocks.replaceChildren(); this.head(); }
    if (event === "citations") {
      message.citations = data.citations;
      if (data.citations.length) this.progress.textContent = `找到 ${data.citations.length} 条依据，正在组织回答…`;
    }
    if (event === "block") { message.blocks[data.index] = data.block; this.block(data.block); }
    if (event === "clarify") message.clarify = data;
    if (event === "done") { Object.assign(message, data); this.finish(); }
  }

  /** A whole stored message. */
  show(message) {
    this.start();
    this.message = message;
    this.head();
    for (const block of message.blocks ?? []) this.block(block);
    this.finish();
  }

  head() {
    const { message } = this;
    this.label.replaceChildren(
      el("span.tag", {}, message.ai_generated || message.maker === "model" ? "人工智能生成" : "程序组成"),
      ` 仅供参考，以登记机关答复为准${message.date ? ` · 按 ${message.date} 有效的规定` : ""}`);
  }

  /** A block that a model is still writing: what it shows has been checked, but the message that follows takes its place. */
  draft({ index, block, citations }) {
    this.progress.textContent = "正在撰写，每句都先核对依据…";
    this.message.citations = citations;
    const node = blockNode(block, (n) => this.cite(n));
    const old = this.blocks.children[index];
    if (old) old.replaceWith(node); else this.blocks.append(node);
  }

  block(block) {
    this.blocks.append(blockNode(block, (n) => this.cite(n)));
  }

  cite(n) {
    const citation = this.message.citations.find((each) => each.n === n);
    return citation ? chip(citation, n, showArticle) : null;
  }

  finish() {
    const { message } = this;
    this.progress.remove();
    const refused = NEEDS_WAY_OUT.test(message.status ?? "");
    this.answer.classList.toggle("refused", refused);
    this.answer.append(...[
      message.withheld ? el("p.quiet", {}, `另有 ${message.withheld} 句没有通过依据核对，未显示。`) : null,
      refused ? this.waysOut() : null,
      message.clarify ? this.clarify(message.clarify) : null,
      message.citations?.length ? sourceList(message.citations) : null,
      this.followups(message.followups ?? []),
      this.actions(),
    ].filter(Boolean));
  }

  stop(words = "已停止") {
    this.progress.remove();
    this.answer.append(el("div.problem", {}, el("strong", {}, words), el("p", {}, this.message.blocks.length ? "上面的内容不完整。" : "还没有回答。"), el("div.row", {}, this.againButton())));
  }

  fail(problem) {
    this.progress.remove();
    const again = this.againButton();
    this.answer.append(el("div.problem", {},
      el("strong", {}, problem.title ?? "出错了"),
      el("p", {}, problem.detail || "请稍后再试。", this.message.blocks.length ? "上面的内容不完整。" : ""),
      el("div.row", {}, again, this.officeButton())));
    this.on.say(`${problem.title ?? "出错了"}。${problem.detail ?? ""}`);
    if (problem.retryAfter) this.wait(again, problem.retryAfter);
  }

  wait(again, seconds) {
    const words = again.textContent;
    const until = Date.now() + seconds * 1000;
    // The count must not be read out every second.
    again.setAttribute("aria-live", "off");
    again.disabled = true;
    const tick = () => {
      const left = Math.ceil((until - Date.now()) / 1000);
      again.textContent = left > 0 ? `${left} 秒后可再试` : words;
      if (left <= 0) { clearInterval(this.countdown); again.disabled = false; }
    };
    this.countdown = setInterval(tick, 1000);
    tick();
  }

  againButton() { return button("再试一次", () => this.on.again(this)); }

  officeButton() { return button("人工窗口", (event) => showOffice(event.currentTarget, this.message.message_id)); }

  waysOut() {
    return el("div.row.ways", {},
      button("换个问法", () => this.on.rephrase(this.question)), this.officeButton(), el("a.button", { href: "tel:12345" }, "拨打 12345"));
  }

  clarify({ question, options }) {
    return el("div.clarify", { role: "group", "aria-label": question }, el("p.lead", {}, question),
      el("div.row", {}, options.map((option) => button(option.label, () => this.on.ask(option.ask)))));
  }

  /** This turn alone; the browser's own print command gives the whole conversation. */
  print() {
    this.node.classList.add("printing");
    addEventListener("afterprint", () => this.node.classList.remove("printing"), { once: true });
    print();
  }

  followups(questions) {
    if (!questions.length) return null;
    return el("div.followups", {}, el("h3", {}, "接着问"), el("div.row", {}, questions.map((question) => button(question, () => this.on.ask(question)))));
  }

  actions() {
    const copyButton = button("复制（带依据）", async () => {
      const done = await copy(plainText(this.question, this.message)).then(() => "已复制", () => "没有复制成功");
      copyButton.textContent = done;
      this.on.say(done);
      setTimeout(() => { copyButton.textContent = "复制（带依据）"; }, 2000);
    });
    return el("div.actions", {}, copyButton, button("重新回答", () => this.on.again(this)), button("打印", () => this.print()),
      this.message.message_id ? feedbackForm(this.message.message_id) : null);
  }
}
