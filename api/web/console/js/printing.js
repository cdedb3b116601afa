// Printing a kept notice: its own page in a frame that nobody sees, so that the console stays where it is.

import { el } from "/js/element.js";
import { call } from "./session.js";

/** Prints the notice and notes the print. */
export async function printNotice({ id, page, serial }) {
  document.querySelector(".slip")?.remove();
  const slip = el("iframe.slip", { title: `告知单 ${serial}`, src: page, tabIndex: -1, "aria-hidden": "true" });
  const there = new Promise((resolve) => { slip.addEventListener("load", resolve, { once: true }); });
  document.body.append(slip);
  await there;
  slip.contentWindow.focus();
  slip.contentWindow.print();
  await call("POST", `/notices/${id}/prints`, {});
}
