// Corpus management in the console: a form with the audit beside it, an upload with its comparison, a second person's decision, a release and back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { shot, sound } from "./browser.mjs";
import { atWork, fits } from "./console.mjs";

const SOCIETY = "/console/edit.html?kind=digests";
const OLD = `# 示范市纸鸢登记办法

2010年3月1日示范市令第1号公布　自2010年5月1日起施行

第一条 为了让纸鸢放得高，定下本办法。

第二条 纸鸢会要有三十只纸鸢和一万元线钱。

第三条 纸鸢局收到申请后，应当在三十日内答复。
`;
const NEW = OLD.replace("自2010年5月1日起施行", "2019年11月5日示范市令第9号修订　自2020年1月1日起施行").replace("一万元", "三万元").replace("三十日内", "二十日内");

const button = (page, name) => page.getByRole("button", { name, exact: true });

async function decided(id, what, reason = "") {
  const page = await atWork("reviewer-1", `/console/change.html?id=${id}`);
  await page.waitForSelector("#report[aria-busy=false]");
  await sound(page, "change under review");
  if (reason) await page.fill("#reason", reason);
  await button(page, what).click();
  await page.waitForSelector("#said:not([hidden])");
  const said = await page.textContent("#said");
  await page.context().close();
  return said;
}

const number = (page) => new URL(page.url()).searchParams.get("id");

test("a guide is written in a form that says what is wrong where it stands, and another person decides", async () => {
  const page = await atWork("editor-1", "/console/edit.html?kind=guides");
  await page.waitForSelector("table");
  await fits(page);
  await sound(page, "choose a guide");
  await page.fill("[aria-label=新的代号]", "Bad Slug");
  await page.press("[aria-label=新的代号]", "Enter");
  await page.waitForSelector("#said:has-text('代号只用小写字母')");
  await page.fill("[aria-label=新的代号]", "shifan-zhiyuan");
  await page.press("[aria-label=新的代号]", "Enter");
  await page.waitForURL(/key=shifan-zhiyuan/);
  await page.waitForSelector("#form");
  await sound(page, "empty form");
  await page.getByLabel("标题（必填）").fill("示范市纸鸢登记");
  await page.getByLabel("事项（必填）").selectOption("成立");
  await page.getByRole("group", { name: "组织类型" }).getByLabel("社会团体").check();
  const summary = page.getByRole("group", { name: "简要回答", exact: true });
  await summary.getByRole("button", { name: "加一行" }).click();
  const line = page.getByRole("group", { name: "简要回答第 1 行" });
  await line.getByLabel("内容").fill("先到窗口问清归谁管，等 77 日。");
  await line.getByLabel("依据").fill("社会团体登记管理条例 第九条");
  await page.waitForSelector(".fault:visible:has-text('77')");
  await sound(page, "form with a fault");
  await shot(page, "console-guide-form");
  await button(page, "提交复核").click();
  await page.waitForSelector("#said:has-text('处问题')");
  await line.getByLabel("内容").fill("先到窗口问清归谁管。");
  await button(page, "提交复核").click();
  await page.waitForURL(/change\.html\?id=/);
  await page.waitForSelector("#report[aria-busy=false]");
  assert.match(await page.textContent("#title"), /示范市纸鸢登记.*待复核/);
  assert.equal(await button(page, "批准").count(), 0);
  await sound(page, "submitted change");
  const id = number(page);
  assert.match(await decided(id, "退回作者"), /退回要写明原因/);
  assert.match(await decided(id, "退回作者", "加上依据的款项"), /已退回/);
  await page.reload();
  await page.waitForSelector("text=加上依据的款项");
  await page.getByRole("link", { name: "编辑", exact: true }).click();
  await page.waitForSelector("#form");
  assert.equal(await page.getByLabel("标题（必填）").inputValue(), "示范市纸鸢登记");
  await button(page, "提交复核").click();
  await page.waitForURL(/change\.html/);
  assert.match(await decided(id, "批准"), /下一次发布生效/);
});

