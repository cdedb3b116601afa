// Supervision in the browser: the worklist to its end, a case confirmed by somebody else, a standard answer, and the dashboard.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { focusOn, shot, SITE, sound } from "./browser.mjs";
import { atWork, fits } from "./console.mjs";

// Nobody else asks it: other tests may run against the same server.
const QUESTION = "设立地方性公募基金会的原始基金最低多少";

async function send(path, body) {
  const response = await fetch(`${SITE}/api/v1${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  assert.equal(response.ok, true, `${path} ${response.status}`);
  return response.json();
}

before(async () => {
  const { message_id: message } = await send("/chat", { question: QUESTION });
  await send("/feedback", { message_id: message, rating: 1, reasons: ["没答到"], text: "没说省里的" });
  await send("/tickets", { name: "赵", contact: "010-12345678", text: "想预约咨询成立协会" });
});

test("a 差评 goes from the list to its end, and becomes a case that somebody else confirms", async () => {
  const page = await atWork("supervisor-1", "/console/queues.html");
  await page.click("#kinds button:has-text('差评')");
  await page.waitForSelector(`.opens:has-text('${QUESTION}')`);
  await fits(page);
  await sound(page, "worklist");
  await page.focus(`.opens:has-text('${QUESTION}')`);
  await page.keyboard.press("Enter");
  await focusOn(page, /^h2 差评/);
  assert.match(await page.textContent("#detail"), /没说省里的/);
  await sound(page, "item");
  await shot(page, "console-queues");
  await page.selectOption("#detail [name=staff]", { label: "窗口人员甲" });
  await page.click("#detail button:has-text('指派')");
  await page.waitForSelector("#said:has-text('已指派')");
  await page.click("button:has-text('起草评测用例')");
  await page.waitForSelector("#said:has-text('已起草用例')");
  const clerk = await atWork("clerk-1", "/console/queues.html");
  await clerk.click(`.opens:has-text('${QUESTION}')`);
  await clerk.selectOption("#detail [name=state]", "done");
  await clerk.click("button:has-text('记下')");
  await clerk.waitForSelector("#said:has-text('办结要写明')");
  await focusOn(clerk, /^textarea/);
  await clerk.fill("#detail [name=words]", "已电话说明，并补了要点");
  await clerk.click("button:has-text('记下')");
  await clerk.waitForSelector("#said:has-text('已记下')");
  await clerk.waitForSelector("td:has-text('没有待办')");

  await page.goto(`${SITE}/console/cases.html`);
  await page.click(`.opens:has-text('${QUESTION}')`);
  await page.fill("[name=nuggets]", "地方性公募：400万|4000000");
  await page.click("button:has-text('保存')");
  await page.waitForSelector("#said:has-text('已保存')");
  const reviewer = await atWork("reviewer-1", "/console/cases.html");
  await reviewer.click(`.opens:has-text('${QUESTION}')`);
  await focusOn(reviewer, /^h2 用例 office-/);
  assert.match(await reviewer.inputValue("[name=gold]"), /^基金会管理条例 第八条/);
  await sound(reviewer, "case");
  await fits(reviewer);
  await shot(reviewer, "console-cases");
  await reviewer.click("#detail button:has-text('确认')");
  await reviewer.waitForSelector("#said:has-text('已确认')");
  await reviewer.click("#states button:has-text('已确认')");
  await reviewer.waitForSelector(`.opens:has-text('${QUESTION}')`);
});

test("a message left by an applicant shows how to reach them", async () => {
  const page = await atWork("supervisor-1", "/console/queues.html");
  await page.click("#kinds button:has-text('群众留言')");
  await page.click(".opens:has-text('想预约咨询')");
  await page.waitForSelector("#detail strong:has-text('010-12345678')");
  await sound(page, "ticket");
});

test("a standard answer is written with its article and its last day", async () => {
  const page = await atWork("supervisor-1", "/console/standards.html");
  await page.waitForSelector("table");
  await page.fill("[name=question]", "全国性公募基金会要多少原始基金");
  await page.fill("[name=text]", "全国性公募基金会的原始基金不低于900万元。[1]");
  await page.fill("[name=cites]", "基金会管理条例 第八条");
  await page.fill("[name=until]", "2027-06-30");
  await page.click("button:has-text('保存标准答复')");
  await page.waitForSelector("#said:has-text('900万元')");
  await focusOn(page, /^textarea/);
  await page.fill("[name=text]", "全国性公募基金会的原始基金不低于800万元。[1]");
  await page.click("button:has-text('保存标准答复')");
  await page.waitForSelector("th:has-text('全国性公募基金会要多少原始基金')");
  assert.equal(await page.inputValue("tbody input[type=date]"), "2027-06-30");
  await sound(page, "standard answers");
  await fits(page);
  await shot(page, "console-standards");
});

test("the dashboard says in tables what its charts show", async () => {
  const page = await atWork("supervisor-1", "/console/dashboard.html");
  await page.waitForSelector(".chart svg");
  assert.equal(await page.locator(".chart").count(), 8);
  for (const chart of await page.locator(".chart").all()) {
    assert.equal(await chart.locator("svg[role=img][aria-label]").count(), 1);
    await chart.locator("summary").press("Enter");
    assert.ok(await chart.locator("tbody tr").count() > 0);
  }
  assert.match(await page.locator(".chart:has-text('引用最多的条文') table").textContent(), /《.+》第.+条\d/);
  await sound(page, "dashboard with tables");
  await fits(page);
  await page.selectOption("[name=days]", "7");
  await page.waitForFunction(() => document.querySelectorAll(".chart")[0].querySelectorAll("tbody tr").length === 7);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.reload();
  await page.waitForSelector(".chart svg");
  await sound(page, "dashboard, dark");
  await page.emulateMedia({ colorScheme: "light" });
  await page.reload();
  await page.waitForSelector(".chart svg");
  await shot(page, "console-dashboard");
});
