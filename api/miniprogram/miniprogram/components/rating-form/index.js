// 好差评 of one answer: five levels, and for the lower ones reasons and words. Voluntary; fires `rated` once it is kept.
import { rate } from "../../model/api.js";
import { withoutPersonalNumbers } from "../../shared/personal.js";

const LEVELS = [[5, "非常满意"], [4, "满意"], [3, "基本满意"], [2, "不满意"], [1, "非常不满意"]].map(([value, name]) => ({ value, name }));
const REASONS = ["过时", "引用不对", "没答到", "看不懂", "材料不对"];

Component({
  options: { styleIsolation: "apply-shared" },
  properties: {
    message: { type: String, value: "" },
    given: { type: Number, value: 0 },
  },
  data: {
    levels: LEVELS,
    reasons: REASONS.map((name) => ({ name, on: false })),
    open: false,
    chosen: 0,
    text: "",
    said: "",
    busy: false,
  },
  observers: {
    given(/** @type {number} */ given) {
      const level = LEVELS.find(({ value }) => value === given);
      if (level) this.setData({ said: `您的评价：${level.name}`, open: false });
    },
  },
  methods: {
    unfold() {
      this.setData({ open: !this.data.open });
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    choose(event) {
      const chosen = Number(event.currentTarget.dataset.value);
      this.setData({ chosen });
      if (chosen >= 4) this.send();
    },
    /** @param {WechatMiniprogram.TouchEvent} event */
    reason(event) {
      const at = Number(event.currentTarget.dataset.at);
      this.setData({ [`reasons[${at}].on`]: !this.data.reasons[at].on });
    },
    /** @param {WechatMiniprogram.CustomEvent<{value: string}>} event */
    write(event) {
      this.data.text = event.detail.value;
    },
    async send() {
      if (this.data.busy) return;
      this.setData({ busy: true, said: "" });
      const rating = this.data.chosen;
      try {
        await rate({
          message_id: this.properties.message,
          rating,
          reasons: this.data.reasons.filter(({ on }) => on).map(({ name }) => name),
          text: withoutPersonalNumbers(this.data.text.trim()).text.slice(0, 1000),
        });
        this.setData({ said: `谢谢，已记下：${LEVELS.find(({ value }) => value === rating)?.name}`, open: false });
        this.triggerEvent("rated", { rating });
      } catch (problem) {
        this.setData({ said: `评价没有记下：${/** @type {Problem} */ (problem).detail || "请稍后再试"}` });
      } finally {
        this.setData({ busy: false });
      }
    },
  },
});
