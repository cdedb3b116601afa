// 人工窗口: the office's card, and an inquiry that staff reply to. Telephone 12345 is there even when the server is not.
import { refreshConfig } from "../../model/account.js";
import * as api from "../../model/api.js";
import { look } from "../../model/settings.js";
import { withoutPersonalNumbers } from "../../shared/personal.js";

const LONGEST = 1000;

Page({
  data: {
    elder: false,
    office: /** @type {Office | null} */ (null),
    phones: ["12345"],
    problem: /** @type {Problem | null} */ (null),
    open: false,
    notices: false,
    words: "",
    said: "",
    busy: false,
  },

  template: "",
  message: "",

  async onLoad() {
    const { globalData } = /** @type {Shezu} */ (getApp());
    const subject = globalData.subject;
    globalData.subject = null;
    this.message = subject?.message || "";
    if (subject) this.setData({ words: `关于“${subject.text.slice(0, 200)}”：` });
    this.load();
    const { configured, template } = await refreshConfig();
    this.template = template;
    this.setData({ open: configured, notices: Boolean(template) });
  },

  onShow() {
    this.setData(look());
  },

  async load() {
    try {
      const office = await api.office();
      this.setData({ office, phones: [...new Set([...office.phones, "12345"])], problem: null });
    } catch (problem) {
      this.setData({ problem: /** @type {Problem} */ (problem) });
    }
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  call(event) {
    wx.makePhoneCall({ phoneNumber: event.currentTarget.dataset.phone, fail: () => {} });
  },

  copyPortal() {
    wx.setClipboardData({ data: this.data.office?.portal || "", fail: () => wx.showToast({ title: "没有复制成功", icon: "none" }) });
  },

  /** @param {WechatMiniprogram.CustomEvent<{value: string}>} event */
  write(event) {
    this.data.words = event.detail.value;
  },

  /** WeChat gives one notice for each consent, and asks for it only on a tap. */
  leave() {
    const text = withoutPersonalNumbers(this.data.words.trim()).text;
    if (!text || this.data.busy) { this.setData({ said: text ? "" : "请先写下要问的事。" }); return; }
    if (!this.template) { this.send(text, false); return; }
    wx.requestSubscribeMessage({
      tmplIds: [this.template],
      success: (answer) => this.send(text, /** @type {Record<string, string>} */ (/** @type {unknown} */ (answer))[this.template] === "accept"),
      fail: () => this.send(text, false),
    });
  },

  /** @param {string} text @param {boolean} notify */
  async send(text, notify) {
    this.setData({ busy: true, said: "" });
    try {
      const number = await api.inquire({ text: text.slice(0, LONGEST), message_id: this.message, notify });
      this.setData({ words: "", said: `已收到，编号 ${number}。${notify ? "有答复时微信会通知您，" : ""}答复在“我的”里看。` });
    } catch (problem) {
      const { title, detail } = /** @type {Problem} */ (problem);
      this.setData({ said: `没有发出：${detail || title}` });
    } finally {
      this.setData({ busy: false });
    }
  },
});
