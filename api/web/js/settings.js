// Preferences of this device: 长辈版, light or dark, region.

import { read, write } from "./storage.js";

const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

const REGIONS = ("北京市 天津市 河北省 山西省 内蒙古自治区 辽宁省 吉林省 黑龙江省 上海市 江苏省 浙江省 安徽省 福建省 江西省 山东省 河南省 湖北省 湖南省 " +
  "广东省 广西壮族自治区 海南省 重庆市 四川省 贵州省 云南省 西藏自治区 陕西省 甘肃省 青海省 宁夏回族自治区 新疆维吾尔自治区").split(" ");

const SCROLL_KEYS = ["PageDown", "PageUp", "ArrowDown", "ArrowUp", "Home", "End", " "];

const dark = () => (read("theme") ?? (system.matches ? "dark" : "light")) === "dark";
const elder = () => read("elder", false);
let region = read("region", "");

function apply() {
  root.dataset.theme = dark() ? "dark" : "light";
  root.toggleAttribute("data-elder", elder());
  for (const node of document.querySelectorAll("[data-elder]:not(html)")) node.setAttribute("aria-pressed", elder());
  for (const node of document.querySelectorAll("[data-theme-toggle]")) node.setAttribute("aria-pressed", dark());
}

/** The region whose local rules apply besides national law; "" where none was chosen. */
export function chosenRegion() {
  return region;
}

/** Fills a <select> with the regions and keeps the choice. */
export function offerRegions(select, onchange = () => {}) {
  select.append(...REGIONS.map((name) => new Option(name, name)));
  select.value = region;
  select.addEventListener("change", () => {
    region = select.value;
    write("region", region || null);
    onchange();
  });
}

// The page scrolls inside .scroller: scroll keys pressed before anything has the focus must reach it.
function scrollByKeys() {
  const scroller = document.querySelector(".scroller");
  scroller.tabIndex = -1;
  addEventListener("keydown", ({ key, target }) => {
    if (target === document.body && SCROLL_KEYS.includes(key)) scroller.focus({ preventScroll: true });
  });
}

function bind() {
  for (const node of document.querySelectorAll("[data-elder]:not(html)")) {
    node.addEventListener("click", () => { write("elder", !elder() || null); apply(); });
  }
  for (const node of document.querySelectorAll("[data-theme-toggle]")) {
    node.addEventListener("click", () => {
      const wanted = dark() ? "light" : "dark";
      // Following the system again is stored as no choice at all.
      write("theme", wanted === (system.matches ? "dark" : "light") ? null : wanted);
      apply();
    });
  }
  const banner = document.querySelector("[data-offline]");
  const connection = () => { if (banner) banner.hidden = navigator.onLine; };
  addEventListener("online", connection);
  addEventListener("offline", connection);
  connection();
  scrollByKeys();
  apply();
}

apply();
system.addEventListener("change", apply);
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", bind);
else bind();
