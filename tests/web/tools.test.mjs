// The tools as forms: every one gives findings whose sources open.

import assert from "node:assert/strict";
import { test } from "node:test";
import { focusOn, printed, shot, sound, visit } from "./browser.mjs";

async function opens(page) {
  await page.locator(".findings .cite").first().click();
  await page.locator("dialog mark, dialog .law").first().waitFor();
  await page.keyboard.press("Escape");
  await focusOn(page, /^button\.cite/);
}

test("a name is checked rule by rule", async () => {
  const page = await visit("/tools.html");
  await page.click("button:has-text('核对名称')");
  assert.match(await page.textContent("form .hint"), /请先写下拟用的名称/);
  await focusOn(page, /^input\.field/);
  await page.fill("[name=name]", "中国宁波市阳光养老服务协会");
  await page.fill("[name=region]", "不存在的地方");
  await page.click("button:has-text('核对名称')");
  await page.waitForSelector("[name=region][aria-invalid=true]");
  assert.match(await page.textContent("form .hint"), /不认识地区/);
  await sound(page, "name refused");
  await page.fill("[name=region]", "浙江省宁波市");
  await page.click("button:has-text('核对名称')");
  await page.waitForSelector(".findings");
  await focusOn(page, /^h2 不符合中国宁波市阳光养老服务协会/);
  assert.match(await page.locator(".findings li").first().textContent(), /不符合冠“中国”/);
  await sound(page, "name result");
  await shot(page, "tools");
  await opens(page);
  await page.click(".choice:has-text('分支')");
  assert.equal(await page.isVisible("[name=parent]"), true);
});

test("a last day is reckoned with its working", async () => {
  const page = await visit("/tools.html#deadline");
  await page.waitForSelector("optgroup", { state: "attached" });
  await page.selectOption("[name=type]", "社会团体");
  await page.selectOption("[name=event]", "shetuan-decide");
  await page.fill("[name=start]", "2026-03-03");
  await page.click("button:has-text('推算最后一天')");
  await page.waitForSelector(".findings");
  await focusOn(page, /^h2 最后一天：2026年5月6日（周三）/);
  const working = await page.textContent(".findings");
  for (const step of ["60 日", "当天不算", "劳动节假期", "顺延"]) assert.ok(working.includes(step), step);
  await sound(page, "deadline result");
  await opens(page);
  await printed(page, "打印结果", "deadline");
  await page.fill("[name=start]", "2026-11-02");
  await page.click("button:has-text('推算最后一天')");
  await page.waitForFunction(() => document.querySelector(".answer h2").textContent.includes("不能断定"));
});

test("a few answers tell which type fits and what is missing", async () => {
  const page = await visit("/tools.html#eligibility");
  await page.waitForSelector("[data-field=purpose]");
  await page.click("button:has-text('看看适合')");
  assert.match(await page.textContent("form .hint"), /请先选主要想做什么/);
  assert.equal(await page.isVisible("[name=people]"), false);
  await page.click("[data-field=purpose] .choice >> nth=0");
  assert.equal(await page.isVisible("[name=people]"), true);
  assert.equal(await page.isVisible("[name=directors]"), false);
  await page.fill("[name=people]", "20");
  await page.click("[data-field=premises] .choice:has-text('是')");
  const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/tools/eligibility"));
  await page.click("button:has-text('看看适合')");
  assert.deepEqual((await sent).postDataJSON(), { purpose: "members", people: 20, premises: true });
  await page.waitForSelector(".findings");
  await focusOn(page, /^h2 最接近的是：社会团体/);
  assert.match(await page.textContent(".fit[open]"), /不符合会员数量.*50 个.*现有个人会员 20 个/);
  await sound(page, "eligibility result");
  await opens(page);
});

test("a charter draft is checked clause by clause, pasted or as a file", async () => {
  const page = await visit("/tools.html#charter");
  await page.waitForSelector("[name=text]");
  await page.click("button:has-text('核对章程')");
  assert.match(await page.textContent("form .hint"), /请选择章程文件/);
  const draft = `第一条 本会名称是晴空风筝协会。住所在宁波市。\n第二条 本会的宗旨是推广风筝运动，业务范围是比赛和培训，活动地域是宁波市。\n${"第三条 会员自愿入会，有选举权和表决权，应当交纳会费。\n".repeat(3)}`;
  await page.fill("[name=text]", "太短");
  await page.click("button:has-text('核对章程')");
  await page.waitForSelector("[name=text][aria-invalid=true]");
  await page.fill("[name=text]", draft);
  await page.click("button:has-text('核对章程')");
  await page.waitForSelector(".findings");
  await focusOn(page, /^h2 不符合社会团体章程/);
  await sound(page, "charter result");
  await opens(page);
  await page.fill("[name=text]", "");
  await page.setInputFiles("[name=file]", { name: "章程.txt", mimeType: "text/plain", buffer: Buffer.from(draft, "utf-8") });
  await page.click("button:has-text('核对章程')");
  await page.waitForFunction(() => document.activeElement?.tagName === "H2");
  await page.setInputFiles("[name=file]", { name: "章程.exe", mimeType: "application/octet-stream", buffer: Buffer.from("MZ") });
  await page.click("button:has-text('核对章程')");
  await page.waitForSelector("[name=file][aria-invalid=true]");
});

test("the tools are reached by their tabs, and one that is not reached says so", async () => {
  const page = await visit("/tools.html");
  await page.route("**/api/v1/tools/deadlines", (route) => route.abort());
  await page.click(".tabs a:has-text('期限推算')");
  await page.waitForSelector(".problem");
  assert.match(await page.textContent(".problem"), /没有连上服务/);
  await sound(page, "tool not reached");
  await page.unroute("**/api/v1/tools/deadlines");
  await page.click("text=再试一次 >> nth=-1");
  await page.waitForSelector("form");
  assert.equal(await page.textContent(".tabs [aria-current]"), "期限推算");
});
