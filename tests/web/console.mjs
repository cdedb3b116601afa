// The everyday moves of staff: signing in as a role, and what the frame shows.

import assert from "node:assert/strict";
import { visit } from "./browser.mjs";

export const PASSWORD = process.env.SHEZU_STAFF_PASSWORD;

/** Fills the sign-in form and sends it with Enter. */
export async function signIn(page, name, password = PASSWORD) {
  await page.fill("[name=name]", name);
  await page.fill("[name=password]", password);
  await page.press("[name=password]", "Enter");
}

/** A page of the console as a member of staff, in a context of its own at the window's 1366 × 768. */
export async function atWork(name, where, options = {}) {
  const page = await visit(`/console/sign-in.html?next=${encodeURIComponent(where)}`, { viewport: { width: 1366, height: 768 }, ...options });
  await signIn(page, name);
  await page.waitForURL((address) => address.pathname + address.search + address.hash === where);
  await page.waitForSelector(".who");
  return page;
}

/** The names in the navigation. */
export const places = (page) => page.locator(".places a").allTextContents();

/** Nothing is cut off: the header stands on one line and no text of it is hidden. */
export async function fits(page) {
  const cut = await page.evaluate(() => [...document.querySelectorAll(".top, .places")].filter((node) => node.scrollWidth > node.clientWidth + 1 || node.clientHeight > 60).map(({ className }) => className));
  assert.deepEqual(cut, [], "the header is cut or breaks");
}
