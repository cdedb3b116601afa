// The first page: the places where somebody with these roles works.

import { el } from "/js/element.js";
import { frame, placesOf } from "./shell.js";

const who = await frame();
const places = placesOf(who.roles);
document.querySelector("#places").append(...places.map(([address, name, what]) => el("li", {}, el("a", { href: address }, el("strong", {}, name), el("p", {}, what)))));
document.querySelector(".lead").textContent = places.length ? `${who.display}，您好。` : `${who.display}，您好。您的账号还没有角色，请找管理员开通。`;
