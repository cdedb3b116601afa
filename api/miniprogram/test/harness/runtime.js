// WeChat's side of the mini-program in a browser: pages and their life, events, and the parts of `wx` that the app uses.
import * as glassEasel from "glass-easel";
import { MiniProgramEnv } from "glass-easel-miniprogram-adapter";
import { platform } from "./wx.js";

const EVENTS = { click: "tap", input: "input", focus: "focus", blur: "blur", change: "change", touchmove: "touchmove", transitionend: "transitionend" };

/** A Behavior of WeChat's own that has no counterpart here. */
const ours = (behavior) => typeof behavior !== "string" || !behavior.startsWith("wx://");

export function start({ app, configs, templates, code, main }) {
  const env = new MiniProgramEnv();
  const space = env.createCodeSpace("", true);
  const backend = env.associateBackend();
  const stack = [];
  const tabs = new Map();
  const isTab = new Set(app.tabBar.list.map(({ pagePath }) => pagePath));
  const screen = document.querySelector("#screen");

  globalThis.wx = platform({ navigate, back, tab: switchTab, title, find: (selector) => stack.at(-1)?.node.querySelector(selector) });
  // WXS has these in place of literals.
  globalThis.getRegExp = (pattern, flags) => new RegExp(pattern, flags);
  globalThis.getDate = (...parts) => new Date(...parts);
  globalThis.getApp = () => globalThis.theApp;
  globalThis.App = (definition) => { globalThis.theApp = { ...definition }; };
  globalThis.getCurrentPages = () => stack.map(({ page }) => page);
  globalThis.glassEaselErrors = [];
  glassEasel.addGlobalErrorListener((error, { element }) => { globalThis.glassEaselErrors.push(`${element?.is ?? ""}: ${error?.stack ?? error}`); return false; });

  defineTextarea(space);
  definePicker(space);
  for (const [path, config] of Object.entries(configs)) space.addComponentStaticConfig(path, config);
  for (const [path, content] of Object.entries(templates)) space.addCompiledTemplate(path, { groupList: templates, content });
  for (const [path, load] of Object.entries(code)) define(path, load);
  listen();
  readRoles();
  main();
  globalThis.theApp.onLaunch?.({});
  drawTabs();
  switchTab(app.pages[0]);

  function define(path, load) {
    space.componentEnv(path, ({ Page, Component, Behavior }) => {
      const plain = (definition) => ({ ...definition, behaviors: (definition.behaviors ?? []).filter(ours) });
      globalThis.Page = (definition) => Page(definition);
      globalThis.Component = (definition) => Component(plain(definition));
      globalThis.Behavior = (definition) => Behavior(plain(definition));
      load();
    });
  }

  function open(path, query) {
    const root = backend.createRoot("wx-page", space, path);
    const node = document.createElement("section");
    const placeholder = document.createElement("i");
    node.append(placeholder);
    screen.append(node);
    root.attach(node, placeholder);
    const page = root.get();
    page.onLoad?.(query);
    return { path, page, node, root };
  }

  function show(entry) {
    for (const other of [...tabs.values(), ...stack]) other.node.hidden = other !== entry;
    document.querySelector("#tabs").hidden = !isTab.has(entry.path);
    document.querySelector("#back").hidden = stack.length < 2;
    title(configs[entry.path].navigationBarTitleText ?? app.window.navigationBarTitleText);
    for (const button of document.querySelectorAll("#tabs button")) button.toggleAttribute("aria-current", button.dataset.path === entry.path);
    entry.page.onShow?.();
    scrollTo(0, entry.scroll ?? 0);
  }

  function leave() {
    const top = stack.at(-1);
    if (top) { top.scroll = scrollY; top.page.onHide?.(); }
  }

  function navigate(url) {
    const [path, search = ""] = url.replace(/^\//, "").split("?");
    if (isTab.has(path)) throw new Error(`navigateTo:fail can not navigateTo a tabbar page: ${path}`);
    leave();
    // WeChat hands the query over as it stands, still encoded.
    const query = Object.fromEntries(search.split("&").filter(Boolean).map((pair) => pair.split("=")));
    stack.push(open(path, query));
    show(stack.at(-1));
  }

  function back() {
    if (stack.length < 2) return;
    const gone = stack.pop();
    gone.page.onUnload?.();
    gone.root.release();
    gone.node.remove();
    show(stack.at(-1));
  }

  function switchTab(url) {
    const path = url.replace(/^\//, "");
    if (!isTab.has(path)) throw new Error(`switchTab:fail can not switch to no-tabBar page: ${path}`);
    leave();
    while (stack.length > 1) { const gone = stack.pop(); gone.page.onUnload?.(); gone.root.release(); gone.node.remove(); }
    stack.length = 0;
    if (!tabs.has(path)) tabs.set(path, open(path, {}));
    stack.push(tabs.get(path));
    show(stack[0]);
  }

  function title(words) {
    document.querySelector("#nav-title").textContent = words;
  }

  function drawTabs() {
    document.querySelector("#back").onclick = back;
    for (const { pagePath, text } of app.tabBar.list) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.path = pagePath;
      button.textContent = text;
      button.onclick = () => switchTab(pagePath);
      document.querySelector("#tabs").append(button);
    }
  }
}

/** DOM events, handed to glass-easel, which does not listen on its own. */
function listen() {
  for (const [from, to] of Object.entries(EVENTS)) {
    document.addEventListener(from, (event) => {
      let node = event.target;
      while (node && !node.__wxElement) node = node.parentNode;
      if (!node) return;
      const built = node.closest?.("button");
      if (from === "click" && built?.disabled) return;
      const detail = from === "input" || from === "change" ? { value: event.target.value } : {};
      glassEasel.Event.triggerEvent(node.__wxElement, to, detail, { bubbles: to === "tap" || to === "touchmove", composed: to === "tap" || to === "touchmove", originalEvent: event });
    }, true);
  }
}

/** <textarea>: one that is controlled by `value` and tells of what is typed. */
function defineTextarea(space) {
  const shared = space.getComponentSpace();
  const definition = shared.define("wx-textarea")
    .property("value", { type: String, value: "", observer(value) { if (this.box && this.box.value !== value) this.box.value = value; } })
    .property("placeholder", String)
    .property("maxlength", Number)
    .property("ariaLabel", String)
    .lifetime("attached", function () {
      const host = this.$$;
      this.box = document.createElement("textarea");
      this.box.rows = 1;
      this.box.value = this.data.value;
      this.box.placeholder = this.data.placeholder;
      if (this.data.maxlength > 0) this.box.maxLength = this.data.maxlength;
      this.box.setAttribute("aria-label", this.data.ariaLabel);
      this.box.addEventListener("input", (event) => {
        event.stopPropagation();
        this.triggerEvent("input", { value: this.box.value });
      });
      this.box.addEventListener("keydown", (event) => {
        if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.triggerEvent("confirm", { value: this.box.value }); }
      });
      host.append(this.box);
    })
    .registerComponent();
  shared.setGlobalUsingComponent("wx-textarea", definition);
}

