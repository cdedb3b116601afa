// The list of conversations beside the chat: open one, keep or not keep, delete all.

import { choose, keeps } from "./consent.js";
import { Dialog } from "./dialog.js";
import { button, el } from "./element.js";
import * as history from "./history.js";

/** Draws the list; `show(conversation)` opens one, `cleared()` runs after a deletion. */
export class Records {
  constructor(node, { show, cleared, say }) {
    Object.assign(this, { node, show, cleared, say, current: null });
    this.toggle = document.querySelector("[data-open]");
    this.toggle.addEventListener("click", () => this.unfold(this.toggle.getAttribute("aria-expanded") !== "true"));
    this.draw();
  }

  unfold(open) {
    this.toggle.setAttribute("aria-expanded", open);
    this.node.toggleAttribute("data-unfolded", open);
  }

  draw(current = this.current) {
    this.current = current;
    const items = history.all().map((conversation) =>
      el("li", {}, button(conversation.title, () => { this.unfold(false); this.show(conversation); },
        { "aria-current": conversation.id === current ? "true" : null })));
    this.node.replaceChildren(
      items.length ? el("ul", {}, items) : el("p.quiet", {}, "问过的问题会列在这里。"),
      button("在本机保存记录", (event) => this.keep(event.currentTarget), { className: "switch", "aria-pressed": String(keeps()) }),
      ...(items.length ? [button("删除我的记录", (event) => this.confirm(event.currentTarget), { className: "text" })] : []));
  }

  keep(toggle) {
    choose(!keeps());
    history.persist();
    toggle.setAttribute("aria-pressed", keeps());
    this.say(keeps() ? "对话记录会保存在这台设备上。" : "已关闭，本机不再保存对话记录。");
  }

  confirm(opener) {
    const dialog = new Dialog("card", "删除我的记录", { closing: "取消", onclose: () => dialog.node.remove() });
    const state = el("p", { role: "status" }, `将删除本机和服务器上的 ${history.all().length} 段对话，不能恢复。`);
    const go = button("全部删除", async () => {
      go.disabled = true;
      state.textContent = "正在删除…";
      this.cleared();
      const left = await history.removeAll();
      this.draw(null);
      dialog.opener = document.querySelector("#question");
      if (left) { state.textContent = `本机以外还有 ${left} 段没有删掉，联网后请再点一次。`; go.disabled = false; return; }
      dialog.close();
      this.say("记录已删除。");
    }, { className: "primary" });
    dialog.body.append(state, el("div.row", {}, go));
    dialog.open(opener);
  }
}
