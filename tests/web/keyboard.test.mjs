// Without a mouse: skip link, question, source, rating, window, guides.

import assert from "node:assert/strict";
import { test } from "node:test";
import { answered, focused, focusOn, visit } from "./browser.mjs";

/** Presses a key until the focused element fits; gives up after a number of steps. */
async function until(page, key, fits, most = 60) {
  for (let step = 0; step < most; step++) {
    await page.keyboard.press(key);
    const now = await focused(page);
    const seen = await page.evaluate(() => { const box = document.activeElement.getBoundingClientRect(); return box.width > 0 && box.bottom > 0 && box.top < innerHeight; });
    assert.ok(seen, `the focus is out of sight: ${now}`);
    if (fits.test(now)) return now;
  }
  throw new Error(`${key} never reached ${fits}, last: ${await focused(page)}`);
}

test("ask, read a source, rate and reach the window by keys alone", async () => {
  const page = await visit();
  await page.keyboard.press("Tab");
  await focusOn(page, /^a\.skip/);
  await page.keyboard.press("Enter");
  await focusOn(page, /^textarea#question/);
  await page.keyboard.type("成立社会团体要准备哪些材料？");
  await page.keyboard.press("Enter");
  await answered(page);
  await until(page, "Shift+Tab", /^summary 评价/);
  await page.keyboard.press("Enter");
  await until(page, "Tab", /^input/);
  await page.keyboard.press("Space");
  await until(page, "Tab", /^button 提交评价/);
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.activeElement.textContent.includes("评价已收到"));
  await until(page, "Shift+Tab", /^button\.source/);
  const outlined = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.equal(outlined, "solid", "the focus can be seen");
  const source = await page.evaluate(() => [...document.querySelectorAll(".source")].indexOf(document.activeElement));
  await page.keyboard.press("Enter");
  await page.locator("dialog mark").first().waitFor();
  await focusOn(page, /^h2/);
  await until(page, "Tab", /^button 下一条|^button 上一条/);
  for (let step = 0; step < 12; step++) {
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest("dialog")), "the focus stays in the dialog");
  }
  await page.keyboard.press("Escape");
  await page.waitForFunction((index) => document.activeElement === document.querySelectorAll(".source")[index], source);
  await until(page, "Shift+Tab", /人工窗口/, 80);
  await page.keyboard.press("Enter");
  await page.waitForSelector("dialog .phone");
  await page.keyboard.press("Escape");
  await focusOn(page, /人工窗口/);
});

test("scroll keys move the page before anything has the focus", async () => {
  const page = await visit("/guides.html#shehui-tuanti-chengli");
  await page.waitForSelector(".ticks");
  const top = () => page.evaluate(() => document.querySelector(".scroller").scrollTop);
  assert.equal(await top(), 0);
  await page.keyboard.press("PageDown");
  await page.waitForFunction(() => document.querySelector(".scroller").scrollTop > 200);
  await page.keyboard.press("Home");
  await page.waitForFunction(() => document.querySelector(".scroller").scrollTop === 0);
});

test("a guide is chosen and ticked by keys alone", async () => {
  const page = await visit("/guides.html");
  await page.waitForSelector(".matters");
  await until(page, "Tab", /^input/);
  for (let step = 0; step < 10 && await page.evaluate(() => document.activeElement.value) !== "社会团体"; step++) await page.keyboard.press("ArrowRight");
  await until(page, "Tab", /^a 社会团体成立登记/);
  await page.keyboard.press("Enter");
  await page.waitForSelector(".ticks");
  await focusOn(page, /^h1/);
  await until(page, "Tab", /^input/);
  await page.keyboard.press("Space");
  assert.match(await page.locator(".count").first().textContent(), /已备 1 \//);
});
