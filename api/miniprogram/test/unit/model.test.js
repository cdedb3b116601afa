// The plain modules: quotes, turns, history, storage, problems, login.
import { beforeEach, expect, test, vi } from "vitest";
import { dice } from "./dice.js";
import { weixin } from "./weixin.js";

let world;
const load = (name) => import(`../../miniprogram/model/${name}.js`);

beforeEach(() => {
  vi.resetModules();
  world = weixin();
});

test("a quote is found over white space and marked over paragraphs", async () => {
  const { paragraphs, spanOf } = await load("quote");
  const text = "（一）有 50 个以上的\n个人会员；\n（二）有规范的名称。";
  expect(spanOf(text, "有50个以上的 个人会员")).toEqual([3, 17]);
  const found = paragraphs(text, "50个以上的个人会员");
  expect(found.flat().filter(({ mark }) => mark).map((run) => run.text)).toEqual(["50 个以上的", "个人会员"]);
  expect(found.map((runs) => runs.map((run) => run.text).join(""))).toEqual(text.split("\n"));
  expect(spanOf(text, "没有这句")).toBeNull();
  expect(paragraphs(text, "")).toHaveLength(3);
});

test("any slice of any text is marked exactly", async () => {
  const { paragraphs } = await load("quote");
  const roll = dice(4);
  const bare = (text) => text.replace(/\s+/g, "");
  for (let round = 0; round < 500; round++) {
    const text = Array.from({ length: 40 }, (_, i) => String.fromCodePoint(0x4e00 + i) + (roll() < 0.2 ? ["\n", " ", "　"][Math.floor(roll() * 3)] : "")).join("");
    const start = Math.floor(roll() * 20);
    const quote = text.slice(start, start + 1 + Math.floor(roll() * 30));
    const runs = paragraphs(text, quote).flat();
    expect(bare(runs.filter(({ mark }) => mark).map((run) => run.text).join(""))).toBe(bare(quote));
    expect(bare(runs.map((run) => run.text).join(""))).toBe(bare(text));
  }
});

test("events become changes by path", async () => {
  const { changes, label, needsWayOut, newTurn, plainText, put } = await load("turn");
  const turn = newTurn("问");
  const citation = { n: 1, law: "l", title: "慈善法", article: "第十条", place: "", edition: "2023-12-29", status: "现行有效", quote: "引文", source: "digest" };
  const block = { kind: "steps", title: "步骤", tone: "", items: [[{ text: "先申请", cites: [1] }], [{ text: "再登记", cites: [] }]] };
  for (const [event, data] of [["meta", { message_id: "m", date: "2026-11-23" }], ["citations", { citations: [citation] }], ["block", { index: 0, block }], ["clarify", { slot: "type", question: "哪类？", options: [] }], ["done", { status: "answered", followups: [] }], ["unknown", {}]])
    for (const [path, value] of Object.entries(changes(turn, event, data))) put(turn, path, value);
  expect(turn.message).toMatchObject({ message_id: "m", status: "answered", citations: [citation], blocks: [block] });
  expect(plainText(turn)).toBe("问：问\n\n答：\n步骤\n1. 先申请[1]\n2. 再登记\n\n哪类？\n\n依据：\n[1] 《慈善法》第十条（2023-12-29 文本，现行有效，要点（未导入原文））：引文\n\n—— 本回答由程序根据法规条文组成，仅供参考，以登记机关答复为准（按 2026-11-23 有效的规定）");
  expect(label({ ai_generated: true })).toContain("由人工智能");
  expect(["refused_scope", "handoff_distress", "error", "answered", undefined].map((status) => needsWayOut({ status }))).toEqual([true, true, true, false, false]);
});

test("history is kept only with consent, thirty at most, and the oldest goes where the store is full", async () => {
  const history = await load("history");
  const settings = await load("settings");
  const record = (i) => ({ ...history.begin(), id: `c${i}`, turns: [{ question: `问题${i}`, rating: 0 }] });
  history.save(record(0));
  expect(world.store.has("history")).toBe(false);
  settings.setConsent(true);
  for (let i = 1; i < 40; i++) history.save(record(i));
  expect(world.store.get("history")).toHaveLength(30);
  expect(history.all()[0].title).toBe("问题39");
  world.full = true;
  history.save(record(41));
  expect(history.all()[0].id).toBe("c41");
  settings.setConsent(false);
  history.persist();
  expect(world.store.has("history")).toBe(false);
});

test("deleting tells how many the server still holds", async () => {
  const history = await load("history");
  for (const id of ["a", "b", "c"]) history.save({ ...history.begin(), id, conversation_id: id.repeat(32), turns: [{ question: id }] });
  world.onRequest = (request) => { request.url.includes("aaaa") ? request.reply(204) : request.url.includes("bbbb") ? request.reply(404, "{}") : request.reply(500, "{}"); };
  expect(await history.removeAll()).toBe(1);
  expect(history.all().map(({ id }) => id)).toEqual(["c"]);
});

test("problems speak for themselves", async () => {
  const { refused, unreached } = await load("problem");
  expect(refused({ status: 503, headers: {}, text: "<html>" })).toEqual({ status: 503, title: "服务暂时不可用", detail: "请稍后再试；急事可拨打人工窗口电话。" });
  expect(refused({ status: 404, headers: {}, text: '{"title":"没有找到","detail":"没有这一条"}' })).toEqual({ status: 404, title: "没有找到", detail: "没有这一条" });
  expect(unreached("request:fail timeout").title).toBe("等得太久了");
});

test("one login for many requests, and a new one before the token ends", async () => {
  const { authorised, forgetLogin } = await load("account");
  const clock = vi.spyOn(Date, "now").mockReturnValue(1_000_000);
  world.onRequest = (request) => request.reply(200, request.url.endsWith("/login") ? JSON.stringify({ token: `t${world.requests.length}`, expires_in: 7200 }) : "{}");
  await Promise.all(Array.from({ length: 5 }, () => authorised({ path: "/wechat/inquiries" })));
  const logins = () => world.requests.filter(({ url }) => url.endsWith("/login")).length;
  expect(logins()).toBe(1);
  clock.mockReturnValue(1_000_000 + 7139_000);
  await authorised({ path: "/wechat/inquiries" });
  expect(logins()).toBe(1);
  clock.mockReturnValue(1_000_000 + 7141_000);
  await authorised({ path: "/wechat/inquiries" });
  expect(logins()).toBe(2);
  forgetLogin();
  await authorised({ path: "/wechat/inquiries" });
  expect(logins()).toBe(3);
  clock.mockRestore();
});
