// 我的: earlier conversations and ratings on this device, inquiries with their replies, choices, and deleting it all.
import { forgetLogin, refreshConfig } from "../../model/account.js";
import * as api from "../../model/api.js";
import * as history from "../../model/history.js";
import { consent, look, setConsent, setElder } from "../../model/settings.js";

const LEVELS = ["", "非常不满意", "不满意", "基本满意", "满意", "非常满意"];

Page({
  data: {
    elder: false,
    keeps: false,
    records: /** @type {{id: string, title: string, at: string, rated: string}[]} */ ([]),
    inquiries: /** @type {(Inquiry & {at: string})[]} */ ([]),
    replies: "",
    said: "",
    busy: false,
  },

  onShow() {
    this.setData({ ...look(), keeps: consent() === "yes", said: "" });
    this.list();
    this.fetch();
  },

  list() {
    this.setData({
      records: history.all().map(({ id, title, at, turns }) => ({
        id, title, at: at.slice(0, 10),
        rated: turns.filter(({ rating }) => rating).map(({ rating }) => `评价：${LEVELS[rating]}`).join("，"),
      })),
    });
  },

  async fetch() {
    if (!(await refreshConfig()).configured) { this.setData({ replies: "这里没有开通微信留言。", inquiries: [] }); return; }
    this.setData({ replies: "正在读取…" });
    try {
      const inquiries = (await api.inquiries()).map((each) => ({ ...each, at: each.created.slice(0, 16).replace("T", " ") }));
      this.setData({ inquiries, replies: inquiries.length ? "" : "还没有留言。在“人工窗口”里可以给窗口留言。" });
    } catch (problem) {
      const { title, detail } = /** @type {Problem} */ (problem);
      this.setData({ replies: `没有读到：${detail || title}` });
    }
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    const found = history.all().find(({ id }) => id === event.currentTarget.dataset.id);
    if (!found) return;
    /** @type {Shezu} */ (getApp()).globalData.conversation = found;
    wx.switchTab({ url: "/pages/chat/index" });
  },

  elder() {
    setElder(!this.data.elder);
    this.setData(look());
  },

  keep() {
    setConsent(!this.data.keeps);
    history.persist();
    this.setData({ keeps: consent() === "yes", said: consent() === "yes" ? "问答记录会保存在这台手机上。" : "已关闭，手机上不再保存问答记录。" });
  },

  remove() {
    wx.showModal({
      title: "删除我的记录",
      content: `将删除手机和服务器上的 ${this.data.records.length} 段对话和全部留言，不能恢复。`,
      confirmText: "全部删除",
      success: ({ confirm }) => { if (confirm) this.removeAll(); },
    });
  },

  async removeAll() {
    this.setData({ busy: true, said: "正在删除…" });
    const left = await history.removeAll();
    let me = true;
    if ((await refreshConfig()).configured) me = await api.forgetMe().then(() => true, () => false);
    if (me) forgetLogin();
    this.list();
    this.setData({
      busy: false,
      inquiries: me ? [] : this.data.inquiries,
      said: left || !me ? "服务器上还有没删掉的内容，联网后请再点一次。" : "记录已删除。",
    });
    /** @type {Shezu} */ (getApp()).globalData.conversation = history.begin();
  },

  office() {
    wx.navigateTo({ url: "/pages/office/index" });
  },

  privacy() {
    wx.navigateTo({ url: "/pages/privacy/index" });
  },
});
