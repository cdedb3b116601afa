// What would be uploaded: its size, its conventions, and that nothing in it reaches outside.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { PROJECT, parts, shown, uploaded } from "../harness/build.mjs";

const ours = [...uploaded()].filter((file) => !file.includes("node_modules"));
const app = JSON.parse(readFileSync(join(PROJECT, "miniprogram/app.json"), "utf8"));

test("the main package stays under 2 MB", () => {
  const extra = ["app.js", "app.json", "app.wxss", "sitemap.json", "config.js"].map((name) => join(PROJECT, "miniprogram", name));
  const bytes = [...uploaded(), ...extra].reduce((sum, file) => sum + statSync(file).size, 0);
  // TDesign's shared scripts and styles come on top: all of its folders that our parts reach, generously.
  expect(bytes + 400 * 1024).toBeLessThan(2 * 1024 * 1024);
});

test("events are bound with a colon, and every page stands in app.json", () => {
  for (const file of ours.filter((path) => path.endsWith(".wxml"))) expect(readFileSync(file, "utf8"), shown(file)).not.toMatch(/\s(bind|catch)[a-z]+=/);
  for (const page of app.pages) expect(parts().has(page)).toBe(true);
  expect(app).toMatchObject({ __usePrivacyCheck__: true, lazyCodeLoading: "requiredComponents", networkTimeout: { request: 60000 } });
});

test("no appid of anybody's, and no address but the placeholder of config.js", () => {
  expect(JSON.parse(readFileSync(join(PROJECT, "project.config.json"), "utf8")).appid).toBe("touristappid");
  for (const file of ours) {
    const found = readFileSync(file, "utf8").match(/https?:\/\/[^\s"'`)]+/g) ?? [];
    expect(found.filter((address) => !address.startsWith("https://shezu.example.gov.cn")), shown(file)).toEqual([]);
  }
});

test("the lock file names no registry", () => {
  const { packages } = JSON.parse(readFileSync(join(PROJECT, "package-lock.json"), "utf8"));
  expect(Object.keys(packages).length).toBeGreaterThan(50);
  expect(Object.entries(packages).filter(([, { resolved }]) => resolved)).toEqual([]);
});
