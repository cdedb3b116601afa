// The console's frame: signing in and out, the first password, navigation by role, accounts, the audit log, and the lock.

import assert from "node:assert/strict";
import { test } from "node:test";
import { focusOn, shot, sound, visit } from "./browser.mjs";
import { atWork, fits, PASSWORD, places, signIn } from "./console.mjs";

test("a console page leads to the sign-in page and back", async () => {
  const page = await visit("/console/audit.html", { viewport: { width: 1366, height: 768 } });
  await page.waitForURL(/sign-in\.html\?next=%2Fconsole%2Faudit\.html/);
  await focusOn(page, /^input\.field/);
  await sound(page, "sign-in");
  await page.press("[name=name]", "Enter");
  assert.match(await page.textContent("#said"), /请填写登录名/);
  await signIn(page, "auditor-1", "Wrong-password-1");
  await page.waitForSelector("#said:has-text('登录名或密码不对')");
  await sound(page, "sign-in refused");
  assert.equal(await page.inputValue("[name=password]"), "");
  await signIn(page, "auditor-1");
  await page.waitForURL(/\/console\/audit\.html$/);
  await page.waitForSelector("table");
});

test("a sign-in page sends nobody to another site", async () => {
  for (const next of ["https://evil.example/", "//evil.example", "/console/\\\\evil", "javascript:alert(1)"]) {
    const page = await visit(`/console/sign-in.html?next=${encodeURIComponent(next)}`);
    await signIn(page, "clerk-1");
    await page.waitForURL((address) => address.pathname === "/console/");
    await page.context().close();
  }
});

test("who has a one-time password changes it before anything else", async () => {
  const page = await visit("/console/sign-in.html?next=/console/queues.html");
  await signIn(page, "fresh-1");
  await page.waitForURL(/password\.html/);
  await page.waitForSelector(".who");
  assert.deepEqual(await places(page), []);
  await sound(page, "first password");
  await page.fill("[name=old]", PASSWORD);
  await page.fill("[name=new]", "My-own-lantern-8");
  await page.fill("[name=again]", "My-own-lantern-9");
  await page.press("[name=again]", "Enter");
  await page.waitForSelector("#said:has-text('不一样')");
  await page.fill("[name=again]", "My-own-lantern-8");
  await page.press("[name=again]", "Enter");
  await page.waitForURL((address) => address.pathname === "/console/");
  await page.waitForSelector(".places a:has-text('待办')");
});

test("everybody sees their own places", async () => {
  for (const [name, own, others] of [
    ["admin-1", ["账号"], ["审计", "待办", "运行情况"]],
    ["auditor-1", ["审计"], ["账号", "待办"]],
    ["clerk-1", ["待办"], ["账号", "审计", "运行情况"]],
    ["supervisor-1", ["待办", "标准答复", "运行情况", "评测用例"], ["账号", "审计"]],
    ["reviewer-1", ["评测用例"], ["账号", "待办"]],
  ]) {
    const page = await atWork(name, "/console/");
    const seen = await places(page);
    for (const place of own) assert.ok(seen.includes(place), `${name}: ${place}`);
    for (const place of others) assert.ok(!seen.includes(place), `${name}: ${place}`);
    await fits(page);
    await sound(page, `start as ${name}`);
    await page.context().close();
  }
});

test("the header of somebody with every role fits 1366 × 768", async () => {
  const page = await atWork("all-2", "/console/");
  await fits(page);
  await sound(page, "start with all roles");
  await shot(page, "console-start");
});

test("an admin opens, changes and resets an account by keyboard", async () => {
  const page = await atWork("admin-1", "/console/accounts.html");
  await page.waitForSelector("table");
  await page.fill("#form [name=name]", "zhao");
  await page.press("#form [name=name]", "Tab");
  await page.keyboard.type("赵六");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  const password = await page.locator(".secret").textContent();
  assert.match(password, /^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
  await sound(page, "account opened");
  await shot(page, "console-accounts");
  const fresh = await visit("/console/sign-in.html");
  await signIn(fresh, "zhao", password);
  await fresh.waitForURL(/password\.html/);
  await page.fill("#form [name=name]", "zhao");
  await page.press("#form [name=name]", "Enter");
  await page.waitForSelector("#said:has-text('已经有人用了')");
  await focusOn(page, /^input\.field/);
  await page.focus("[aria-label='修改：zhao']");
  await page.keyboard.press("Enter");
  await page.waitForSelector("dialog[open]");
  await sound(page, "account dialog");
  await page.keyboard.press("Escape");
  await focusOn(page, /^button 修改/);
  await page.keyboard.press("Enter");
  await page.check("dialog [value=editor]");
  await page.check("dialog [name=disabled]");
  await page.click("dialog .primary");
  await page.waitForSelector("tr:has-text('zhao'):has-text('窗口人员、语料编辑'):has-text('已停用')");
  await fresh.reload();
  await fresh.waitForURL(/sign-in/);
});

test("the last admin cannot be taken away", async () => {
  const page = await atWork("admin-1", "/console/accounts.html");
  await page.click("[aria-label='修改：admin-1']");
  await page.uncheck("dialog [value=admin]");
  await page.click("dialog .primary");
  await page.waitForSelector("dialog [role=status]:has-text('至少要留一个')");
});

test("an auditor reads the log, asks for one action, and checks the chain", async () => {
  const page = await atWork("auditor-1", "/console/audit.html");
  await page.waitForSelector("td:has-text('登录')");
  await page.selectOption("[name=action]", "登录");
  await page.fill("[name=name]", "auditor-1");
  await page.press("[name=name]", "Enter");
  await page.waitForFunction(() => [...document.querySelectorAll("tbody tr")].every((row) => row.children[2].textContent === "auditor-1"));
  await page.click("button:has-text('核对全部')");
  await page.waitForSelector("#said:has-text('条全部完好')");
  await sound(page, "audit log");
  await fits(page);
  await shot(page, "console-audit");
});

test("leaving in one tab closes the others, and a locked console takes its content away", async () => {
  const page = await atWork("auditor-1", "/console/audit.html");
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.waitForSelector("table");
  await page.click("button:has-text('退出')");
  await page.waitForURL(/sign-in/);
  await other.waitForURL(/sign-in/);
  const idle = await atWork("auditor-1", "/console/audit.html");
  await idle.evaluate(() => {
    localStorage.setItem("shezu.console.worked", String(Date.now() - 21 * 60_000));
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await idle.waitForURL(/sign-in\.html.*why=/);
  assert.match(await idle.textContent("#why"), /20 分钟没有操作/);
});
