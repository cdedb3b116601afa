// Runs one question to its end: streams the answer, goes on after a break where the frames stopped, and never shows a frame twice.

import { login, refreshConfig } from "./account.js";
import { canStream, open } from "./channel.js";
import { CUT, refused, unreached } from "./problem.js";
import { eventParser, utf8Decoder } from "../shared/stream.js";

const SILENCE = 20000;
const PAUSES = [300, 1000, 2000, 4000];

/**
 * @typedef {object} Listener
 * @property {(event: string, data: any) => void} take each event of the answer, once and in order; "message" is a whole answer
 * @property {(words: string) => void} say what is going on while nothing comes
 * @property {() => void} done
 * @property {(problem: Problem) => void} fail
 */

export class Answering {
  /** @param {Question} question @param {Listener} on @param {{silence?: number, pauses?: number[]}} [times] milliseconds */
  constructor(question, on, { silence = SILENCE, pauses = PAUSES } = {}) {
    this.question = question;
    this.on = on;
    this.silence = silence;
    this.pauses = pauses;
    this.message = "";
    this.last = 0;
    this.tries = 0;
    // The same for every try at this question: the server answers it once.
    this.key = `mini-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}${Math.random().toString(36).slice(2)}`;
    this.over = false;
    this.hidden = false;
    this.relogged = false;
    /** @type {{abort: () => void} | null} */
    this.task = null;
    /** @type {(() => void) | null} what to do once the app is in front and the network is there */
    this.waiting = null;
    /** @type {any} */
    this.timer = 0;
    this.round = 0;
    this.onHide = () => { this.hidden = true; };
    this.onShow = () => { this.hidden = false; this.wake(); };
    this.onNetwork = (/** @type {any} */ { isConnected }) => { if (isConnected) this.wake(); };
  }

  start() {
    wx.onAppHide(this.onHide);
    wx.onAppShow(this.onShow);
    wx.onNetworkStatusChange(this.onNetwork);
    this.ask();
  }

  /** The reader stopped it. */
  stop() {
    this.close();
  }

  async ask() {
    const round = ++this.round;
    let token = "";
    let path = "/chat";
    try {
      if ((await refreshConfig()).configured) {
        token = await login(this.relogged);
        path = "/wechat/chat";
      }
    } catch (problem) {
      if (round === this.round) this.fail(/** @type {Problem} */ (problem));
      return;
    }
    if (round === this.round && !this.over) this.send({ path, method: "POST", data: this.question, token, key: this.key });
  }

  resume() {
    if (!this.message) { this.ask(); return; }
    this.send(canStream()
      ? { path: `/messages/${this.message}/events?after=${this.last}` }
      : { path: `/messages/${this.message}` });
  }

  /** @param {Parameters<typeof open>[0]} request */
  send(request) {
    const round = ++this.round;
    const decoder = utf8Decoder();
    const parser = eventParser();
    const stream = canStream();
    let text = "";
    /** @param {string} piece */
    const read = (piece) => {
      text = this.last || text.length > 4000 ? text : text + piece;
      for (const frame of parser.write(piece)) this.frame(frame);
    };
    const current = () => round === this.round && !this.over;
    this.listen();
    this.task = open({ ...request, stream }, {
      piece: (bytes) => { if (current()) { this.listen(); read(decoder.write(bytes)); } },
      end: (reply) => {
        if (!current()) return;
        const rest = decoder.end();
        if (rest) read(rest);
        const whole = text + (this.last ? "" : reply.text);
        if (reply.status !== 200) { this.refuse({ ...reply, text: whole }); return; }
        // Some devices hand the stream out whole at the end, in spite of being asked for pieces.
        if (reply.text) this.whole(reply, read);
        if (!this.over) this.broke("cut");
      },
      broken: (message) => { if (current()) this.broke(message); },
    });
  }

  /** @param {Reply} reply @param {(text: string) => void} read */
  whole({ headers, text }, read) {
    if ((headers["content-type"] ?? "").startsWith("text/event-stream")) { read(text); return; }
    let message;
    try {
      message = JSON.parse(text);
    } catch {
      return;
    }
    this.on.take("message", message);
    this.finish();
  }

  /** @param {{id: string, event: string, data: string}} frame */
  frame({ id, event, data }) {
    const number = Number(id);
    // Drafts have no number: the mini-program waits for the message. An error has none either, and counts.
    if (this.over || (event !== "error" && (!number || number <= this.last))) return;
    let content;
    try {
      content = JSON.parse(data);
    } catch {
      this.fail(CUT);
      return;
    }
    if (event === "error") { this.fail({ status: 0, title: "出错了", detail: "", ...content }); return; }
    this.last = number;
    this.tries = 0;
    if (event === "meta") this.message = content.message_id;
    this.on.take(event, content);
    if (event === "done") this.finish();
  }

  /** @param {Reply} reply */
  refuse(reply) {
    if (reply.status === 401 && !this.relogged) {
      this.relogged = true;
      this.ask();
      return;
    }
    this.fail(refused(reply));
  }

  /** No whole answer came: wait until it makes sense to go on, then go on. @param {string} message */
  broke(message) {
    clearTimeout(this.timer);
    this.task = null;
    this.round++;
    if (this.hidden) { this.waiting = () => this.resume(); return; }
    wx.getNetworkType({
      success: ({ networkType }) => {
        if (this.over) return;
        if (networkType === "none") {
          this.on.say("网络已断开，恢复后接着显示。");
          this.waiting = () => this.resume();
          return;
        }
        this.again(message);
      },
      fail: () => this.again(message),
    });
  }

  /** @param {string} message */
  again(message) {
    if (this.over) return;
    const pause = this.pauses[this.tries++];
    if (pause === undefined) { this.fail(this.message || message === "cut" ? CUT : unreached(message)); return; }
    this.on.say("连接中断了，正在接着取回答…");
    this.timer = setTimeout(() => {
      if (this.hidden) this.waiting = () => this.resume();
      else this.resume();
    }, pause);
  }

  wake() {
    const go = this.waiting;
    this.waiting = null;
    if (go && !this.over) go();
  }

  /** A line that says nothing for long is taken for broken. */
  listen() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const task = this.task;
      this.broke("request:fail timeout");
      task?.abort();
    }, this.silence);
  }

  finish() {
    this.close();
    this.on.done();
  }

  /** @param {Problem} problem */
  fail(problem) {
    if (this.over) return;
    this.close();
    this.on.fail(problem);
  }

  close() {
    this.over = true;
    clearTimeout(this.timer);
    this.task?.abort();
    this.task = null;
    this.waiting = null;
    wx.offAppHide(this.onHide);
    wx.offAppShow(this.onShow);
    wx.offNetworkStatusChange(this.onNetwork);
  }
}
