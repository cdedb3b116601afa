// The tools, one at a time: the fragment names the one that is shown.

import * as charter from "./charter.js";
import * as deadline from "./deadline.js";
import * as eligibility from "./eligibility.js";
import { button, el } from "./element.js";
import * as naming from "./naming.js";
import "./office.js";

const TOOLS = { name: naming, deadline, eligibility, charter };

const main = document.querySelector("#content");
let wanted = 0;

async function route(focus = true) {
  const turn = ++wanted;
  const key = Object.hasOwn(TOOLS, location.hash.slice(1)) ? location.hash.slice(1) : "name";
  const tool = TOOLS[key];
  main.setAttribute("aria-busy", "true");
  let content;
  try {
    content = await tool.view();
  } catch (problem) {
    content = [el("div.problem", {}, el("strong", {}, problem.title ?? "出错了"), el("p", {}, problem.detail || "请稍后再试。"), el("div.row", {}, button("再试一次", () => route())))];
  }
  if (turn !== wanted) return;
  main.removeAttribute("aria-busy");
  const heading = el("h1", { tabIndex: -1 }, tool.title);
  document.title = `${tool.title} · 社会组织登记问答`;
  main.replaceChildren(tabs(key), heading, el("p.quiet.screen", {}, tool.lead), ...content);
  if (!focus) return;
  document.querySelector(".scroller").scrollTop = 0;
  heading.focus();
}

function tabs(current) {
  return el("nav.tabs.screen", { "aria-label": "工具" }, Object.entries(TOOLS).map(([key, { title }]) =>
    el("a.button", { href: `#${key}`, "aria-current": key === current ? "true" : null }, title)));
}

// The fragment names the tool, so the skip link must not change it.
document.querySelector(".skip").addEventListener("click", (event) => { event.preventDefault(); main.focus(); });
addEventListener("hashchange", () => route());
route(false);
