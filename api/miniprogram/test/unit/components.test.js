// Single components in miniprogram-simulate, which is WeChat's own older engine: what is drawn, what a tap fires.
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { transformSync } from "esbuild";
import { JSDOM } from "jsdom";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { PROJECT, fileOf, parts } from "../harness/build.mjs";
import { settle, weixin } from "./weixin.js";

let simulate;
let folder;
let world;

/** A copy in which modules are CommonJS, since the engine's loader knows no other, and TDesign lies beside our own components. */
function copied() {
  const to = mkdtempSync(join(tmpdir(), "shezu-components-"));
  cpSync(join(PROJECT, "miniprogram"), to, { recursive: true, filter: (path) => !path.includes("miniprogram_npm") });
  const tdesign = fileOf("tdesign-miniprogram/button/button").replace("button/button", "");
  cpSync(tdesign, join(to, "tdesign"), { recursive: true, filter: (path) => !path.includes("chat-") && !path.endsWith(".d.ts") });
  cpSync(join(tdesign, "miniprogram_npm/tslib"), join(to, "node_modules/tslib"), { recursive: true });
  for (const each of readdirSync(to, { recursive: true, withFileTypes: true })) {
    const path = join(each.parentPath ?? each.path, each.name);
    if (!each.isFile() || path.includes("node_modules") || path.includes("miniprogram_npm")) continue;
    if (path.endsWith(".js")) writeFileSync(path, transformSync(readFileSync(path, "utf8"), { format: "cjs", target: "es2020" }).code);
    if (path.endsWith(".json")) writeFileSync(path, readFileSync(path, "utf8").replaceAll("tdesign-miniprogram/", `${relative(join(path, ".."), join(to, "tdesign"))}/`));
  }
  return to;
}

