// One question and its answer through all its states. Fires ask, again, rephrase, office, cite, rated.
import { SOURCES, label, needsWayOut, newTurn, plainText } from "../../model/turn.js";

const SHOWN = 4;

Component({
  options: { styleIsolation: "apply-shared" },
  properties: {
    turn: { type: Object, value: newTurn("") },
  },
  data: {
    sources: /** @type {object[]} */ ([]),
    unfolded: false,
    hidden: 0,
    label: "",
    ai: false,
    refused: false,
    copied: false,
  },
  observers: {
    "turn.message, unfolded"(/** @type {Message} */ message, /** @type {boolean} */ unfolded) {
      const citations = message?.citations || [];
      const sources = citations.slice(0, unfolded ? citations.length : SHOWN).map((citation) => ({
        n: citation.n,
        name: `《${citation.title}》${citation.article}${citation.place || ""}`,
        status: citation.status,
        warn: citation.status !== "现行有效",
        kind: citation.source === "text" ? "" : SOURCES[citation.source] || citation.source,
        quote: citation.quote,
      }));
      this.setData({
        sources,
        hidden: citations.length - sources.length,
        label: label(message),
        ai: Boolean(message.ai_generated || message.maker === "model"),
        refused: needsWayOut(message),
      });
    },
  },
  methods: {
    /** @param {WechatMiniprogram.TouchEvent} event */
    source(event) {
      const n = Number(event.currentTarget.dataset.n);
      this.cited(this.properties.turn.message.citations.find((/** @type {Citation} */ each) => each.n === n));
    },
    /** @param {WechatMiniprogram.CustomEvent<{citation: Citation}>} event */
    cite(event) {
      this.cited(event.detail.citation);
    },
    /** @param {Citation | undefined} citation */
    cited(citation) {
      if (citation) this.triggerEvent("cite", { citation });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    ask(event) {
      this.triggerEvent("ask", { question: event.currentTarget.dataset.ask });
    },
    again() {
      if (!this.properties.turn.wait) this.triggerEvent("again", { id: this.properties.turn.id });
    },
    rephrase() {
      this.triggerEvent("rephrase", { question: this.properties.turn.question });
    },
    office() {
      this.triggerEvent("office", { id: this.properties.turn.id });
    },
    unfold() {
      this.setData({ unfolded: true });
    },
    copy() {
      wx.setClipboardData({
        data: plainText(this.properties.turn),
        success: () => {
          this.setData({ copied: true });
          setTimeout(() => this.setData({ copied: false }), 2000);
        },
        fail: () => wx.showToast({ title: "没有复制成功", icon: "none" }),
      });
    },
    /** @param {WechatMiniprogram.CustomEvent<{rating: number}>} event */
    rated(event) {
      this.triggerEvent("rated", { id: this.properties.turn.id, rating: event.detail.rating });
    },
  },
});
