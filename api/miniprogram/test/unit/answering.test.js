// One question through every way a telephone can break it.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { dice } from "./dice.js";
import { settle, weixin } from "./weixin.js";

const ID = "0".repeat(32);
const QUESTION = { question: "成立社会团体要多少会员？", conversation_id: null, history: [], audience: "applicant" };
const FRAMES = [
  ["meta", { message_id: ID, conversation_id: "c", ai_generated: false, release: "r", date: "2026-11-23" }],
  ["citations", { citations: [] }],
  ...Array.from({ length: 6 }, (_, index) => ["block", { index, block: { kind: "paragraph", title: "", tone: "", items: [[{ text: `第 ${index} 段，社会团体`, cites: [] }]] } }]),
  ["done", { outcome: "answered", status: "answered", followups: [], ms: 1, withheld: 0, stages: [] }],
].map(([event, data], i) => `id: ${i + 1}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
const EVENTS = ["meta", "citations", ...Array(6).fill("block"), "done"];

let world;
let Answering;

/** Longer than any pause between two tries, shorter than the silence of a line that is taken for broken. */
const PAUSE = 5000;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.resetModules();
  world = weixin();
  ({ Answering } = await import("../../miniprogram/model/answering.js"));
});

afterEach(() => { vi.useRealTimers(); });

/** Starts a question; `configured` is what the server says of WeChat. */
async function begin({ configured = false, times } = {}) {
  const log = { events: [], said: [], done: 0, problem: null };
  const answering = new Answering(QUESTION, {
    take: (event, data) => log.events.push(event === "block" ? `block${data.index}` : event),
    say: (words) => log.said.push(words),
    done: () => { log.done++; },
    fail: (problem) => { log.problem = problem; },
  }, times);
  answering.start();
  await settle();
  const config = world.requests.find(({ url }) => url.endsWith("/wechat/config"));
  config?.reply(200, JSON.stringify({ configured, template: "" }));
  await settle();
  return { log, answering };
}

const last = () => world.requests.at(-1);
const whole = ["meta", "citations", "block0", "block1", "block2", "block3", "block4", "block5", "done"];

test("frame by frame, byte by byte", async () => {
  const { log } = await begin();
  expect(last()).toMatchObject({ method: "POST", enableChunked: true });
  expect(last().url).toMatch(/\/api\/v1\/chat$/);
  for (const frame of FRAMES) last().write(frame);
  expect(log).toMatchObject({ events: whole, done: 1, problem: null });
  expect(world.listening()).toBe(0);
});

test("300 random breaks: every event once and in order, whatever is sent again", async () => {
  const roll = dice(3);
  for (let round = 0; round < 300; round++) {
    const { log } = await begin({ times: { pauses: Array(40).fill(0) } });
    for (let guard = 0; !log.done && guard < 60; guard++) {
      const request = last();
      if (request.over) { await settle(1); continue; }
      const after = Number(/after=(\d+)/.exec(request.url)?.[1] ?? 0);
      // Sometimes the server sends more than it was asked for: frames that were already shown.
      const from = roll() < 0.3 ? Math.max(0, after - 2) : after;
      const bytes = Buffer.from(FRAMES.slice(from).join(""));
      const kept = roll() < 0.25 ? bytes.length : Math.floor(roll() * bytes.length);
      for (const byte of bytes.subarray(0, kept)) request.piece?.({ data: new Uint8Array([byte]).buffer });
      if (log.done) break;
      if (roll() < 0.4) { world.hide(); request.fail("request:fail interrupted"); world.show(); } else if (roll() < 0.5) request.reply(200); else request.fail("request:fail");
      await settle(1);
    }
    expect(log.events).toEqual(whole);
    expect(log.done).toBe(1);
    world.requests.length = 0;
  }
});

test("killed in the background, it goes on in front and not before", async () => {
  const { log } = await begin();
  last().write(FRAMES[0] + FRAMES[1] + FRAMES[2]);
  const count = world.requests.length;
  world.hide();
  last().fail("request:fail interrupted");
  await settle(60_000);
  expect(world.requests.length).toBe(count);
  world.show();
  expect(last().url).toMatch(new RegExp(`/messages/${ID}/events\\?after=3$`));
  last().write(FRAMES.slice(3).join(""));
  expect(log).toMatchObject({ events: whole, done: 1 });
});

test("any number of visits elsewhere uses up no try", async () => {
  const { log } = await begin();
  last().write(FRAMES[0]);
  for (let visit = 0; visit < 12; visit++) {
    world.hide();
    last().fail("request:fail interrupted");
    await settle(PAUSE);
    world.show();
  }
  last().write(FRAMES.slice(1).join(""));
  expect(log).toMatchObject({ events: whole, done: 1, said: [] });
});

test("a bad line that still moves on is borne to the end", async () => {
  const { log } = await begin();
  for (const frame of FRAMES) {
    last().write(frame);
    if (log.done) break;
    last().fail("request:fail");
    await settle(PAUSE);
  }
  expect(log).toMatchObject({ events: whole, done: 1, problem: null });
});

test("gone into the background while it waits for the next try", async () => {
  const { log } = await begin();
  last().write(FRAMES[0]);
  last().fail("request:fail");
  world.hide();
  const count = world.requests.length;
  await settle(60_000);
  expect(world.requests.length).toBe(count);
  world.show();
  last().write(FRAMES.slice(1).join(""));
  expect(log.events).toEqual(whole);
});

test("broken before the first frame, it is sent again under the same key", async () => {
  const { log } = await begin();
  const first = last();
  first.fail("request:fail");
  await settle(PAUSE);
  expect(last()).not.toBe(first);
  expect(last().method).toBe("POST");
  expect(last().header["idempotency-key"]).toBe(first.header["idempotency-key"]);
  expect(first.header["idempotency-key"]).toMatch(/^[!-~]{16,64}$/);
  last().write(FRAMES.join(""));
  expect(log.events).toEqual(whole);
});

test("a line that falls silent is left and taken up again", async () => {
  const { log } = await begin();
  last().write(FRAMES[0]);
  const silent = last();
  await settle(19_999);
  expect(silent.over).toBe(false);
  await settle(1);
  expect(silent.over).toBe(true);
  await settle(PAUSE);
  const resumed = last();
  expect(resumed.url).toContain("after=1");
  for (let beat = 0; beat < 5; beat++) {
    resumed.write(": keep-alive\n\n");
    await settle(15_000);
  }
  expect(resumed.over).toBe(false);
  resumed.write(FRAMES.slice(1).join(""));
  expect(log.events).toEqual(whole);
});

test("no network: it waits for one and says so", async () => {
  const { log } = await begin();
  last().write(FRAMES[0]);
  world.network = "none";
  last().fail("request:fail");
  await settle(60_000);
  expect(log.said.at(-1)).toContain("网络已断开");
  const count = world.requests.length;
  world.goOnline();
  expect(world.requests.length).toBe(count + 1);
  last().write(FRAMES.slice(1).join(""));
  expect(log.done).toBe(1);
});

test.each([
  ["request:fail timeout", "等得太久了"],
  ["request:fail", "没有连上服务"],
])("it gives up after five tries: %s", async (message, title) => {
  const { log } = await begin();
  for (let tries = 0; tries < 5; tries++) { last().fail(message); await settle(PAUSE); }
  expect(log.problem).toMatchObject({ status: 0, title });
  expect(world.listening()).toBe(0);
});

test("a stream that ends too early each time is reported as cut", async () => {
  const { log } = await begin();
  last().write(FRAMES[0]);
  for (let tries = 0; tries < 5; tries++) { last().reply(200); await settle(PAUSE); }
  expect(log.problem.title).toBe("连接中断了");
});

test.each([true, false])("an error document comes in pieces or whole (%s)", async (inPieces) => {
  const { log } = await begin();
  const document = JSON.stringify({ title: "请求太频繁", status: 429, detail: "请 9 秒后再试" });
  if (inPieces) last().write(document);
  last().reply(429, inPieces ? new ArrayBuffer(0) : Uint8Array.from(Buffer.from(document)).buffer, { "Retry-After": "9" });
  expect(log.problem).toEqual({ status: 429, title: "提问太频繁了", detail: "请 9 秒后再试", retryAfter: 9 });
});

test("an error event, or a frame that is no JSON, ends it", async () => {
  const one = await begin();
  last().write('id: 1\nevent: error\ndata: {"title": "出错了", "detail": "请稍后"}\n\n');
  expect(one.log.problem).toMatchObject({ detail: "请稍后" });
  const two = await begin();
  last().write("id: 1\nevent: meta\ndata: {nonsense\n\n");
  expect(two.log.problem.title).toBe("连接中断了");
});

test("stopped: nothing comes any more", async () => {
  const { log, answering } = await begin();
  last().write(FRAMES[0]);
  const request = last();
  answering.stop();
  expect(request.over).toBe(true);
  request.piece({ data: new Uint8Array(Buffer.from(FRAMES[1])).buffer });
  await settle(60_000);
  expect(log).toMatchObject({ events: ["meta"], done: 0, problem: null });
  expect(world.listening()).toBe(0);
});

test("without pieces: one whole message, and read again whole after a break", async () => {
  vi.resetModules();
  world = weixin({ chunked: false });
  ({ Answering } = await import("../../miniprogram/model/answering.js"));
  const { log } = await begin();
  expect(last().header.accept).toBe("application/json");
  last().reply(200, JSON.stringify({ message_id: ID, blocks: [], citations: [], followups: [] }));
  expect(log).toMatchObject({ events: ["message"], done: 1 });
});

test("with WeChat set up: logged in silently, and once more where the server forgot", async () => {
  const { log } = await begin({ configured: true });
  expect(last().url).toMatch(/\/wechat\/login$/);
  last().reply(200, JSON.stringify({ token: "t1", expires_in: 7200 }));
  await settle();
  expect(last()).toMatchObject({ url: expect.stringMatching(/\/wechat\/chat$/), header: { authorization: "Bearer t1" } });
  last().reply(401, "{}");
  await settle();
  last().reply(200, JSON.stringify({ token: "t2", expires_in: 7200 }));
  await settle();
  expect(last().header.authorization).toBe("Bearer t2");
  last().reply(401, "{}");
  await settle();
  expect(log.problem.status).toBe(401);
});

test("a login that fails is said", async () => {
  world.broken = true;
  const { log } = await begin({ configured: true });
  await settle();
  expect(log.problem.title).toBe("微信登录没有成功");
});
