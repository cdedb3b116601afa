// What every test needs: a page whose requests, console and policy violations are watched, axe, and the everyday moves.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { chromium } from "playwright-core";

export const SITE = process.env.SHEZU_SITE;
export const TIMED = process.env.SHEZU_TIMED === "1";
export const OUT = process.env.SHEZU_WEB_OUT;
const SHOTS = process.env.SHEZU_SHOTS === "1" ? process.env.SHEZU_SHOTS_TO : "";
const AXE = fs.readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
// Waiting ends when what is waited for is there; this only ends what hangs, on machines many times slower than a developer's.
const PATIENCE = 600_000;
// The page asks for it and the network says no: the browser reports that itself.
const EXPECTED = /Failed to load resource|net::ERR_/;

const browser = await chromium.launch({ executablePath: process.env.SHEZU_CHROMIUM, args: ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb"], timeout: PATIENCE });
const troubles = [];
after(async () => {
  await browser.close();
  assert.deepEqual(troubles, [], "requests elsewhere, script errors or policy violations");
});

/** A page in a context of its own. `consent`: "yes" or "no" as if chosen before, null for a first visit. */
export async function visit(where = "/", { consent = "yes", site = SITE, allowed = [], ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: "zh-CN", ...options });
  context.setDefaultTimeout(PATIENCE);
  if (consent) await context.addInitScript((answer) => { if (origin !== "null") localStorage.getItem("shezu.consent") ?? localStorage.setItem("shezu.consent", JSON.stringify(answer)); }, consent);
  await context.addInitScript(() => addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`)));
  const page = await context.newPage();
  const origins = [new URL(site).origin, ...allowed];
  page.on("request", (request) => { if (!origins.some((origin) => request.url().startsWith(`${origin}/`))) troubles.push(`request to ${request.url()}`); });
  page.on("console", (message) => { if (message.type() === "error" && !EXPECTED.test(message.text())) troubles.push(message.text()); });
  page.on("pageerror", (error) => troubles.push(String(error)));
  await page.goto(where.startsWith("about:") ? where : new URL(where, site).href);
  return page;
}

/** Types a question and sends it with Enter. */
export async function ask(page, question) {
  await page.fill("#question", question);
  await page.press("#question", "Enter");
}

/** Waits until the answer is whole. */
export async function answered(page) {
  await page.waitForSelector("#log[aria-busy=false]");
  return page.locator(".turn").last();
}

/** The element that has the focus, as "tag.class#id text". */
export const focused = (page) => page.evaluate(() => {
  const { tagName, className, id, textContent } = document.activeElement;
  return `${tagName.toLowerCase()}${id ? `#${id}` : ""}${className ? `.${className}` : ""} ${textContent.slice(0, 40)}`.trim();
});

/** Waits until `state()` is what is wanted: what a page does after a key or a click need not be done when that call returns. */
export async function comes(state, wanted, what) {
  const until = Date.now() + PATIENCE;
  let now = await state();
  while (!isDeepStrictEqual(now, wanted) && Date.now() < until) {
    await new Promise((resolve) => { setTimeout(resolve, 20); });
    now = await state();
  }
  assert.deepEqual(now, wanted, what);
}

/** The focus arrives where it belongs; a dialog gives it back a moment after it closed. */
export async function focusOn(page, wanted) {
  await comes(async () => { const now = await focused(page); return wanted.test(now) || now; }, true, `the focus is not on ${wanted}`);
}

/** Settles once these words stood anywhere on the page, if only for a moment. Called before what makes them appear. */
export const flashes = (page, words) => page.evaluate((wanted) => new Promise((resolve) => {
  const seen = new MutationObserver(() => { if (document.body.textContent.includes(wanted)) { seen.disconnect(); resolve(); } });
  seen.observe(document.body, { childList: true, subtree: true, characterData: true });
}), words);

/** No violation of WCAG 2.2 A and AA, nothing wider than the page, and only the content scrolls. */
export async function sound(page, state) {
  // A script of the test, not of the page: the page's own policy stays in force.
  if (!await page.evaluate(() => Boolean(globalThis.axe))) await page.evaluate(AXE);
  const found = await page.evaluate(async (rules) => {
    const { violations } = await globalThis.axe.run(document, { runOnly: rules });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} (${node.failureSummary})`).join("; ")}`);
  }, RULES);
  assert.deepEqual(found, [], `axe: ${state}`);
  const wide = await page.evaluate(() => [document.documentElement, ...document.querySelectorAll(".scroller, .dialog-body")]
    .filter((node) => node.scrollWidth > node.clientWidth + 1).map((node) => `${node.className || node.tagName} ${node.scrollWidth} > ${node.clientWidth}`));
  assert.deepEqual(wide, [], `sideways scroll: ${state}`);
  const held = await page.evaluate(() => innerHeight <= 480 || document.documentElement.scrollHeight <= innerHeight);
  assert.ok(held, `the header scrolls away: ${state}`);
}

/** Every visible control is at least so many CSS pixels high and wide; words within text (links in sentences) are left out. */
export async function targets(page, least) {
  const small = await page.evaluate((pixels) => [...document.querySelectorAll("button, summary, select, input:not([type=checkbox], [type=radio]), a.button, .nav a, .choice")]
    .filter((node) => node.checkVisibility())
    .map((node) => [node.textContent.trim().slice(0, 12) || node.name, node.getBoundingClientRect()])
    .filter(([, box]) => box.height < pixels - 0.5 || box.width < pixels - 0.5)
    .map(([words, box]) => `${words} ${box.width}×${box.height}`), least);
  assert.deepEqual(small, [], `smaller than ${least} px`);
}

/** A screenshot for docs/screenshots, only where asked for. */
export async function shot(page, name) {
  if (!SHOTS) return;
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(300);
  await page.screenshot({ path: path.join(SHOTS, `web-${name}.png`) });
}

/** Presses a button that prints and keeps the pages as a PDF. */
export async function printed(page, words, name) {
  // The dialog of the browser itself does not open without a screen.
  await page.evaluate(() => { globalThis.print = () => { globalThis.asked = true; }; });
  await page.getByRole("button", { name: words, exact: true }).last().click();
  assert.equal(await page.evaluate(() => globalThis.asked), true, "the button prints");
  await page.pdf({ path: path.join(OUT, `${name}.pdf`), preferCSSPageSize: true });
  await page.evaluate(() => { dispatchEvent(new Event("afterprint")); });
}
