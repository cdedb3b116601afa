// Too many questions, for real: this file runs alone, since it spends what every test lives on.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SITE, answered, ask, sound, visit } from "./browser.mjs";

const MATERIALS = "成立社会团体要准备哪些材料？";
const spend = () => fetch(`${SITE}/api/v1/feedback`, { method: "POST", headers: { "Content-Type": "application/json" }, body: "{}" });

test("too many questions: the page counts down and asks again when it may", async () => {
  const page = await visit();
  // Asks that are no questions spend the same tokens.
  let flooding = true;
  const flood = (async () => {
    while (flooding) await Promise.all(Array.from({ length: 50 }, spend));
  })();
  let turn;
  for (let tries = 0; tries < 20; tries++) {
    await ask(page, MATERIALS);
    turn = await answered(page);
    if (await turn.locator(".problem button:disabled").count()) break;
  }
  flooding = false;
  await flood;
  assert.match(await turn.locator(".problem").textContent(), /提问太频繁了/);
  // The last of the flood may have taken the token that came back first.
  for (let tries = 0; tries < 5 && !await turn.locator(".source").count(); tries++) {
    await turn.locator("button:has-text('再试一次'):enabled").click();
    await answered(page);
  }
  await turn.locator(".source").first().waitFor();

  // How long a busy office makes people wait is its own setting: the countdown is looked at with a long one.
  await page.route("**/api/v1/chat", (route) => route.fulfill({ status: 429, headers: { "Retry-After": "3000" }, contentType: "application/problem+json", body: "{}" }));
  await ask(page, MATERIALS);
  turn = await answered(page);
  const again = turn.locator(".problem button").first();
  const first = Number((await again.textContent()).match(/(\d+) 秒后可再试/)[1]);
  assert.ok(first > 2000 && first <= 3000);
  assert.equal(await again.isDisabled(), true);
  await sound(page, "429");
  await page.waitForFunction((seconds) => Number(document.querySelector(".turn:last-child .problem button").textContent.match(/\d+/)[0]) < seconds, first);
});
