// The decoder and the parser that the mini-program shares, against the platform's own and against every way to cut a stream.

import assert from "node:assert/strict";
import { test } from "node:test";
import { eventParser, utf8Decoder } from "../../api/web/js/stream.js";

/** A small generator of its own, so that a failure can be repeated. */
function randoms(seed) {
  return () => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed / 2147483648;
  };
}

test("bytes in any split decode as TextDecoder decodes them", () => {
  const random = randoms(7);
  const telling = [0xe6, 0xb0, 0x91, 0xf0, 0x9f, 0x98, 0x80, 0xef, 0xbb, 0xbf, 0xed, 0xa0, 0xc0];
  for (let round = 0; round < 5000; round++) {
    const bytes = Uint8Array.from({ length: Math.floor(random() * 40) }, () => random() < 0.5 ? Math.floor(random() * 256) : telling[Math.floor(random() * telling.length)]);
    const decoder = utf8Decoder();
    let text = "";
    for (let at = 0; at < bytes.length;) {
      const size = 1 + Math.floor(random() * 4);
      text += decoder.write(bytes.subarray(at, at + size));
      at += size;
    }
    assert.equal(text + decoder.end(), new TextDecoder().decode(bytes), `round ${round}: ${bytes}`);
  }
});

test("events come out the same however the stream is cut", () => {
  const source = ": 保活\r\nid: 1\r\nevent: block\r\ndata: 第一行\r\ndata: 民政\r\n\r\ndata:z\n\nevent: unfinished\n\n";
  const expected = [{ id: "1", event: "block", data: "第一行\n民政" }, { id: "1", event: "message", data: "z" }];
  for (let size = 1; size <= source.length; size++) {
    const parser = eventParser();
    const found = [];
    for (let at = 0; at < source.length; at += size) found.push(...parser.write(source.slice(at, at + size)));
    assert.deepEqual(found, expected, `pieces of ${size}`);
  }
});