test("a digest is edited beside its article by keyboard, rows are added, moved and taken out", async () => {
  const page = await atWork("editor-1", SOCIETY);
  await page.waitForSelector("table");
  await page.fill("[aria-label=按名称筛选]", "社会团体登记管理条例");
  await page.getByRole("link", { name: /社会团体登记管理条例 2016/ }).press("Enter");
  await page.waitForSelector("text=第十条");
  await sound(page, "choose an article");
  await page.getByRole("link", { name: "第十条", exact: true }).press("Enter");
  await page.waitForSelector("#form");
  await page.waitForSelector("aside.source");
  await fits(page);
  await sound(page, "digest form");
  const points = page.locator("#form > .sheet-form > fieldset.rows");
  const before = await points.locator(":scope > .rows > .one").count();
  await points.getByRole("button", { name: "加一句" }).press("Enter");
  assert.equal(await points.locator(":scope > .rows > .one").count(), before + 1);
  await page.keyboard.type("鸢尾花灯凭券领。");
  await page.getByRole("button", { name: `上移要点第 ${before + 1} 句` }).press("Enter");
  assert.equal(await page.getByRole("group", { name: `要点第 ${before} 句`, exact: true }).getByLabel("一句话").inputValue(), "鸢尾花灯凭券领。");
  await page.getByRole("button", { name: `删去要点第 ${before + 1} 句` }).press("Enter");
  assert.equal(await points.locator(":scope > .rows > .one").count(), before);
  await button(page, "存草稿").press("Enter");
  await page.waitForURL(/change\.html/);
  await page.waitForSelector("#report[aria-busy=false]");
  assert.match(await page.textContent("#title"), /草稿/);
  assert.ok(await page.locator("ins:has-text('鸢尾花灯凭券领')").count());
  assert.ok(await page.locator("del").count());
  assert.match(await page.textContent("#report"), /依据变了的：.*办事指南 \d+/);
  assert.ok(await page.locator(".upon a[href*='kind=guides']").count());
  assert.doesNotMatch(await page.textContent("main"), /\[object|undefined/);
  await sound(page, "draft with its difference");
  await shot(page, "console-change");
  page.on("dialog", (dialog) => dialog.accept());
  await button(page, "撤回").click();
  await page.waitForSelector("#said:has-text('已撤回')");
  await page.waitForSelector("text=以此另起一份");
});

test("two editions are uploaded, compared side by side, and released; going back takes them out", async () => {
  const page = await atWork("editor-1", "/console/corpus.html");
  await page.waitForSelector("table");
  await fits(page);
  await sound(page, "corpus");
  await button(page, "上传并解析").click();
  await page.waitForSelector("#said:has-text('请先选一个文件')");
  await page.setInputFiles("#file", { name: "坏.txt", mimeType: "text/plain", buffer: Buffer.from("\0\0") });
  await button(page, "上传并解析").click();
  await page.waitForSelector("#said:has-text('二进制')");
  const ids = [];
  for (const [day, text] of [["2010-03-01", OLD], ["2019-11-05", NEW]]) {
    await page.goto(new URL("/console/corpus.html", page.url()).href);
    await page.waitForSelector("#file");
    await page.setInputFiles("#file", { name: `示范市纸鸢登记办法(${day}).md`, mimeType: "text/markdown", buffer: Buffer.from(text) });
    await button(page, "上传并解析").click();
    await page.waitForURL(/change\.html\?id=/);
    await page.waitForSelector("#report[aria-busy=false]");
    await page.waitForSelector("text=拆分还原一致");
    await sound(page, `upload of ${day}`);
    if (day > "2011") {
      assert.match(await page.textContent("#report"), /相同 1 条，改动 2 条|改动 2 条，相同 1 条/);
      assert.ok(await page.locator("del:has-text('一')").count());
      assert.ok(await page.locator("ins:has-text('三')").count());
      await shot(page, "console-compare");
    }
    ids.push(number(page));
    await button(page, "提交复核").click();
    await page.waitForSelector("#said:has-text('已提交')");
    assert.match(await decided(ids.at(-1), "批准"), /下一次发布生效/);
  }
  const releases = await atWork("reviewer-1", "/console/releases.html");
  releases.on("dialog", (dialog) => dialog.accept());
  await releases.waitForSelector("table");
  await fits(releases);
  await sound(releases, "releases");
  const first = (await releases.textContent("tr:has-text('正在使用') th")).trim();
  await button(releases, "建新发布").click();
  await releases.waitForSelector("progress");
  await sound(releases, "release being built");
  await releases.waitForSelector("p.quiet:has-text('建成')");
  await releases.waitForFunction((was) => document.querySelector("tr:has(td:last-child)") && ![...document.querySelectorAll("tr")].some((row) => row.textContent.includes(was) && row.textContent.includes("正在使用")), first);
  await shot(releases, "console-releases");
  await releases.getByRole("button", { name: `换回 ${first}` }).click();
  await releases.waitForSelector(`#said:has-text('正在使用 ${first}')`);
  await page.goto(new URL(`/console/change.html?id=${ids[0]}`, page.url()).href);
  await page.waitForSelector("#title:has-text('发布后退出')");
  await sound(page, "change that was gone back on");
});

test("the office's card starts from what readers see now, and a catalog entry takes another edition", async () => {
  const page = await atWork("editor-1", "/console/edit.html?kind=office&key=office");
  await page.waitForSelector("#form");
  assert.match(await page.getByLabel("名称（必填）").inputValue(), /\S/);
  await sound(page, "office form");
  const promises = page.getByRole("group", { name: "承诺时限", exact: true });
  const before = await promises.locator(".one").count();
  await promises.getByRole("button", { name: "加一条" }).click();
  const promise = page.getByRole("group", { name: `承诺时限第 ${before + 1} 条` });
  await promise.getByLabel("天数（必填）").fill("很快");
  await page.waitForSelector(".fault:visible:has-text('1 到 1000')");
  await sound(page, "office form with faults");
  await page.goto(new URL("/console/edit.html?kind=catalog", page.url()).href);
  await page.waitForSelector("table");
  await page.fill("[aria-label=按名称筛选]", "社会团体年度检查办法");
  await page.getByRole("link", { name: "社会团体年度检查办法", exact: true }).click();
  await page.waitForSelector("#form");
  await sound(page, "catalog form");
  await page.getByRole("group", { name: "版本", exact: true }).getByRole("button", { name: "加一个" }).click();
  await page.getByRole("group", { name: "版本第 2 个" }).getByLabel("公布或修改（必填）").fill("2026-10-01");
  await page.waitForSelector(".fault:visible:has-text('不是日期')");
  await page.getByRole("group", { name: "版本第 2 个" }).getByLabel("施行（必填）").fill("2026-12-01");
  await page.waitForSelector("#form p.quiet:has-text('核对过了')");
  await button(page, "存草稿").click();
  await page.waitForURL(/change\.html/);
  await page.waitForSelector("#report[aria-busy=false]");
  assert.ok(await page.locator("ins:has-text('2026-10-01')").count());
});
