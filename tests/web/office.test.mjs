// 人工窗口: the card from everywhere, and a message that becomes a ticket.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SITE, answered, ask, focusOn, sound, visit } from "./browser.mjs";

test("the window is one click away on every page", async () => {
  for (const where of ["/", "/guides.html", "/tools.html", "/privacy.html", "/embed.html"]) {
    const page = await visit(where);
    await page.click("[data-office]");
    await page.waitForSelector("dialog .phone");
    const card = await page.textContent("dialog .facts");
    for (const fact of ["示范市幸福路 1 号", "13:30–17:00", "010-00001234", "010-00009999", "12345"]) assert.ok(card.includes(fact), `${where} ${fact}`);
    assert.equal(await page.getAttribute("dialog .phone >> nth=0", "href"), "tel:01000001234");
    const map = new URL(await page.getAttribute("dialog a:has-text('在地图上看')", "href"));
    assert.match(map.searchParams.get("keyword"), /幸福路 1 号/);
    assert.equal(await page.getAttribute("dialog a:has-text('example.gov.cn')", "href"), "https://www.example.gov.cn/shzz");
    await sound(page, `office ${where}`);
    await page.click("dialog .dialog-head button");
    await focusOn(page, /人工窗口/);
    await page.context().close();
  }
});

test("a message left after a refusal becomes a ticket with the answer attached, and can be taken back", async () => {
  const page = await visit();
  await ask(page, "今天天气怎么样");
  const turn = await answered(page);
  await turn.locator("text=人工窗口").click();
  await page.click("dialog summary:has-text('给窗口留言')");
  await page.click("text=提交留言");
  await focusOn(page, /^textarea/);
  await page.fill("dialog [name=text]", "我的材料退回来了，证件 11010519491231002X，请告诉我缺什么");
  await page.fill("dialog [name=contact]", "微信同号");
  await page.click("text=提交留言");
  await page.waitForSelector("dialog [name=contact][aria-invalid=true]");
  assert.match(await page.textContent("dialog .hint"), /电话号码或邮箱/);
  await sound(page, "message refused");
  await page.fill("dialog [name=contact]", "010-6512 3456");
  await page.fill("dialog [name=name]", "王女士");
  const sent = page.waitForRequest((request) => request.url().endsWith("/api/v1/tickets"));
  await page.click("text=提交留言");
  const body = (await sent).postDataJSON();
  assert.match(body.message_id, /^[0-9a-f]{32}$/);
  assert.doesNotMatch(body.text, /11010519491231002X/);
  await page.waitForSelector("text=撤回留言");
  await focusOn(page, /留言已收到，编号 \d{8}-\d{6}/);
  await sound(page, "message kept");
  await page.click("text=撤回留言");
  await page.waitForSelector("text=内容和联系方式都已删除");
  await page.keyboard.press("Escape");
  assert.equal((await fetch(`${SITE}/api/v1/messages/${body.message_id}`)).status, 200);
});
