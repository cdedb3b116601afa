// What goes otherwise: first visit, declined, refused, stopped, cut, offline, too many, too long, personal numbers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { line } from "./line.mjs";
import { SITE, answered, ask, focusOn, shot, sound, visit } from "./browser.mjs";

const MATERIALS = "成立社会团体要准备哪些材料？";

test("the first visit shows how data is treated; declining keeps nothing and the page still answers", async () => {
  const page = await visit("/", { consent: null });
  await page.waitForSelector("dialog[open]");
  await page.waitForFunction(() => document.querySelector("dialog").textContent.includes("示范市社会组织登记窗口"));
  await sound(page, "consent");
  await page.click("text=不保存，直接使用");
  await focusOn(page, /^textarea#question/);
  await ask(page, MATERIALS);
  await answered(page);
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), ["shezu.consent"]);
  assert.equal(await page.getAttribute(".switch", "aria-pressed"), "false");
  await page.reload();
  assert.equal(await page.isVisible("dialog[open]"), false, "not asked twice");
  assert.equal(await page.locator("#records li").count(), 0);
  await page.click(".switch");
  await ask(page, MATERIALS);
  await answered(page);
  assert.equal(await page.evaluate(() => JSON.parse(localStorage.getItem("shezu.history")).length), 1, "agreed later");
  await page.click(".switch");
  assert.equal(await page.evaluate(() => localStorage.getItem("shezu.history")), null, "taken back");
});

test("a question outside the matter is refused with three ways out", async () => {
  const page = await visit();
  await ask(page, "今天天气怎么样");
  const turn = await answered(page);
  assert.equal(await turn.locator(".answer.refused").count(), 1);
  assert.deepEqual(await turn.locator(".ways > *").allTextContents(), ["换个问法", "人工窗口", "拨打 12345"]);
  await sound(page, "refused");
  await turn.locator("text=换个问法").click();
  assert.equal(await page.inputValue("#question"), "今天天气怎么样");
  await focusOn(page, /^textarea#question/);
});

test("a stopped answer says that it is incomplete and can be asked again", async () => {
  const pace = { hold: 3 };
  const page = await visit("/", { site: await line(pace) });
  await ask(page, MATERIALS);
  await page.waitForSelector(".block");
  await page.click("text=停止");
  const turn = await answered(page);
  assert.match(await turn.locator(".problem").textContent(), /已停止.*不完整/);
  await focusOn(page, /^textarea#question/);
  await sound(page, "stopped");
  pace.hold = undefined;
  await turn.getByRole("button", { name: "再试一次" }).click();
  await answered(page);
  await turn.locator(".source").first().waitFor();
  assert.equal(await page.locator(".turn").count(), 1);
});

test("a broken line is taken up after the last event that arrived", async () => {
  const pace = { hold: 3, cut: 3 };
  const page = await visit("/", { site: await line(pace) });
  const resumed = page.waitForRequest((request) => request.url().includes("/events?after="));
  await ask(page, MATERIALS);
  // What arrived and was not read yet is lost with the line: it breaks once the third event, the first block, is shown.
  await page.waitForSelector(".block");
  pace.hold = undefined;
  assert.match((await resumed).url(), /\/messages\/[0-9a-f]{32}\/events\?after=3$/);
  const turn = await answered(page);
  await turn.locator(".source").first().waitFor();
  const [{ turns: [{ message }] }] = await page.evaluate(() => JSON.parse(localStorage.getItem("shezu.history")));
  const whole = await (await fetch(`${SITE}/api/v1/messages/${message.message_id}`)).json();
  assert.deepEqual(message.blocks, whole.blocks);
  assert.equal(await turn.locator(".block").count(), whole.blocks.length, "nothing twice, nothing missing");
});

test("a line that breaks before the first event asks again under the same key and is answered once", async () => {
  const page = await visit("/", { site: await line({ cut: 0 }) });
  const keys = [];
  page.on("request", (request) => { if (request.url().endsWith("/api/v1/chat")) keys.push(request.headers()["idempotency-key"]); });
  await ask(page, MATERIALS);
  const turn = await answered(page);
  await turn.locator(".source").first().waitFor();
  assert.equal(keys.length, 2);
  assert.match(keys[0], /^[0-9a-f]{32}$/);
  assert.equal(keys[0], keys[1]);
});

test("offline: what is there stays readable, and asking says what to do", async () => {
  const page = await visit("/", { colorScheme: "dark" });
  await ask(page, "设立基金会的原始基金最低多少？");
  await answered(page);
  await page.context().setOffline(true);
  await page.waitForSelector("[data-offline]:not([hidden])");
  await ask(page, MATERIALS);
  const turn = await answered(page);
  assert.match(await turn.locator(".problem").textContent(), /没有连上服务/);
  await page.evaluate(() => { document.querySelector(".scroller").scrollTop = 0; });
  await sound(page, "offline");
  await turn.locator(".problem").scrollIntoViewIfNeeded();
  await shot(page, "offline");
  await page.context().setOffline(false);
  await page.waitForSelector("[data-offline]", { state: "hidden" });
  await turn.getByRole("button", { name: "再试一次" }).click();
  await answered(page);
  await turn.locator(".source").first().waitFor();
});

test("the server failing shows a problem with a way to people", async () => {
  const page = await visit();
  await page.route("**/api/v1/chat", (route) => route.fulfill({ status: 503, contentType: "application/problem+json", body: JSON.stringify({ title: "暂时不能服务", status: 503, detail: "请稍后再试" }) }));
  await ask(page, MATERIALS);
  const turn = await answered(page);
  assert.match(await turn.locator(".problem").textContent(), /暂时不能服务.*再试一次.*人工窗口/);
  await sound(page, "503");
});

test("the question box: length, empty, composition, new lines, personal numbers", async () => {
  const page = await visit();
  const hint = () => page.textContent("#hint");
  await page.fill("#question", "长".repeat(2001));
  await page.press("#question", "Enter");
  assert.match(await hint(), /2001 字，一次最多 2000 字/);
  await page.fill("#question", "");
  await page.press("#question", "Enter");
  assert.match(await hint(), /请先写下/);
  await page.fill("#question", "组词");
  await page.evaluate(() => document.querySelector("#question").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true })));
  await page.press("#question", "Shift+Enter");
  assert.equal(await page.inputValue("#question"), "组词\n");
  assert.equal(await page.locator(".turn").count(), 0);
  await page.fill("#question", "我的号是 13812345678，证件 11010519491231002X，怎么成立基金会");
  assert.match(await hint(), /身份证号、手机号/);
  const sent = page.waitForRequest((request) => request.url().endsWith("/api/v1/chat"));
  await page.press("#question", "Enter");
  assert.doesNotMatch((await sent).postData(), /\d{11}/);
  await answered(page);
  assert.doesNotMatch(await page.evaluate(() => JSON.stringify(localStorage)), /13812345678|11010519491231002X/);
});
