// From a question to a checked source and a rating, with the mouse.

import assert from "node:assert/strict";
import { test } from "node:test";
import { line } from "./line.mjs";
import { SITE, answered, ask, comes, flashes, focusOn, printed, shot, sound, visit } from "./browser.mjs";

const MATERIALS = "成立社会团体要准备哪些材料？";

const stored = async (page) => (await page.evaluate(() => JSON.parse(localStorage.getItem("shezu.history") ?? "null")));

test("a question streams into blocks, and its source opens with the quote marked", async () => {
  // A held line shows what a fast one hides: the states between.
  const pace = { hold: 1 };
  const page = await visit("/", { site: await line(pace) });
  await sound(page, "empty");
  await ask(page, MATERIALS);
  await page.waitForSelector("#log[aria-busy=true] .progress");
  pace.hold = 3;
  await page.waitForSelector(".block");
  assert.equal(await page.getAttribute("#log", "aria-busy"), "true", "blocks appear before the answer is whole");
  assert.equal(await page.isVisible("[data-stop]"), true);
  await sound(page, "streaming");
  pace.hold = undefined;
  const turn = await answered(page);
  assert.match(await turn.locator(".label").textContent(), /程序组成.*仅供参考，以登记机关答复为准/);
  assert.ok(await turn.locator(".block").count() >= 2);
  assert.match(await page.textContent("#status"), /回答完成，引用 \d+ 条依据/);
  await focusOn(page, /^textarea#question/);
  await page.evaluate(() => { document.querySelector(".scroller").scrollTop = 0; });
  await sound(page, "answer");
  await shot(page, "answer");

  const cite = turn.locator(".cite[aria-label*='社会团体登记管理条例']").first();
  await cite.click();
  const mark = page.locator("dialog mark");
  await mark.first().waitFor();
  const citation = await cite.getAttribute("aria-label");
  assert.match(await page.textContent("dialog h2"), /《社会团体登记管理条例》第.+条/);
  assert.ok(citation.includes((await page.textContent("dialog h2")).match(/第.+条/)[0]));
  const facts = await page.textContent("dialog .facts");
  for (const fact of ["状态", "2016-02-06 文本", "施行日期"]) assert.ok(facts.includes(fact), fact);
  await sound(page, "article");
  await shot(page, "article");
  const before = await page.textContent("dialog h2");
  await page.click("dialog button:has-text('下一条')");
  await page.waitForFunction((words) => document.querySelector("dialog h2").textContent !== words && document.querySelector("dialog .law"), before);
  await page.keyboard.press("Escape");
  await comes(() => cite.evaluate((node) => node === document.activeElement), true, "the focus is back on the number");
});

test("a quote is marked in an imported text, also where it runs over a line's end", async () => {
  const page = await visit();
  await ask(page, "棋社收藏的棋谱目录什么时候抄送登记机关？");
  const turn = await answered(page);
  await turn.locator(".source").first().click();
  await page.locator("dialog mark").first().waitFor();
  assert.equal(await page.textContent("dialog .law h3"), "原文");
  const marked = (await page.locator("dialog mark").allTextContents()).join("");
  const { quote } = await page.evaluate(() => JSON.parse(localStorage.getItem("shezu.history"))[0].turns[0].message.citations[0]);
  assert.ok(quote.length > 20);
  assert.equal(marked.replace(/\s/g, ""), quote.replace(/\s/g, ""));
  assert.match(await page.textContent("dialog .dialog-body"), /底纹标出的是回答引用的部分/);
  await page.click("dialog .dialog-head button");
  await focusOn(page, /^button\.source/);
});

test("an answer can be rated with reasons, copied with its sources and printed", async () => {
  const page = await visit("/", { permissions: ["clipboard-read", "clipboard-write"] });
  await ask(page, "设立基金会的原始基金最低多少？");
  const turn = await answered(page);
  await turn.locator(".feedback summary").click();
  await turn.locator("text=提交评价").click();
  await turn.locator(".feedback [role=status]:has-text('请先选')").waitFor();
  assert.equal(await turn.locator("fieldset:has-text('哪里不好')").isVisible(), false);
  await turn.locator(".choice:has-text('不满意')").first().click();
  for (const reason of ["过时", "引用不对", "没答到", "看不懂", "材料不对"]) assert.equal(await turn.locator(`.choice:has-text('${reason}')`).isVisible(), true);
  await turn.locator(".choice:has-text('没答到')").click();
  await turn.locator("textarea[name=text]").fill("没有写清楚");
  await sound(page, "rating");
  const sent = page.waitForRequest((request) => request.url().endsWith("/api/v1/feedback"));
  const kept = page.waitForResponse((response) => response.url().endsWith("/api/v1/feedback"));
  await turn.locator("text=提交评价").click();
  const { message_id: id, ...rating } = (await sent).postDataJSON();
  assert.match(id, /^[0-9a-f]{32}$/);
  assert.deepEqual(rating, { rating: 2, reasons: ["没答到"], text: "没有写清楚" });
  assert.equal((await kept).status(), 201);
  await focusOn(page, /评价已收到/);

  const said = flashes(page, "已复制");
  await turn.locator("text=复制（带依据）").click();
  await said;
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^问：设立基金会的原始基金最低多少？/);
  assert.match(copied, /\[1\] 《基金会管理条例》第八条/);
  assert.match(copied, /本回答由程序根据法规条文组成，仅供参考，以登记机关答复为准/);
  await printed(page, "打印", "answer");
});

