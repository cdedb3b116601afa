// For other sites: <script src="https://…/js/widget.js" defer></script> puts a button in the corner that opens the questions in a frame.
// data-label: the button's words. The office allows sites by SHEZU_EMBED_ORIGINS. A classic script, so that it runs in any page.

{
  const script = document.currentScript;
  const home = new URL("..", script.src);
  const label = script.dataset.label || "社会组织登记问答";
  const host = document.createElement("div");
  host.dataset.shezu = "";
  const root = host.attachShadow({ mode: "open" });

  // A constructed sheet: sites whose policy forbids inline style can use the widget, and their own styles stay outside.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; position: fixed; right: 16px; bottom: 16px; z-index: 2147483000; font: 16px/1.4 -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
    button { min-height: 48px; padding: 8px 20px; border: 0; border-radius: 24px; background: #a8231c; color: #fff; font: inherit; font-weight: 600; cursor: pointer; box-shadow: 0 4px 16px rgb(0 0 0 / 25%); }
    button:hover { background: #8f1d17; } button:focus-visible { outline: 3px solid #1d4f91; outline-offset: 2px; }
    .panel { display: none; flex-direction: column; width: 400px; height: 640px; max-width: calc(100vw - 32px); max-height: calc(100dvh - 32px); border-radius: 12px; overflow: hidden; background: #fff; box-shadow: 0 8px 40px rgb(0 0 0 / 30%); }
    .panel button { align-self: stretch; min-height: 44px; border-radius: 0; box-shadow: none; }
    iframe { flex: 1; width: 100%; border: 0; }
    :host([data-open]) .panel { display: flex; } :host([data-open]) > button { display: none; }
    @media (max-width: 480px) { :host([data-open]) { inset: 0; } .panel { width: 100%; height: 100%; max-width: none; max-height: none; border-radius: 0; } }
    @media print { :host { display: none; } }`);
  root.adoptedStyleSheets = [sheet];

  const make = (tag, properties, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };
  const open = make("button", { type: "button", "aria-expanded": "false" }, label);
  const close = make("button", { type: "button" }, "收起");
  const panel = make("div", { class: "panel", role: "dialog", "aria-label": label }, close);
  root.append(open, panel);
  let frame;

  function toggle(shown) {
    // Loaded at the first use: a site that shows only the button asks nothing of the server.
    if (shown && !frame) panel.append(frame = make("iframe", { src: new URL("embed.html", home), title: label }));
    host.toggleAttribute("data-open", shown);
    open.setAttribute("aria-expanded", shown);
    (shown ? frame : open).focus();
  }

  open.addEventListener("click", () => toggle(true));
  close.addEventListener("click", () => toggle(false));
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") toggle(false); });
  addEventListener("message", (event) => { if (frame && event.source === frame.contentWindow && event.data === "shezu:close") toggle(false); });
  document.body.append(host);
}
