// Narrow, large, dark, low: every page in every dress.

import assert from "node:assert/strict";
import { test } from "node:test";
import { answered, ask, shot, sound, targets, visit } from "./browser.mjs";

const PHONE = { viewport: { width: 320, height: 640 }, hasTouch: true };
const PAGES = ["/guides.html", "/guides.html#shehui-tuanti-chengli", "/guides.html#no-such-guide", "/tools.html", "/privacy.html", "/embed.html"];

const settled = (page) => page.waitForFunction(() => !document.querySelector("main[aria-busy]") && document.querySelector("main").textContent.trim().length > 20);

test("320 px: the conversation, a table, the article and the records fit", async () => {
  const page = await visit("/", PHONE);
  await sound(page, "320 empty");
  await targets(page, 44);
  for (const question of ["成立社会团体要准备哪些材料？", "社会团体和基金会有什么区别"]) {
    await ask(page, question);
    await answered(page);
    await sound(page, `320 ${question}`);
  }
  await page.locator(".cite").first().click();
  await page.locator("dialog mark").first().waitFor();
  await sound(page, "320 article");
  await page.keyboard.press("Escape");
  await page.evaluate(() => { document.querySelector(".scroller").scrollTop = 0; });
  await page.click("[data-open]");
  await sound(page, "320 records");
});

test("长辈版: 20 px, 60 px targets, kept on this device", async () => {
  const page = await visit("/", PHONE);
  await page.click(".nav [data-elder]");
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".empty > p")).fontSize), "20px");
  assert.ok(await page.evaluate(() => { const style = getComputedStyle(document.body); return parseFloat(style.lineHeight) / parseFloat(style.fontSize); }) >= 1.5);
  await sound(page, "elder empty");
  await targets(page, 60);
  await page.reload();
  assert.equal(await page.getAttribute(".nav [data-elder]", "aria-pressed"), "true");
  await ask(page, "成立社会团体要准备哪些材料？");
  const turn = await answered(page);
  await sound(page, "elder answer");
  await targets(page, 60);
  await shot(page, "elder");
  await turn.locator(".cite").first().click();
  await page.locator("dialog mark").first().waitFor();
  await sound(page, "elder article");
  await page.keyboard.press("Escape");
  await page.click("[data-office]");
  await page.waitForSelector("dialog .phone");
  await page.click("dialog .leave summary");
  await sound(page, "elder office");
  await targets(page, 60);
});

for (const dress of [{ name: "320 px", ...PHONE }, { name: "dark", colorScheme: "dark" }]) {
  test(`every page, ${dress.name}`, async () => {
    const { name, ...options } = dress;
    for (const where of PAGES) {
      const page = await visit(where, options);
      await settled(page);
      await sound(page, `${name} ${where}`);
      if (name === "320 px") {
        await targets(page, 44);
        await page.evaluate(() => { localStorage.setItem("shezu.elder", "true"); });
        await page.reload();
        await settled(page);
        await sound(page, `elder 320 px ${where}`);
        await targets(page, 60);
      }
      await page.context().close();
    }
  });
}

test("dark: follows the system, can be switched, and every state keeps its contrast", async () => {
  const page = await visit("/", { colorScheme: "dark" });
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  assert.equal(await theme(), "dark");
  await page.click("[data-theme-toggle]");
  assert.equal(await theme(), "light");
  await page.reload();
  assert.equal(await theme(), "light");
  await page.click("[data-theme-toggle]");
  assert.equal(await theme(), "dark");
  for (const question of ["成立社会团体要准备哪些材料？", "怎么注销", "今天天气怎么样"]) {
    await ask(page, question);
    await answered(page);
    await sound(page, `dark ${question}`);
  }
  await page.locator(".cite").first().click();
  await page.locator("dialog mark").first().waitFor();
  await sound(page, "dark article");
  await page.keyboard.press("Escape");
  await page.click("[data-office]");
  await page.waitForSelector("dialog .phone");
  await page.click("dialog .leave summary");
  await sound(page, "dark office");
});

test("a low window (400 % zoom) gives the whole page to what is read", async () => {
  const page = await visit("/", { viewport: { width: 320, height: 256 } });
  await ask(page, "怎么注销");
  const turn = await answered(page);
  await turn.locator(".clarify button").first().scrollIntoViewIfNeeded();
  await sound(page, "320 × 256");
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".scroller")).overflowY), "visible");
});

test("motion is still where the system asks for it", async () => {
  const page = await visit("/", { reducedMotion: "reduce" });
  await page.route("**/api/v1/chat", () => {});
  await ask(page, "怎么注销");
  await page.waitForSelector(".progress");
  assert.deepEqual(await page.evaluate(() => document.getAnimations().length), 0);
});
