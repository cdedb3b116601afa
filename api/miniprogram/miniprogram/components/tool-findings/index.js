// What a tool found, rule by rule, each with its sources. Fires `cite` with the citation.

/** @type {Record<string, [string, string]>} verdict → words and theme */
const VERDICTS = { ok: ["符合", "success"], problem: ["不符合", "danger"], doubt: ["存疑", "warning"], unchecked: ["需另查", "default"] };

Component({
  options: { styleIsolation: "apply-shared" },
  properties: {
    rows: { type: Array, value: /** @type {{rule: string, title: string, verdict: string, text: string, cites: number[]}[]} */ ([]) },
    citations: { type: Array, value: /** @type {Citation[]} */ ([]) },
    notices: { type: Array, value: /** @type {string[]} */ ([]) },
    verdicts: { type: Boolean, value: true },
  },
  data: { shown: /** @type {object[]} */ ([]) },
  observers: {
    "rows, citations"(/** @type {any[]} */ rows, /** @type {Citation[]} */ citations) {
      const known = new Map(citations.map((citation) => [citation.n, citation]));
      this.setData({
        shown: rows.map(({ rule, title, verdict, text, cites }, at) => ({
          key: `${rule}${at}`, title, text,
          said: (VERDICTS[verdict] || VERDICTS.unchecked)[0],
          theme: (VERDICTS[verdict] || VERDICTS.unchecked)[1],
          cites: cites.filter((/** @type {number} */ n) => known.has(n)).map((/** @type {number} */ n) => {
            const { title: law, article, place } = /** @type {Citation} */ (known.get(n));
            return { n, name: `《${law}》${article}${place || ""}` };
          }),
        })),
      });
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
