// The privacy notice before first use. Declining leaves the page usable; only the history on this device is off.

import { Dialog } from "./dialog.js";
import { button, el } from "./element.js";
import { office } from "./office.js";
import { read, write } from "./storage.js";

let answer = read("consent");

/** Whether conversations may be kept on this device. */
export const keeps = () => answer === "yes";

/** Records the choice; it can be changed at any time. */
export function choose(yes) {
  answer = yes ? "yes" : "no";
  write("consent", answer);
}

/** Shows the notice once; `done()` runs after a choice, and closing without one counts as declining for this visit. */
export function askConsent(done) {
  if (answer) return;
  const dialog = new Dialog("card", "使用前请了解", { onclose: done, closing: "暂不选择" });
  const decide = (yes) => { choose(yes); dialog.close(); };
  const who = el("span", {}, "本单位");
  office().then((data) => { if (data?.name) who.textContent = `${data.name}${data.phones?.length ? `（电话 ${data.phones[0]}）` : ""}`; });
  dialog.body.append(
    el("ul", {},
      el("li", {}, "处理者：", who, "。"),
      el("li", {}, "您的问题会发到服务器，用来查找条文和组成回答，按本单位设定的期限保存，到期自动删除。"),
      el("li", {}, "不用登录。请不要写姓名、证件号码、手机号、银行卡号；识别出来的号码发送前会打码。"),
      el("li", {}, "您同意的话，对话记录另存在这台设备上，方便以后再看；随时可以关闭，也可以点“删除我的记录”。"),
      el("li", {}, "不同意也能照常提问，只是关掉页面后本机不留记录。")),
    el("p", {}, el("a", { href: "/privacy.html" }, "完整的个人信息处理说明")),
    el("div.row", {}, button("同意，在本机保存", () => decide(true)), button("不保存，直接使用", () => decide(false))));
  dialog.open(document.querySelector("#question"));
}
