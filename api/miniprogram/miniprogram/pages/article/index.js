// 依据: the article behind a citation, its text with the quoted span marked, edition and status, and its neighbours.
import * as api from "../../model/api.js";
import { lineIn, paragraphs, spanOf } from "../../model/quote.js";
import { look } from "../../model/settings.js";
import { SOURCES } from "../../model/turn.js";

Page({
  data: {
    elder: false,
    name: "",
    found: /** @type {any} */ (null),
    text: /** @type {{text: string, mark: boolean}[][]} */ ([]),
    points: /** @type {{at: string, say: {text: string, mark: boolean}[][]}[]} */ ([]),
    quote: "",
    quoteSource: "",
    marked: false,
    facts: /** @type {string[][]} */ ([]),
    origin: /** @type {string[][]} */ ([]),
    problem: /** @type {Problem | null} */ (null),
    loading: true,
  },

  address: { law: "", edition: "", label: "" },
  /** @type {Citation | null} */
  citation: null,
  wanted: 0,

  /** @param {Record<string, string | undefined>} query */
  onLoad(query) {
    const plain = (/** @type {string} */ name) => decodeURIComponent(query[name] || "");
    this.address = { law: plain("law"), edition: plain("edition"), label: plain("label") };
    const kept = /** @type {Shezu} */ (getApp()).globalData.citation;
    this.citation = kept && kept.law === this.address.law && kept.edition === this.address.edition && kept.article === this.address.label ? kept : null;
    this.load();
  },

  onShow() {
    this.setData(look());
  },

  async load() {
    const turn = (this.wanted = (this.wanted || 0) + 1);
    const { law, edition, label } = this.address;
    const citation = this.citation;
    this.setData({ name: citation ? `《${citation.title}》${citation.article}` : label, loading: true, problem: null, found: null });
    try {
      const found = await api.article(law, edition, label);
      if (turn === this.wanted) this.show(found, citation);
    } catch (problem) {
      if (turn !== this.wanted) return;
      this.setData({ problem: /** @type {Problem} */ (problem), loading: false, quote: citation?.quote || "", quoteSource: SOURCES[citation?.source || ""] || "引用" });
    }
  },

  /** @param {any} found @param {Citation | null} citation */
  show(found, citation) {
    const { law, edition, label, text, digest } = found;
    const quote = citation?.quote || "";
    const inText = Boolean(text && spanOf(text, quote));
    const inPoints = Boolean(digest?.points.some((/** @type {{say: string}} */ { say }) => lineIn(say, quote)));
    this.setData({
      found, loading: false,
      name: `《${law.title}》${label}`,
      text: text ? paragraphs(text, quote) : [],
      points: (digest?.points || []).map((/** @type {{say: string, at: string}} */ { say, at }) => ({ at, say: paragraphs(say, inText ? "" : lineIn(say, quote)) })),
      marked: inText || inPoints,
      quote: inText || inPoints ? "" : quote,
      quoteSource: SOURCES[citation?.source || ""] || "引用",
      facts: [["文本", `${edition.date} 文本`], ["施行日期", edition.in_force_from], ["停止施行", edition.in_force_to]].filter(([, value]) => value),
      origin: [["发布机关", law.issuer], ["文号", law.number], ["效力", [law.rank, law.region].filter(Boolean).join(" · ")]].filter(([, value]) => value),
    }, () => {
      if (inText || inPoints) wx.pageScrollTo({ selector: ".ar-mark", offsetTop: -160, duration: 0, fail: () => {} });
    });
  },

  again() {
    this.load();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  turn(event) {
    this.address = { ...this.address, label: event.currentTarget.dataset.label };
    this.citation = null;
    this.load();
    wx.pageScrollTo({ scrollTop: 0, duration: 0 });
  },

  copyAddress() {
    wx.setClipboardData({ data: this.data.found.law.url, fail: () => wx.showToast({ title: "没有复制成功", icon: "none" }) });
  },
});
