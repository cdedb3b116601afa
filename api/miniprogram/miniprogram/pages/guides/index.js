// 办事指南: every guide, narrowed by the organisation's type and the matter.
import * as api from "../../model/api.js";
import { look } from "../../model/settings.js";

/** @typedef {{slug: string, title: string, matter: string, types: string[]}} Guide */

/** @param {string[]} names */
const distinct = (names) => [...new Set(names)];

Page({
  data: {
    elder: false,
    types: /** @type {string[]} */ ([]),
    matters: /** @type {string[]} */ ([]),
    type: "",
    matter: "",
    shown: /** @type {Guide[]} */ ([]),
    problem: /** @type {Problem | null} */ (null),
    loading: true,
  },

  /** @type {Guide[]} */
  guides: [],

  onLoad() {
    this.load();
  },

  onShow() {
    this.setData(look());
  },

  async load() {
    this.setData({ loading: true, problem: null });
    try {
      this.guides = (await api.guides()).guides;
      this.setData({ types: distinct(this.guides.flatMap(({ types }) => types)), loading: false });
      this.narrow();
    } catch (problem) {
      this.setData({ problem: /** @type {Problem} */ (problem), loading: false });
    }
  },

  narrow() {
    const { type, matter } = this.data;
    const ofType = this.guides.filter(({ types }) => !type || !types.length || types.includes(type));
    const matters = distinct(ofType.map((guide) => guide.matter));
    const chosen = matters.includes(matter) ? matter : "";
    this.setData({ matters, matter: chosen, shown: ofType.filter((guide) => !chosen || guide.matter === chosen) });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  type(event) {
    const { name } = event.currentTarget.dataset;
    this.setData({ type: this.data.type === name ? "" : name });
    this.narrow();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  matter(event) {
    const { name } = event.currentTarget.dataset;
    this.setData({ matter: this.data.matter === name ? "" : name });
    this.narrow();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    wx.navigateTo({ url: `/pages/guide/index?slug=${encodeURIComponent(event.currentTarget.dataset.slug)}` });
  },
});