/** <picker mode="selector | date">: a native control over its content. */
function definePicker(space) {
  const shared = space.getComponentSpace();
  const definition = shared.define("wx-picker")
    .property("mode", { type: String, value: "selector" })
    .property("range", { type: Array, value: [], observer() { this.fill?.(); } })
    .property("ariaLabel", String)
    .property("value", { type: null, value: "", observer() { this.fill?.(); } })
    .lifetime("attached", function () {
      const host = this.$$;
      const date = this.data.mode === "date";
      const control = document.createElement(date ? "input" : "select");
      if (date) control.type = "date";
      control.setAttribute("aria-label", this.data.ariaLabel);
      this.fill = () => {
        if (!date) control.replaceChildren(...this.data.range.map((words, at) => new Option(words, String(at))));
        control.value = String(this.data.value);
      };
      this.fill();
      control.addEventListener("change", (event) => { event.stopPropagation(); this.triggerEvent("change", { value: control.value }); });
      control.addEventListener("input", (event) => event.stopPropagation());
      host.append(control);
    })
    .registerComponent();
  shared.setGlobalUsingComponent("wx-picker", definition);
}

/** WeChat's readers take `aria-role`; a browser's (and axe) take `role`. */
function readRoles() {
  const copy = (node) => {
    for (const each of [node, ...(node.querySelectorAll?.("[aria-role], [aria-level]") ?? [])]) {
      const role = each.getAttribute?.("aria-role");
      if (role) { each.setAttribute("role", role); each.removeAttribute("aria-role"); }
    }
  };
  new MutationObserver((changes) => { for (const { target, addedNodes } of changes) for (const node of [target, ...addedNodes]) copy(node); })
    .observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["aria-role"] });
}
