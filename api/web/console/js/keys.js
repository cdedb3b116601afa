// Keys of the desk: single letters work outside fields, may be turned off (WCAG 2.1.4), and stand in the help.

import { el } from "/js/element.js";
import { Dialog } from "/js/dialog.js";
import { read, write } from "/js/storage.js";

const STORED = "console.letters";
const FIELDS = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

/** Binds keys to what they do: {key: [what it is called, function]}; the function gets the event, and gives false where the key keeps its usual meaning. */
export function bind(keys) {
  addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]") || event.target.closest(FIELDS)) return;
    const found = keys[event.key];
    if (!found || (event.key.length === 1 && event.key !== "?" && read(STORED, "on") === "off")) return;
    if (found[1](event) !== false) event.preventDefault();
  });
}

let help;

/** Opens the list of keys. */
export function showKeys(keys, inBox) {
  if (!help) {
    help = new Dialog("card", "快捷键");
    const off = el("input", { type: "checkbox", checked: read(STORED, "on") === "off" });
    off.addEventListener("change", () => write(STORED, off.checked ? "off" : null));
    const rows = [...Object.entries(inBox), ...Object.entries(keys).map(([key, [what]]) => [key, what])];
    help.body.append(
      el("table.grid.keys", {}, el("caption", {}, "在输入框外按这些键"), el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "键"), el("th", { scope: "col" }, "作用"))),
        el("tbody", {}, rows.map(([key, what]) => el("tr", {}, el("th", { scope: "row" }, el("kbd", {}, called(key))), el("td", {}, what))))),
      el("label.tick", {}, off, el("span", {}, "关闭单个字母的快捷键（用读屏或语音输入时）")));
  }
  help.open();
}

const CALLED = { ArrowDown: "↓", ArrowUp: "↑", Enter: "Enter", Escape: "Esc", "[": "[", "]": "]" };
const called = (key) => CALLED[key] ?? key;
