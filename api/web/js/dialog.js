// A modal <dialog> with a heading, a close button, and focus that goes back to where it came from.

import { button, el } from "./element.js";

let count = 0;

export class Dialog {
  constructor(kind, title = "", { onclose = () => {}, closing = "关闭" } = {}) {
    const id = `dialog-${++count}`;
    this.heading = el("h2", { id, tabIndex: -1 }, title);
    this.body = el("div.dialog-body");
    this.node = el(`dialog.${kind}`, { "aria-labelledby": id },
      el("div.dialog-box", {}, el("div.dialog-head", {}, this.heading, button(closing, () => this.node.close())), this.body));
    this.node.addEventListener("click", (event) => { if (event.target === this.node) this.node.close(); });
    this.node.addEventListener("close", () => {
      onclose();
      this.opener?.focus();
    });
    document.body.append(this.node);
  }

  open(opener) {
    if (this.node.open) return;
    this.opener = opener ?? document.activeElement;
    this.node.showModal();
    this.heading.focus();
  }

  close() {
    this.node.close();
  }
}
