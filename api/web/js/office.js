// 人工窗口: the office card, one click away on every page.

import * as api from "./api.js";
import { Dialog } from "./dialog.js";
import { el } from "./element.js";

let dialog;
let known;

/** The office once; null where none is configured or reachable, and then the next call asks again. */
export async function office() {
  known ??= api.office().catch(() => { known = undefined; return null; });
  return known;
}

const dial = (phone) => el("a.phone", { href: `tel:${phone.replace(/[^\d+]/g, "")}` }, phone);

const web = (address) => /^https?:\/\//.test(address) ? el("a", { href: address, rel: "noopener" }, address) : address;

/** The card as a definition list; without an office, the general way out. */
export function officeCard(data) {
  const rows = [
    ["单位", data?.name],
    ["地址", data?.address],
    ["工作时间", data?.hours],
    ["电话", data?.phones?.length ? data.phones.map(dial) : null],
    ["网上办理", data?.portal ? web(data.portal) : null],
    ["监督投诉", data?.supervision],
    ["政务热线", dial("12345")],
    ["说明", data?.note],
  ];
  return el("div", {},
    data?.name ? null : el("p", {}, "本单位还没有填写窗口信息。可拨打政务服务热线，或到当地登记机关的办事窗口。"),
    el("dl.facts", {}, rows.filter(([, value]) => value).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))));
}

/** Opens the card; `opener` gets the focus back. */
export async function showOffice(opener) {
  dialog ??= new Dialog("card", "人工窗口");
  dialog.body.replaceChildren(el("p.quiet", {}, "正在读取窗口信息…"));
  dialog.open(opener);
  dialog.body.replaceChildren(officeCard(await office()));
}

for (const node of document.querySelectorAll("[data-office]")) node.addEventListener("click", () => showOffice(node));
office().then((data) => {
  if (data?.name) for (const node of document.querySelectorAll("[data-office-name]")) node.textContent = data.name;
});
