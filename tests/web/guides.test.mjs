// The guide browser and the checklist on paper.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SITE, focusOn, printed, shot, sound, visit } from "./browser.mjs";

test("guides are found by type and matter", async () => {
  const page = await visit("/guides.html");
  await page.waitForSelector(".matter");
  const { guides } = await (await fetch(`${SITE}/api/v1/guides`)).json();
  assert.equal(await page.locator(".matter li").count(), guides.length);
  await sound(page, "guides");
  await page.click(".choice:has-text('基金会')");
  const fitting = guides.filter(({ types }) => types.includes("基金会") || types.includes("全部"));
  assert.ok(fitting.length < guides.length);
  assert.deepEqual((await page.locator(".matter strong").allTextContents()).sort(), fitting.map(({ title }) => title).sort());
  await page.click(".matter a >> nth=0");
  await page.waitForSelector(".guide-section");
  await focusOn(page, /^h1/);
  await page.goBack();
  await page.waitForSelector(".matters");
});

test("a checklist is ticked, its sources open, and it prints with notice and sources", async () => {
  const page = await visit("/guides.html#shehui-tuanti-chengli");
  await page.waitForSelector(".ticks");
  await sound(page, "guide");
  const ticks = page.locator("[data-section=materials] .tick");
  await ticks.nth(1).click();
  assert.match(await page.textContent("[data-section=materials] .count"), /已备 1 \/ \d+/);
  await shot(page, "guide");
  await page.locator("[data-section=materials] .cite").first().click();
  await page.locator("dialog mark").first().waitFor();
  await sound(page, "guide article");
  await page.keyboard.press("Escape");
  assert.match(await page.textContent("[data-section=limits]"), /60 日.*本窗口承诺20 个工作日内/, "statutory and promised limits, apart");
  await printed(page, "打印清单", "checklist");
  assert.equal(await page.getAttribute("main", "data-print"), null, "the rest is there again after printing");
  await printed(page, "打印全文", "guide");
});

test("an unknown guide says so and leads back", async () => {
  const page = await visit("/guides.html#no-such-guide");
  await page.waitForSelector(".problem");
  assert.match(await page.textContent(".problem"), /没有这份指南/);
  await page.click("text=看全部指南");
  await page.waitForSelector(".matters");
});
