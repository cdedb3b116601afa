// The widget on another site: allowed origins can show it, others cannot.

import assert from "node:assert/strict";
import http from "node:http";
import { after, before, test } from "node:test";
import { SITE, sound, visit } from "./browser.mjs";

const PORT = process.env.SHEZU_NEIGHBOUR_PORT;
const HOST = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>某单位网站</title>
<style>button { display: none; font-size: 3px; } div { color: red; }</style>
<body><main><h1>某单位网站</h1></main><script src="${SITE}/js/widget.js" data-label="登记政策问答" defer></script></body></html>`;
// A careful site: no inline script, and only what it names.
const POLICY = `default-src 'self'; style-src 'unsafe-inline'; script-src ${SITE}; frame-src ${SITE}`;
const site = http.createServer((request, response) => {
  response.writeHead(request.url === "/" ? 200 : 404, { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY });
  response.end(request.url === "/" ? HOST : "");
});

before(() => new Promise((resolve, reject) => { site.on("error", reject).listen(PORT, "127.0.0.1", resolve); }));
after(() => { site.closeAllConnections(); site.close(); });

test("a page of an allowed origin shows the widget, and answers come in it", async () => {
  const page = await visit(`http://127.0.0.1:${PORT}/`, { allowed: [`http://127.0.0.1:${PORT}`], consent: null });
  const open = page.getByRole("button", { name: "登记政策问答" });
  await open.click();
  const frame = page.frameLocator("iframe");
  await frame.locator("text=不保存，直接使用").click();
  await frame.locator("#question").fill("设立基金会的原始基金最低多少？");
  await frame.locator("#question").press("Enter");
  await frame.locator("#log[aria-busy=false] .source").first().waitFor();
  await sound(page, "host page");
  await page.getByRole("button", { name: "收起" }).click();
  assert.equal(await page.getByRole("button", { name: "登记政策问答" }).evaluate((node) => node.getRootNode().activeElement === node), true);
  await open.click();
  assert.equal(await frame.locator(".turn").count(), 1, "the conversation stays while it is closed");
  await frame.locator("#question").press("Escape");
  await page.waitForFunction(() => !document.querySelector("shezu-widget, [data-shezu]").shadowRoot.querySelector("iframe").checkVisibility());
});

test("a narrow page gives the widget its whole width", async () => {
  const page = await visit(`http://127.0.0.1:${PORT}/`, { allowed: [`http://127.0.0.1:${PORT}`], viewport: { width: 320, height: 640 } });
  await page.getByRole("button", { name: "登记政策问答" }).click();
  const frame = page.frameLocator("iframe");
  await frame.locator("#question").waitFor();
  const box = await page.locator("iframe").boundingBox();
  assert.ok(box.width >= 300 && box.x >= 0 && box.x + box.width <= 320, JSON.stringify(box));
});

test("only the widget's page may be framed, and only by the allowed", async () => {
  const ancestors = async (path) => (await fetch(SITE + path)).headers.get("Content-Security-Policy").match(/frame-ancestors ([^;]+)/)[1];
  assert.equal(await ancestors("/embed.html"), `'self' http://127.0.0.1:${PORT}`);
  assert.equal(await ancestors("/"), "'self'");
});
