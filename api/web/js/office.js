// 人工窗口: the office card, one click away on every page, with a message that becomes a ticket.

import * as api from "./api.js";
import { Dialog } from "./dialog.js";
import { el } from "./element.js";
import { ticketForm } from "./ticket.js";

let dialog;
let known;

/** The office once; null where none is configured or reachable, and then the next call asks again. */
export async function office() {
  known ??= api.office().catch(() => { known = undefined; return null; });
  return known;
}

const dial = (phone) => el("a.phone", { href: `tel:${phone.replace(/[^\d+]/g, "")}` }, phone);
const away = (href, words) => el("a", { href, target: "_blank", rel: "noopener noreferrer" }, words);

/** A web address as a link; offices write it with and without its scheme. */
function web(address) {
  if (/^https?:\/\//.test(address)) return away(address, address);
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+(\/\S*)?$/i.test(address) ? away(`https://${address}`, address) : address;
}

/** Address and map: the office's own link, or a search for an address that names a street. Nothing is fetched before a click. */
function place({ address, region = "", details = {} }) {
  const own = /^https?:\/\//.test(details.map ?? "") ? details.map : "";
  const found = /[路街道巷弄]/.test(address) && /\d/.test(address) ? `https://uri.amap.com/search?keyword=${encodeURIComponent(region + address)}` : "";
  return [address, own || found ? away(own || found, "在地图上看") : null];
}

/** The card as a definition list; without an office, the general way out. */
export function officeCard(data) {
  const rows = [
    ["单位", data?.name],
    ["地址", data?.address ? place(data).flatMap((part) => [part, " "]) : null],
    ["工作时间", data?.hours],
    ["电话", data?.phones?.length ? data.phones.map(dial) : null],
    ["网上办理", data?.portal ? web(data.portal) : null],
    ["监督投诉", /^[\d-]{5,}$/.test(data?.supervision ?? "") ? dial(data.supervision) : data?.supervision],
    ["政务热线", data?.phones?.includes("12345") ? null : dial("12345")],
    ["说明", data?.note],
  ];
  return el("div", {},
    data?.name ? null : el("p", {}, "本单位还没有填写窗口信息。可拨打政务服务热线，或到当地登记机关的办事窗口。"),
    el("dl.facts", {}, rows.filter(([, value]) => value).map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))));
}

/** Opens the card; `opener` gets the focus back. A message left here is about the answer `messageId`, where one is given. */
export async function showOffice(opener, messageId = null) {
  dialog ??= new Dialog("card", "人工窗口");
  dialog.body.replaceChildren(el("p.quiet", {}, "正在读取窗口信息…"));
  dialog.open(opener);
  dialog.body.replaceChildren(officeCard(await office()), ticketForm(messageId));
}

for (const node of document.querySelectorAll("[data-office]")) node.addEventListener("click", () => showOffice(node));
office().then((data) => {
  if (data?.name) for (const node of document.querySelectorAll("[data-office-name]")) node.textContent = data.name;
});
