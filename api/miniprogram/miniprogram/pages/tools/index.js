// 工具: a proposed name against the rules, and the last day of a period. Both are worked out by the server from the articles.
import * as api from "../../model/api.js";
import { look } from "../../model/settings.js";

const TYPES = ["由名称判断", "社会团体", "基金会", "民办非企业单位", "分支机构"];
const LEVELS = ["不指定", "全国性", "省级", "市级", "县级"];
/** @type {Record<string, string>} */
const VERDICTS = { ok: "没有发现不符合规定的地方", problem: "有不符合规定的地方", doubt: "有拿不准的地方，请向登记机关核实" };

/** @typedef {{key: string, event: string, who: string, what: string, types: string[], form: string}} Event */

function today() {
  const now = new Date(Date.now() + 8 * 3600 * 1000);
  return now.toISOString().slice(0, 10);
}

Page({
  data: {
    elder: false,
    tool: "name",
    busy: false,
    problem: /** @type {Problem | null} */ (null),
    types: TYPES,
    type: 0,
    levels: LEVELS,
    level: 0,
    name: "",
    checked: /** @type {any} */ (null),
    verdict: "",
    events: /** @type {string[]} */ ([]),
    event: 0,
    fixed: false,
    start: today(),
    deadline: /** @type {any} */ (null),
    due: "",
  },

  /** @type {Event[]} */
  known: [],

  onShow() {
    this.setData(look());
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  choose(event) {
    this.setData({ tool: event.currentTarget.dataset.tool, problem: null });
    if (this.data.tool === "deadline" && !this.known.length) this.loadEvents();
  },

  /** @param {WechatMiniprogram.CustomEvent<{value: string}>} event */
  writeName(event) { this.setData({ name: event.detail.value }); },
  /** @param {WechatMiniprogram.CustomEvent<{value: string}>} event */
  pickType(event) { this.setData({ type: Number(event.detail.value) }); },
  /** @param {WechatMiniprogram.CustomEvent<{value: string}>} event */
  pickLevel(event) { this.setData({ level: Number(event.detail.value) }); },
  /** @param {WechatMiniprogram.CustomEvent<{value: string}>} event */
  pickStart(event) { this.setData({ start: event.detail.value, deadline: null }); },
  /** @param {WechatMiniprogram.CustomEvent<{value: string}>} event */
  pickEvent(event) {
    const at = Number(event.detail.value);
    this.setData({ event: at, fixed: this.known[at].form === "date", deadline: null });
  },

  async loadEvents() {
    this.setData({ busy: true, problem: null });
    try {
      this.known = (await api.deadlines()).events;
      this.setData({ events: this.known.map(({ event, what }) => `${event} → ${what}`), event: 0, fixed: this.known[0]?.form === "date" });
    } catch (problem) {
      this.setData({ problem: /** @type {Problem} */ (problem) });
    } finally {
      this.setData({ busy: false });
    }
  },

  async check() {
    const name = this.data.name.trim();
    if (!name) { this.setData({ problem: { status: 0, title: "请先写拟用名称", detail: "写全称，例如 宁波市阳光养老服务中心。" } }); return; }
    await this.work(async () => {
      const { type, level } = this.data;
      const checked = await api.checkName({ name, ...(type ? { type: TYPES[type] } : {}), ...(level ? { level: LEVELS[level] } : {}) });
      this.setData({ checked, verdict: VERDICTS[checked.verdict] || "" });
    });
  },

  async count() {
    const chosen = this.known[this.data.event];
    if (!chosen) { this.loadEvents(); return; }
    await this.work(async () => {
      const deadline = await api.deadline({ event: chosen.key, start: this.data.start });
      this.setData({ deadline, due: deadline.due || deadline.nominal || "" });
    });
  },

  /** @param {() => Promise<void>} what */
  async work(what) {
    if (this.data.busy) return;
    this.setData({ busy: true, problem: null, checked: null, deadline: null });
    try {
      await what();
    } catch (problem) {
      this.setData({ problem: /** @type {Problem} */ (problem) });
    } finally {
      this.setData({ busy: false });
    }
  },

  /** @param {WechatMiniprogram.CustomEvent<{citation: Citation}>} event */
  cite(event) {
    const { citation } = event.detail;
    getApp().globalData.citation = citation;
    const part = encodeURIComponent;
    wx.navigateTo({ url: `/pages/article/index?law=${part(citation.law)}&edition=${part(citation.edition)}&label=${part(citation.article)}` });
  },
});