test("clarifying buttons, follow-ups and asking again carry the conversation on", async () => {
  const page = await visit();
  await ask(page, "怎么注销");
  let turn = await answered(page);
  await sound(page, "clarify");
  const next = page.waitForRequest((request) => request.url().endsWith("/api/v1/chat"));
  await turn.locator(".clarify button:has-text('基金会')").click();
  const body = (await next).postDataJSON();
  assert.equal(body.question, "基金会怎么注销");
  assert.deepEqual(body.history, ["怎么注销"]);
  assert.match(body.conversation_id, /^[0-9a-f]{32}$/);
  turn = await answered(page);
  await turn.locator(".source").first().waitFor();
  const follow = turn.locator(".followups button").first();
  const question = await follow.textContent();
  await follow.click();
  await page.waitForFunction((words) => document.querySelector(".turn:last-child .asked").textContent.endsWith(words), question);
  turn = await answered(page);
  const count = await page.locator(".turn").count();
  await turn.locator("text=重新回答").click();
  await answered(page);
  assert.equal(await page.locator(".turn").count(), count, "asked again in its place");
});

test("earlier conversations open again and are deleted here and on the server", async () => {
  const page = await visit();
  await ask(page, MATERIALS);
  await answered(page);
  await page.click("[data-new]");
  assert.equal(await page.isVisible("#empty"), true);
  await ask(page, "设立基金会的原始基金最低多少？");
  await answered(page);
  const kept = await stored(page);
  assert.deepEqual(kept.map(({ title }) => title), ["设立基金会的原始基金最低多少？", MATERIALS]);
  await page.reload();
  await page.click(`#records button:has-text('${MATERIALS}')`);
  await page.waitForSelector(".turn .source");
  assert.equal(await page.getAttribute("#records [aria-current]", "aria-current"), "true");
  await page.click("text=删除我的记录");
  await sound(page, "delete");
  await page.click("text=全部删除");
  await page.waitForSelector("dialog[open]", { state: "detached" });
  assert.deepEqual(await stored(page), []);
  await focusOn(page, /^textarea#question/);
  for (const { turns: [{ message }] } of kept) assert.equal((await fetch(`${SITE}/api/v1/messages/${message.message_id}`)).status, 404);
});

test("an answer that was being made when the page closed is read on from the server", async () => {
  const page = await visit("/", { site: await line({ hold: 1 }) });
  await ask(page, MATERIALS);
  await page.waitForFunction(() => JSON.parse(localStorage.getItem("shezu.history"))?.[0].turns[0].pending);
  await page.reload();
  await page.click(`#records button:has-text('${MATERIALS}')`);
  const turn = await answered(page);
  await turn.locator(".source").first().waitFor();
  const [{ turns: [{ message, pending }] }] = await stored(page);
  assert.equal(pending, undefined);
  assert.equal(await turn.locator(".block").count(), message.blocks.length);
});
