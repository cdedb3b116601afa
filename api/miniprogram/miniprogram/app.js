import { refreshConfig } from "./model/account.js";

App({
  /** @type {AppData} */
  globalData: { citation: null, conversation: null, question: "", subject: null },

  onLaunch() {
    refreshConfig();
  },

  /** A page's question on a click elsewhere goes through here: tab pages take no query. @param {string} question */
  ask(question) {
    this.globalData.question = question;
    wx.switchTab({ url: "/pages/chat/index" });
  },
});
