// The decoder that web page and mini-program share, against the platform's own, under ten thousand random cuts.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventParser, utf8Decoder } from "../../miniprogram/shared/stream.js";
import { withoutPersonalNumbers } from "../../miniprogram/shared/personal.js";
import { dice } from "./dice.js";

const PROJECT = new URL("../..", import.meta.url).pathname;
const LETTERS = [..."社会组织登记管理条例，。“”《》第十条 abc\n\r\t0123é€𠮷👩‍👩‍👧\ufeff\u0000\u2028"];

function cutAnew(bytes, roll) {
  const pieces = [];
  for (let at = 0; at < bytes.length;) {
    const size = 1 + Math.floor(roll() * 11);
    pieces.push(bytes.slice(at, at + size));
    at += size;
  }
  return pieces;
}

test.each(["stream.js", "personal.js"])("%s is the web page's own file", (name) => {
  const [ours, theirs] = [join(PROJECT, "miniprogram/shared", name), join(PROJECT, "../web/js", name)].map((path) => readFileSync(path));
  expect(ours.equals(theirs), "run: npm run share").toBe(true);
});

test("any bytes, in any of 10,000 splits, read as TextDecoder reads them", () => {
  const roll = dice(1);
  for (let round = 0; round < 10000; round++) {
    const length = Math.floor(roll() * 60);
    let bytes = new TextEncoder().encode(Array.from({ length }, () => LETTERS[Math.floor(roll() * LETTERS.length)]).join(""));
    if (round % 3 === 0) {
      bytes = bytes.slice(0, Math.floor(roll() * (bytes.length + 1)));
      for (let hits = 0; hits < 3 && bytes.length; hits++) bytes[Math.floor(roll() * bytes.length)] = Math.floor(roll() * 256);
    }
    const decoder = utf8Decoder();
    const text = cutAnew(bytes, roll).map((piece) => decoder.write(piece)).join("") + decoder.end();
    expect(text).toBe(new TextDecoder().decode(bytes));
  }
});

test("a real shape of stream gives the same events in 2,000 splits", () => {
  const block = { index: 0, block: { kind: "list", title: "材料", tone: "", items: [[{ text: "登记申请书，原件𠮷", cites: [1] }]] } };
  const frames = ["meta", "citations", "block", "done"].map((event, i) => `id: ${i + 1}\nevent: ${event}\ndata: ${JSON.stringify(block)}\n\n`);
  const bytes = new TextEncoder().encode(`: keep-alive\n\n${frames.join(": 仍在整理\r\n\r\n")}`);
  const roll = dice(2);
  for (let round = 0; round < 2000; round++) {
    const decoder = utf8Decoder();
    const parser = eventParser();
    const found = cutAnew(bytes, roll).flatMap((piece) => parser.write(decoder.write(piece)));
    expect(found.map(({ id, event }) => [id, event])).toEqual([["1", "meta"], ["2", "citations"], ["3", "block"], ["4", "done"]]);
    for (const { data } of found) expect(JSON.parse(data)).toEqual(block);
  }
});

test("personal numbers are found and hidden", () => {
  expect(withoutPersonalNumbers("电话 13812345678。")).toEqual({ text: "电话 ［手机号已隐去］。", kinds: ["手机号"] });
  expect(withoutPersonalNumbers("会员 50 个，2026 年")).toEqual({ text: "会员 50 个，2026 年", kinds: [] });
});
