// 隐私: what is processed, why, for how long, and how to take consent back.
import * as history from "../../model/history.js";
import { consent, look, setConsent } from "../../model/settings.js";

Page({
  data: { elder: false, keeps: false },

  onShow() {
    this.setData({ ...look(), keeps: consent() === "yes" });
  },

  toggle() {
    setConsent(!this.data.keeps);
    history.persist();
    this.setData({ keeps: consent() === "yes" });
  },

  office() {
    wx.navigateTo({ url: "/pages/office/index" });
  },

  contract() {
    if (wx.openPrivacyContract) wx.openPrivacyContract({ fail: () => wx.showToast({ title: "打不开，请稍后再试", icon: "none" }) });
  },
});
