// One block of an answer as native views. Citation marks are buttons that fire `cite` with the citation.
import { TONES } from "../../model/turn.js";

Component({
  options: { styleIsolation: "apply-shared" },
  properties: {
    block: { type: Object, value: /** @type {Block} */ ({ kind: "paragraph", title: "", tone: "", items: [] }) },
    citations: { type: Array, value: /** @type {Citation[]} */ ([]) },
  },
  data: {
    head: /** @type {object[]} */ ([]),
    rows: /** @type {object[]} */ ([]),
    tag: "",
  },
  observers: {
    "block, citations"(/** @type {Block} */ block, /** @type {Citation[]} */ citations) {
      const known = new Map((citations || []).map((citation) => [citation.n, citation]));
      const rows = (block.items || []).map((item) => item.map(({ text, cites }) => ({
        text,
        cites: (cites || []).filter((n) => known.has(n)).map((n) => {
          const citation = /** @type {Citation} */ (known.get(n));
          return { n, label: `依据${n}：${citation.title}${citation.article}` };
        }),
      })));
      const table = block.kind === "table";
      this.setData({ head: table ? rows[0] || [] : [], rows: table ? rows.slice(1) : rows, tag: TONES[block.tone] || TONES.info });
    },
  },
  methods: {
    /** @param {WechatMiniprogram.TouchEvent} event */
    cite(event) {
      const n = Number(event.currentTarget.dataset.n);
      const citation = this.properties.citations.find((/** @type {Citation} */ each) => each.n === n);
      if (citation) this.triggerEvent("cite", { citation });
    },
  },
});
