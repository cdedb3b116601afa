// One guide: conditions, materials, steps, limits, each line with its sources; the materials are a checklist with ticks kept here.
import * as api from "../../model/api.js";
import { look } from "../../model/settings.js";
import { read, write } from "../../model/storage.js";

/** @type {[string, string][]} */
const DETAILS = [["name", "名称"], ["form", "形式"], ["copies", "份数"], ["issuer", "出具单位"], ["template", "范本"], ["who", "谁来办"], ["limit", "时限"]];
const NOTICE = "以登记机关要求为准";

Page({
  data: {
    elder: false,
    title: "",
    sections: /** @type {any[]} */ ([]),
    warnings: /** @type {string[]} */ ([]),
    promised: "",
    ticked: 0,
    total: 0,
    problem: /** @type {Problem | null} */ (null),
    loading: true,
  },

  slug: "",
  /** @type {Citation[][][]} */
  citations: [],

  /** @param {Record<string, string | undefined>} query */
  onLoad(query) {
    this.slug = decodeURIComponent(query.slug || "");
    this.load();
  },

  onShow() {
    this.setData(look());
  },

  async load() {
    this.setData({ loading: true, problem: null });
    try {
      this.show(await api.guide(this.slug));
    } catch (problem) {
      this.setData({ problem: /** @type {Problem} */ (problem), loading: false });
    }
  },

  /** @param {any} guide */
  show(guide) {
    const ticks = read(`ticks:${this.slug}`, /** @type {Record<string, boolean>} */ ({}));
    this.citations = guide.sections.map((/** @type {any} */ section) => section.lines.map((/** @type {any} */ line) => line.citations));
    const sections = guide.sections.map((/** @type {any} */ { key, title, lines }) => ({
      key, title, check: key === "materials",
      lines: lines.map((/** @type {any} */ { say, details, citations }) => ({
        say,
        on: Boolean(ticks[say]),
        details: DETAILS.filter(([name]) => details[name]).map(([name, words]) => `${words}：${details[name]}`),
        cites: citations.map((/** @type {Citation} */ { title: law, article }, /** @type {number} */ at) => ({ at, name: `《${law}》${article}` })),
      })),
    }));
    const { promised } = guide;
    this.setData({
      title: guide.title, sections, warnings: guide.warnings, loading: false,
      promised: promised ? `本单位承诺：${promised.days} 个${promised.working_days ? "工作日" : "日"}${promised.note ? `（${promised.note}）` : ""}` : "",
    });
    this.count();
    wx.setNavigationBarTitle({ title: guide.title });
  },

  count() {
    const lines = this.data.sections.filter(({ check }) => check).flatMap((section) => section.lines);
    this.setData({ total: lines.length, ticked: lines.filter(({ on }) => on).length });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  tick(event) {
    const { section, line } = event.currentTarget.dataset;
    const path = `sections[${section}].lines[${line}].on`;
    this.setData({ [path]: !this.data.sections[section].lines[line].on });
    this.count();
    const on = this.data.sections.flatMap((each) => each.lines).filter((each) => each.on);
    write(`ticks:${this.slug}`, on.length ? Object.fromEntries(on.map(({ say }) => [say, true])) : null);
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  cite(event) {
    const { section, line, at } = event.currentTarget.dataset;
    const citation = this.citations[section][line][at];
    getApp().globalData.citation = citation;
    const part = encodeURIComponent;
    wx.navigateTo({ url: `/pages/article/index?law=${part(citation.law)}&edition=${part(citation.edition)}&label=${part(citation.article)}` });
  },

  copy() {
    const lines = this.data.sections.filter(({ check }) => check).flatMap((section) => section.lines);
    const list = lines.map(({ say, details, on }) => `${on ? "☑" : "☐"} ${[say, ...details].join("；")}`);
    wx.setClipboardData({
      data: [`${this.data.title}：材料清单`, ...list, `—— 本清单由程序根据法规条文组成，${NOTICE}`].join("\n"),
      fail: () => wx.showToast({ title: "没有复制成功", icon: "none" }),
    });
  },

  ask() {
    /** @type {Shezu} */ (getApp()).ask(`${this.data.title}怎么办？`);
  },

  office() {
    wx.navigateTo({ url: "/pages/office/index" });
  },
});
