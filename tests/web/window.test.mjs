// The window clerk: look-up by keys, three panes, cross-references, editions, notices with their numbers, approved answers.

import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { OUT, comes, focusOn, shot, sound } from "./browser.mjs";
import { atWork, fits } from "./console.mjs";

const LOOKUP = "/console/lookup.html";
const ASK = "/console/ask.html";

/** The look-up page, ready for typing. */
async function desk(options) {
  const page = await atWork("clerk-1", LOOKUP, options);
  await focusOn(page, /#q/);
  return page;
}

/** Presses keys and counts them; what is typed into a field is counted apart. */
function hands(page) {
  const count = { keys: 0, letters: 0 };
  return { count,
    press: async (key) => { count.keys += 1; await page.keyboard.press(key); },
    type: async (words) => { count.letters += words.length; await page.keyboard.type(words); } };
}

/** No print dialog opens without a screen: what is asked for is noted instead, in this page and in its frames. */
const noPrinter = (page) => page.context().addInitScript(() => { globalThis.print = () => { (parent ?? globalThis).printed = (parent.printed ?? 0) + 1; }; });

async function look(page, words) {
  await page.fill("#q", words);
  await page.waitForFunction(() => /找到|没有/.test(document.querySelector("#found h2").textContent) && document.querySelector("#hit-0"));
}

async function open(page, words) {
  await look(page, words);
  await page.press("#q", "Enter");
  await page.waitForSelector("#read .acts");
}

test("the materials for a foundation's new legal representative are found and the notice printed in under ten key presses", async (t) => {
  const page = await desk();
  await noPrinter(page);
  await page.reload();
  await focusOn(page, /#q/);
  const { press, type, count } = hands(page);
  await press("/");
  await type("基金会变更法定代表人");
  await press("Enter");
  await page.waitForSelector("#read .acts");
  assert.match(await page.textContent("#read"), /财务审计报告（换法定代表人）/);
  assert.doesNotMatch(await page.textContent("#read [data-section=materials]"), /新住所证明/);
  await press("p");
  await focusOn(page, /^input.*/);
  await type("某某基金会");
  await press("ArrowDown");
  await press("Space");
  await press("Enter");
  await press("Enter");
  await page.waitForFunction(() => /已出具 〔2026〕\d{4}号。/.test(document.querySelector("dialog[open]")?.textContent ?? ""));
  await comes(() => page.evaluate(() => globalThis.printed), 1, "the notice went to the printer");
  t.diagnostic(`${count.keys} key presses besides ${count.letters} typed characters: ${count.keys + count.letters} in all; Enter in the system's print dialog would be one more`);
  assert.ok(count.keys + 1 < 10, `${count.keys} key presses and one for the print dialog`);
  const paper = await page.context().newPage();
  await paper.goto(await page.getAttribute(".slip", "src").then((where) => new URL(where, page.url()).href));
  await paper.pdf({ path: path.join(OUT, "notice.pdf"), preferCSSPageSize: true });
});

test("as one types, results come; arrows choose, Enter opens, and the source stands beside", async () => {
  const page = await desk();
  await fits(page);
  await sound(page, "desk");
  await look(page, "基金会变更法定代表人");
  await sound(page, "results");
  assert.equal(await page.getAttribute("#q", "aria-activedescendant"), "hit-0");
  await page.press("#q", "ArrowDown");
  assert.equal(await page.getAttribute("#q", "aria-activedescendant"), "hit-1");
  await page.press("#q", "ArrowUp");
  await page.press("#q", "Enter");
  await focusOn(page, /^h2 基金会变更登记/);
  await sound(page, "guide");
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction(() => document.querySelector("#read").scrollTop > 0);
  assert.equal(await page.getAttribute("#q", "aria-activedescendant"), "hit-0", "where one reads, arrows scroll");
  await page.keyboard.press("1");
  await page.keyboard.press("ArrowDown");
  assert.equal(await page.getAttribute("#q", "aria-activedescendant"), "hit-1");
  await page.keyboard.press("2");
  await shot(page, "console-lookup");
  await page.click("#read .goes >> nth=0");
  await page.waitForFunction(() => document.activeElement.closest("#beside [aria-current]")?.textContent.startsWith("[1]"));
  await page.keyboard.press("Enter");
  await page.waitForSelector("#read .head h2:has-text('《')");
  await sound(page, "article");
  await page.keyboard.press("]");
  await page.goBack();
  await page.waitForSelector("#read .acts");
});

test("typed faster than answered, Enter opens what was typed", async () => {
  const page = await desk();
  await page.keyboard.type("基金会管理条例15");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#read h2:has-text('《基金会管理条例》第十五条')");
});

test("pinyin initials and filters narrow the results", async () => {
  const page = await desk();
  await look(page, "jjhbg");
  assert.match(await page.textContent("#hit-0"), /基金会变更登记/);
  await page.selectOption("[name=rank]", "办事指南");
  await page.fill("#q", "注销");
  await page.waitForFunction(() => document.querySelectorAll(".hit").length && [...document.querySelectorAll(".hit > .tag:first-child")].every((tag) => tag.textContent === "指南"));
});

test("cross-references lead both ways", async () => {
  const page = await desk();
  await open(page, "基金会管理条例15");
  await page.click("#beside button:has-text('基金会变更登记')");
  await page.waitForSelector("#read h2:has-text('基金会变更登记')");
  await page.click("#beside button:has-text('第十五条') >> nth=0");
  await page.waitForSelector("#read h2:has-text('《基金会管理条例》第十五条')");
});

test("what cannot be compared says why, and keys and help close with Escape", async () => {
  const page = await desk();
  await open(page, "基金会管理条例15");
  await page.keyboard.press("e");
  assert.match(await page.textContent("dialog[open]"), /要有两个已导入的文本/);
  await page.keyboard.press("Escape");
  await page.keyboard.press("?");
  await page.waitForSelector("dialog[open] .keys caption");
  await sound(page, "keys");
  await page.keyboard.press("Escape");
});

test("single letters can be turned off", async () => {
  const page = await desk();
  await open(page, "基金会变更登记");
  await page.keyboard.press("?");
  await page.check("dialog[open] input[type=checkbox]");
  await page.keyboard.press("Escape");
  await page.focus("#read h2");
  await page.keyboard.press("p");
  // Another key's work is done in the same way and later: what the letter would have opened would be there by now.
  await page.keyboard.press("?");
  await page.waitForSelector("dialog[open] .keys");
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog[open]", { state: "detached" });
  assert.equal(await page.locator("dialog[open]").count(), 0);
});

test("what was opened and pinned is there again", async () => {
  const page = await desk();
  await open(page, "社会团体成立登记");
  await page.keyboard.press("s");
  await page.waitForSelector("#said:has-text('已收藏')");
  await page.goto(new URL(LOOKUP, page.url()).href);
  await page.waitForSelector("#found [aria-label=收藏] .hit:has-text('社会团体成立登记')");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#read h2:has-text('社会团体成立登记')");
});

test("a copy says where it comes from", async () => {
  const page = await desk({ permissions: ["clipboard-read", "clipboard-write"] });
  await open(page, "基金会管理条例15");
  await page.keyboard.press("c");
  await page.waitForSelector("#said:has-text('已复制')");
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(copied, /^《基金会管理条例》第十五条（2004-03-08 文本，/);
  assert.match(copied, /由程序检索得出.*以登记机关要求和官方文本为准/);
});

test("notices are listed, printed again and told apart by their prints", async () => {
  const page = await desk();
  await noPrinter(page);
  await page.reload();
  await open(page, "社会团体注销");
  await page.keyboard.press("p");
  await sound(page, "notice form");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => /已出具/.test(document.querySelector("dialog[open]")?.textContent ?? ""));
  await sound(page, "issued");
  await page.waitForFunction(() => globalThis.printed === 1);
  await page.goto(new URL("/console/notices.html", page.url()).href);
  await page.waitForSelector("td:has-text('办理材料一次性告知单')");
  await sound(page, "notices");
  const before = await page.locator("tbody tr").count();
  await page.locator("tr:has-text('注销') button:has-text('打印')").first().click();
  await page.waitForSelector("#said:has-text('已送打印机')");
  await page.locator("tr:has-text('注销') button:has-text('记录')").first().click();
  await page.waitForFunction(() => document.querySelectorAll("dialog[open] tbody tr").length === 2);
  await sound(page, "prints");
  assert.ok(before >= 1);
});

test("an answer comes with its articles first; approved, it is offered first; corrected, its figures are checked", async () => {
  const page = await atWork("clerk-1", ASK);
  await focusOn(page, /#question/);
  await page.keyboard.type("设立基金会的原始基金最低多少？");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#log .answer");
  assert.equal(await page.locator("#log .answer h3").first().textContent(), "条文");
  await sound(page, "asked");
  await page.keyboard.press("a");
  await page.waitForSelector("#log .approved:has-text('本单位核准答复（窗口人员，')");
  await page.keyboard.press("x");
  await focusOn(page, /#question/);
  await page.keyboard.type("请问设立基金会的原始基金最低多少");
  await page.keyboard.press("Enter");
  await page.waitForSelector("#log > .approved");
  await sound(page, "approved");
  await shot(page, "console-ask");
  await page.keyboard.press("e");
  await page.fill("dialog[open] [name=text]", "非公募基金会最低 250 万元。[1]");
  await page.click("dialog[open] button.primary");
  await page.waitForSelector("dialog[open] .hint:has-text('250 万元')");
  await sound(page, "doubt");
  await page.fill("dialog[open] [name=text]", "非公募基金会最低 200 万元。[1]");
  await page.click("dialog[open] button.primary");
  await page.waitForSelector("#log > .approved:has-text('经改写')");
  await page.keyboard.press("n");
  await page.keyboard.type("申请人还问了公募");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".remarks:has-text('申请人还问了公募')");
  await page.click("text=核准答复待复核");
  await page.waitForSelector("#kept:has-text('没有待复核的')");
  await sound(page, "queue");
});

test("the desk works on a narrow page", async () => {
  const page = await desk({ viewport: { width: 390, height: 844 } });
  await open(page, "基金会变更法定代表人");
  await sound(page, "narrow guide");
  await page.keyboard.press("p");
  await page.waitForSelector("dialog[open] form");
  await sound(page, "narrow notice");
});
