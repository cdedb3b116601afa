// The privacy notice before first use. Declining leaves everything usable but the history on this device. Fires `chosen`.
import { consent, setConsent } from "../../model/settings.js";

Component({
  options: { styleIsolation: "apply-shared" },
  data: { visible: false },
  lifetimes: {
    attached() {
      this.setData({ visible: consent() === "" });
    },
  },
  methods: {
    agree() { this.choose(true); },
    decline() { this.choose(false); },
    /** @param {boolean} yes */
    choose(yes) {
      // The platform's own event and the tap may both come.
      if (!this.data.visible) return;
      setConsent(yes);
      this.setData({ visible: false });
      this.triggerEvent("chosen", { yes });
    },
    read() {
      wx.navigateTo({ url: "/pages/privacy/index" });
    },
  },
});