beforeAll(async () => {
  const { window } = new JSDOM("<!doctype html><html><body></body></html>", { pretendToBeVisual: true, url: "http://localhost/" });
  for (const name of ["window", "document", "Event", "CustomEvent", "HTMLElement", "Node", "MutationObserver", "getComputedStyle", "requestAnimationFrame", "TouchEvent"]) globalThis[name] = name === "window" ? window : window[name];
  simulate = (await import("miniprogram-simulate")).default;
  folder = copied();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeEach(() => {
  vi.useFakeTimers();
  const own = globalThis.wx;
  world = weixin();
  globalThis.wx = { ...own, ...globalThis.wx, setClipboardData: ({ data, success }) => { world.clipboard = data; success?.({}); }, getSystemInfoSync: () => ({ SDKVersion: "3.8.0" }), getAppBaseInfo: () => ({ SDKVersion: "3.8.0" }), getDeviceInfo: () => ({ platform: "ios" }), getWindowInfo: () => ({ windowWidth: 390 }) };
  globalThis.getApp = () => ({ globalData: {} });
});

afterEach(() => { vi.useRealTimers(); });

function render(name, properties) {
  const component = simulate.render(simulate.load(join(folder, "components", name, "index"), { rootPath: folder, less: false }), properties);
  component.attach(document.createElement("parent-wrapper"));
  return component;
}

const words = (component) => component.dom.textContent.replace(/\s+/g, "");
const caught = (component, name) => {
  const found = [];
  component.addEventListener(name, ({ detail }) => found.push(detail));
  return found;
};
const CITATION = { n: 2, law: "l", title: "慈善法", article: "第十条", place: "第一款", edition: "2023-12-29", status: "现行有效", quote: "引文", source: "text" };
const sentence = (text, ...cites) => ({ text, cites });

test.each([
  ["paragraph", [[sentence("甲", 2)], [sentence("乙")]], "甲2乙"],
  ["list", [[sentence("甲")], [sentence("乙", 2)]], "·甲·乙2"],
  ["steps", [[sentence("甲")], [sentence("乙"), sentence("丙")]], "1.甲2.乙丙"],
  ["table", [[sentence("项目"), sentence("社会团体")], [sentence("会员"), sentence("50个", 2)]], "项目社会团体会员50个2"],
  ["notice", [[sentence("请核对")]], "提示请核对"],
])("a block of kind %s", async (kind, items, expected) => {
  const component = render("answer-block", { block: { kind, title: "", tone: "", items }, citations: [CITATION] });
  await settle(20);
  expect(words(component)).toBe(expected);
});

test("text is text: markup in an answer stays words", async () => {
  const component = render("answer-block", { block: { kind: "paragraph", title: "<b>", tone: "", items: [[sentence("<img src=x onerror=alert(1)>")]] }, citations: [] });
  await settle(20);
  expect(component.dom.querySelector("img")).toBeNull();
  expect(words(component)).toBe("<b><imgsrc=xonerror=alert(1)>");
});

test("a mark without its citation is not drawn, one with it fires the citation", async () => {
  const component = render("answer-block", { block: { kind: "paragraph", title: "", tone: "", items: [[sentence("甲", 2, 9)]] }, citations: [CITATION] });
  await settle(20);
  expect(words(component)).toBe("甲2");
  const fired = caught(component, "cite");
  component.querySelector(".ab-cite").dispatchEvent("tap");
  await settle(20);
  expect(fired).toEqual([{ citation: CITATION }]);
});

test("a rating below 满意 asks for reasons and is sent with them", async () => {
  const component = render("rating-form", { message: "0".repeat(32), given: 0 });
  component.instance.unfold();
  component.instance.choose({ currentTarget: { dataset: { value: 2 } } });
  component.instance.reason({ currentTarget: { dataset: { at: 3 } } });
  component.instance.write({ detail: { value: "电话 13812345678 太长" } });
  await settle(20);
  expect(words(component)).toContain("看不懂");
  expect(world.requests).toHaveLength(0);
  const fired = caught(component, "rated");
  component.instance.send();
  await settle(20);
  expect(JSON.parse(world.requests[0].data)).toEqual({ message_id: "0".repeat(32), rating: 2, reasons: ["看不懂"], text: "电话 ［手机号已隐去］ 太长" });
  world.requests[0].reply(201, "{}");
  await settle(20);
  expect(fired).toEqual([{ rating: 2 }]);
  expect(words(component)).toContain("不满意");
});

test("满意 is sent at once; a failure is said and can be tried again", async () => {
  const component = render("rating-form", { message: "0".repeat(32), given: 0 });
  component.instance.choose({ currentTarget: { dataset: { value: 5 } } });
  await settle(20);
  world.requests[0].reply(503, "{}");
  await settle(20);
  expect(words(component)).toContain("评价没有记下");
  component.instance.choose({ currentTarget: { dataset: { value: 5 } } });
  await settle(20);
  expect(world.requests).toHaveLength(2);
});

test("findings show verdict, words and sources", async () => {
  const rows = [{ rule: "form", title: "组织形式", verdict: "problem", text: "结尾不合规定。", cites: [2, 7] }, { rule: "x", title: "重名", verdict: "unchecked", text: "请另查。", cites: [] }];
  const component = render("tool-findings", { rows, citations: [CITATION], notices: ["以登记机关审查为准。"], verdicts: true });
  await settle(20);
  expect(words(component)).toContain("组织形式结尾不合规定。《慈善法》第十条第一款");
  const fired = caught(component, "cite");
  component.querySelector(".link").dispatchEvent("tap");
  await settle(20);
  expect(fired).toEqual([{ citation: CITATION }]);
});

test("the notice is shown once, and declining is remembered", async () => {
  const first = render("consent-notice", {});
  await settle(20);
  expect(first.data.visible).toBe(true);
  const fired = caught(first, "chosen");
  first.instance.decline();
  first.instance.agree();
  await settle(20);
  expect(fired).toEqual([{ yes: false }]);
  expect(world.store.get("consent")).toBe("no");
  expect(render("consent-notice", {}).data.visible).toBe(false);
});

test("a turn in each of its states", async () => {
  const message = { message_id: "0".repeat(32), date: "2026-11-23", status: "answered", maker: "template", blocks: [{ kind: "paragraph", title: "", tone: "", items: [[sentence("要五十个。", 2)]] }], citations: [1, 2, 3, 4, 5, 6].map((n) => ({ ...CITATION, n })), followups: ["要多久？"], withheld: 1, clarify: null };
  const turn = { id: "t", question: "要多少会员？", state: "waiting", progress: "正在查找依据…", message: { blocks: [], citations: [], followups: [] }, problem: null, wait: 0, rating: 0 };
  const component = render("answer-turn", { turn });
  await settle(20);
  expect(words(component)).toContain("要多少会员？正在查找依据…");
  component.setData({ turn: { ...turn, state: "done", message } });
  await settle(20);
  for (const part of ["程序组成", "依据", "另有1句没有通过依据核对", "仅供参考，以登记机关答复为准"]) expect(words(component)).toContain(part);
  expect(component.querySelectorAll(".at-source")).toHaveLength(4);
  component.instance.unfold();
  await settle(20);
  expect(component.querySelectorAll(".at-source")).toHaveLength(6);
  component.instance.copy();
  expect(world.clipboard).toContain("问：要多少会员？");
  component.setData({ turn: { ...turn, state: "failed", wait: 7, problem: { status: 429, title: "提问太频繁了", detail: "请 7 秒后再试" } } });
  await settle(20);
  expect(words(component)).toContain("提问太频繁了请7秒后再试");
  const fired = caught(component, "again");
  component.instance.again();
  component.setData({ turn: { ...turn, state: "failed", wait: 0 } });
  component.instance.again();
  await settle(20);
  expect(fired).toEqual([{ id: "t" }]);
});

test("every component that is named exists, and no name is an HTML tag's", () => {
  const tags = new Set(["cite", "button", "input", "form", "table", "article", "section", "dialog", "details", "header", "footer", "main", "nav", "label"]);
  for (const [path, { usingComponents }] of parts()) for (const name of Object.keys(usingComponents)) expect(tags.has(name), `${path}: ${name}`).toBe(false);
});
