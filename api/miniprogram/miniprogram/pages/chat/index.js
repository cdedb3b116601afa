// 问答: takes questions, runs them one at a time, shows and keeps them.
import { Answering } from "../../model/answering.js";
import * as history from "../../model/history.js";
import { look, setElder } from "../../model/settings.js";
import { asNew, changes, newTurn, put } from "../../model/turn.js";
import { withoutPersonalNumbers } from "../../shared/personal.js";

const LONGEST = 2000;
const EARLIER = 10;
// Pieces come every few milliseconds; drawing each of them would freeze an old telephone.
const DRAW_MS = 100;
const EXAMPLES = [
  "成立社会团体要准备哪些材料？",
  "民办非企业单位变更法定代表人怎么办？",
  "设立基金会的原始基金最低多少？",
  "社会团体注销要走哪些步骤？",
  "慈善组织申请公开募捐资格有什么条件？",
  "年检、年报什么时候交？",
];

Page({
  data: {
    elder: false,
    turns: /** @type {Turn[]} */ ([]),
    examples: EXAMPLES,
    words: "",
    hint: "",
    busy: false,
    offline: false,
    status: "",
    bottom: "",
  },

  /** @type {Conversation} */
  conversation: history.begin(),
  /** @type {Answering | null} */
  running: null,
  /** @type {Record<string, unknown>} changes not yet drawn */
  pending: {},
  /** @type {any} */
  drawing: 0,
  /** @type {any} */
  counting: 0,

  onLoad() {
    this.conversation = history.begin();
    this.pending = {};
    wx.onNetworkStatusChange(({ isConnected }) => this.setData({ offline: !isConnected }));
  },

  onShow() {
    this.setData(look());
    const { globalData } = /** @type {Shezu} */ (getApp());
    if (globalData.conversation) {
      this.open(globalData.conversation);
      globalData.conversation = null;
    }
    if (globalData.question) {
      const question = globalData.question;
      globalData.question = "";
      this.ask(question);
    }
  },

  onUnload() {
    this.running?.stop();
    clearInterval(this.counting);
  },

  /** An earlier conversation, as it was answered then. @param {Conversation} earlier */
  open(earlier) {
    this.running?.stop();
    this.running = null;
    this.conversation = earlier;
    const turns = earlier.turns.map((turn) => (turn.state === "done" || turn.state === "failed" ? turn : { ...turn, state: /** @type {const} */ ("stopped") }));
    this.setData({ turns, busy: false });
  },

  fresh() {
    this.running?.stop();
    this.running = null;
    this.conversation = history.begin();
    this.setData({ turns: [], busy: false, hint: "", status: "新对话" });
  },

  elder() {
    setElder(!this.data.elder);
    this.setData(look());
  },

  office() {
    const last = this.data.turns[this.data.turns.length - 1];
    if (last) getApp().globalData.subject = { text: last.question, message: last.message.message_id || "" };
    wx.navigateTo({ url: "/pages/office/index" });
  },

  /** @param {WechatMiniprogram.CustomEvent<{value: string}>} event */
  write(event) {
    this.setData({ words: event.detail.value, hint: remark(event.detail.value) });
  },

  send() {
    if ([...this.data.words].length > LONGEST) return;
    if (this.ask(this.data.words)) this.setData({ words: "", hint: "" });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  example(event) {
    this.ask(event.currentTarget.dataset.ask);
  },

  /** @param {WechatMiniprogram.CustomEvent<{question: string}>} event */
  asked(event) {
    this.ask(event.detail.question);
  },

  /** @param {WechatMiniprogram.CustomEvent<{question: string}>} event */
  rephrase(event) {
    this.setData({ words: event.detail.question, hint: "" });
  },

  /** @param {WechatMiniprogram.CustomEvent<{id: string}>} event */
  again(event) {
    const at = this.data.turns.findIndex(({ id }) => id === event.detail.id);
    if (this.running || at < 0) return;
    this.setData({ [`turns[${at}]`]: asNew(this.data.turns[at]) });
    this.run(at);
  },

  /** Whether the question was taken. @param {string} words */
  ask(words) {
    const question = withoutPersonalNumbers(words.trim()).text;
    if (!question) { this.setData({ hint: "请先写下您的问题。" }); return false; }
    if (this.running) { this.setData({ hint: "上一个问题还在回答，请稍等或先停止。" }); return false; }
    const at = this.data.turns.length;
    this.setData({ [`turns[${at}]`]: newTurn(question), hint: "" });
    this.run(at);
    return true;
  },

  stop() {
    const at = this.data.turns.length - 1;
    this.running?.stop();
    this.flush();
    this.ended(at, { state: "stopped" }, "已停止。");
  },

  /** Answers the turn at that place, for the first time or again. @param {number} at */
  run(at) {
    clearInterval(this.counting);
    const turn = this.data.turns[at];
    const earlier = this.data.turns.slice(0, at).filter(({ state }) => state === "done");
    const on = {
      take: (/** @type {string} */ event, /** @type {any} */ data) => {
        for (const [path, value] of Object.entries(changes(turn, event, data))) this.pending[`turns[${at}].${path}`] = value;
        if (data.conversation_id) this.conversation.conversation_id = data.conversation_id;
        this.draw();
      },
      say: (/** @type {string} */ words) => { this.pending[`turns[${at}].progress`] = words; this.draw(); },
      done: () => {
        this.flush();
        const count = this.data.turns[at].message.citations.length;
        this.ended(at, { state: "done" }, count ? `回答完成，引用 ${count} 条依据。` : "回答完成。");
      },
      fail: (/** @type {Problem} */ problem) => {
        this.flush();
        this.ended(at, { state: "failed", problem }, `${problem.title}。${problem.detail}`);
        if (problem.retryAfter) this.wait(at, problem.retryAfter);
      },
    };
    this.running = new Answering({
      question: turn.question,
      conversation_id: this.conversation.conversation_id,
      history: earlier.map(({ question }) => question).slice(-EARLIER),
      audience: "applicant",
    }, on);
    this.setData({ busy: true, status: "正在查找依据" });
    this.keep();
    this.running.start();
    wx.pageScrollTo({ selector: `#${turn.id}`, duration: 200, fail: () => {} });
  },

  draw() {
    this.drawing ||= setTimeout(() => this.flush(), DRAW_MS);
  },

  flush() {
    clearTimeout(this.drawing);
    this.drawing = 0;
    const found = this.pending;
    this.pending = {};
    if (Object.keys(found).length) this.setData(found);
  },

  /** @param {number} at @param {Partial<Turn>} change @param {string} status */
  ended(at, change, status) {
    this.running = null;
    /** @type {Record<string, unknown>} */
    const found = { busy: false, status };
    for (const [name, value] of Object.entries(change)) found[`turns[${at}].${name}`] = value;
    this.setData(found);
    this.keep();
  },

  /** Counts down until the server takes questions again. @param {number} at @param {number} seconds */
  wait(at, seconds) {
    const until = Date.now() + seconds * 1000;
    const tick = () => {
      const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      this.setData({ [`turns[${at}].wait`]: left });
      if (!left) clearInterval(this.counting);
    };
    this.counting = setInterval(tick, 1000);
    tick();
  },

  keep() {
    this.conversation.turns = this.data.turns;
    history.save(this.conversation);
  },

  /** @param {WechatMiniprogram.CustomEvent<{id: string, rating: number}>} event */
  rated(event) {
    const at = this.data.turns.findIndex(({ id }) => id === event.detail.id);
    if (at < 0) return;
    this.setData({ [`turns[${at}].rating`]: event.detail.rating });
    put(this.conversation, "turns", this.data.turns);
    this.keep();
  },

  /** @param {WechatMiniprogram.CustomEvent<{citation: Citation}>} event */
  cite(event) {
    const { citation } = event.detail;
    getApp().globalData.citation = citation;
    const part = encodeURIComponent;
    wx.navigateTo({ url: `/pages/article/index?law=${part(citation.law)}&edition=${part(citation.edition)}&label=${part(citation.article)}` });
  },

  chosen() {
    history.persist();
  },

  onShareAppMessage() {
    return { title: "社会组织登记问答", path: "/pages/chat/index" };
  },
});

/** @param {string} words */
function remark(words) {
  const length = [...words].length;
  const { kinds } = withoutPersonalNumbers(words);
  if (length > LONGEST) return `问题有 ${length} 字，一次最多 ${LONGEST} 字。请挑要紧的问，细节可以接着问。`;
  if (kinds.length) return `看到了${kinds.join("、")}：提问用不着，发送时会隐去。`;
  return length > LONGEST - 200 ? `还可以写 ${LONGEST - length} 字。` : "";
}
