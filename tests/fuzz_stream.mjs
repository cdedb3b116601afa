// The decoder of server-sent events that web page and mini-program share, under mutated bytes: `node tests/fuzz_stream.mjs SECONDS [SEED]`.
// Held against TextDecoder and against a slow reading of the whole, line by line, as the HTML standard words it (§9.2.6); any split, same events.
import { argv, exit } from "node:process";
import { eventParser, utf8Decoder } from "../api/web/js/stream.js";

const SEEDS = [
  'id: 1\nevent: meta\ndata: {"message_id":"0123"}\n\nid: 2\nevent: block\ndata: {"text":"会员五十个以上𠮷"}\n\n',
  ": 仍在整理\r\n\r\ndata: 一\r\ndata:二\r\ndata\r\n\r\nevent: done\rdata: {}\r\r",
  "\ufeffdata: x\nid: a\0b\nretry: 3\nevent\n\n\n\ndata\n\nid\ndata:  y\n\n",
].map((text) => [...new TextEncoder().encode(text)]);
const WORDS = ["\n", "\r", "\r\n", "\n\n", ":", ": ", "data", "data: ", "event: ", "id: ", "\0", "\ufeff", "\u2028", "é", "€", "𠮷"].map((text) => [...new TextEncoder().encode(text)]);

/** A small generator that repeats itself from its seed (mulberry32). */
function dice(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function mutated(bytes, roll) {
  const data = [...bytes];
  const any = (n) => Math.floor(roll() * n);
  for (let hits = 1 + any(8); hits > 0; hits--) {
    const at = any(data.length + 1);
    const size = 1 + any(6);
    const kind = any(4);
    if (kind === 0) data[at] = any(256);
    else if (kind === 1) data.splice(at, size);
    else if (kind === 2) data.splice(at, 0, ...data.slice(at, at + size));
    else data.splice(at, 0, ...WORDS[any(WORDS.length)]);
  }
  return Uint8Array.from(data.slice(0, 400));
}

function pieces(bytes, roll) {
  const found = [];
  for (let at = 0; at < bytes.length;) {
    const size = 1 + Math.floor(roll() * 9);
    found.push(bytes.slice(at, at + size));
    at += size;
  }
  return found;
}

/** The standard's own way over a whole stream; a line that nothing ends yet is no line. */
function standard(text) {
  const lines = text.split(/\r\n|\n|\r/);
  if (!lines.length) return [];
  lines.pop();
  const found = [];
  let [id, event, data] = ["", "", []];
  for (const line of lines) {
    if (line === "") {
      if (data.length) found.push({ id, event: event || "message", data: data.join("\n") });
      [event, data] = ["", []];
      continue;
    }
    if (line.startsWith(":")) continue;
    const [, field, value] = /^([^:]*):? ?([^]*)$/.exec(line);
    if (field === "data") data.push(value);
    if (field === "event") event = value;
    if (field === "id" && !value.includes("\0")) id = value;
  }
  return found;
}

const [seconds, seed] = [Number(argv[2] ?? 600), Number(argv[3] ?? Date.now() % 1e6)];
const roll = dice(seed);
const until = Date.now() + seconds * 1000;
let [runs, events] = [0, 0];
let pool = [...SEEDS];
while (Date.now() < until || runs < 1000) {
  const bytes = mutated(pool[Math.floor(roll() * pool.length)], roll);
  const decoder = utf8Decoder();
  const parser = eventParser();
  const texts = pieces(bytes, roll).map((piece) => decoder.write(piece));
  texts.push(decoder.end());
  const found = texts.flatMap((text) => parser.write(text));
  const whole = new TextDecoder().decode(bytes);
  // A CR at the very end of what has come may be half of a CRLF: its line counts once more comes.
  const wanted = standard(whole.endsWith("\r") ? whole.slice(0, -1) : whole);
  if (texts.join("") !== whole || JSON.stringify(found) !== JSON.stringify(wanted)) {
    console.error(JSON.stringify({ seed, runs, bytes: [...bytes], found, wanted }));
    exit(1);
  }
  runs++;
  events += found.length;
  if (found.length && pool.length < 500 && roll() < 0.01) pool.push([...bytes]);
}
console.log(`stream.js: ${runs} runs, ${events} events, seed ${seed}, nothing found`);
