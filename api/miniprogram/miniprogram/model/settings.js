// The reader's own choices, on this device only: large text, and whether conversations may be kept here.

import { read, write } from "./storage.js";

/** What every page shows alike. */
export function look() {
  return { elder: read("elder", false) };
}

/** @param {boolean} on */
export function setElder(on) {
  write("elder", on || null);
}

/** "yes", "no", or "" before the notice was answered. @returns {"yes" | "no" | ""} */
export function consent() {
  return read("consent", /** @type {"yes" | "no" | ""} */ (""));
}

/** @param {boolean} yes */
export function setConsent(yes) {
  // Taken away first: where the store is full, an old "yes" must not outlive a "no".
  write("consent", null);
  write("consent", yes ? "yes" : "no");
}
