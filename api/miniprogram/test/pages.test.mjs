// Whole pages, compiled and driven in Chromium against the real server, whose streams reach the app in pieces of 1 to 11 bytes.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { PROJECT } from "./harness/build.mjs";
import { PATIENCE, stage } from "./harness/stage.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const SHOTS = process.env.SHEZU_SHOTS ?? "";
const MEMBERS = "成立社会团体要多少会员？";
const DONE = ".at-actions";
/** Questions that leave the type open; which of them the assistant asks back at is its own matter. */
const OPEN_QUESTIONS = ["成立要什么条件", "怎么成立", "变更法定代表人", "年检", "注册资金最低多少", "注销要什么材料"];
const QUESTIONS = [MEMBERS, "社会团体注销要走哪些步骤？", "社会团体和基金会有什么区别？", "设立基金会的原始基金最低多少？", "民办非企业单位变更法定代表人怎么办？", "慈善组织申请公开募捐资格有什么条件？"];

/** @type {Awaited<ReturnType<typeof stage>>} */
let theatre;
before(async () => { theatre = await stage(); });
after(async () => { await theatre?.close(); });

/** A test with a telephone of its own; nothing may leave the origin, fail in a script, or be reported by glass-easel. */
function scene(name, settings, play) {
  test(name, async () => {
    const phone = await theatre.phone(settings);
    await play(phone, phone.page);
    await phone.close();
  });
}

/** Waits until `state()` is what is wanted: what a tap does need not be done when the tap returns. */
async function comes(state, wanted) {
  const until = Date.now() + PATIENCE;
  let now = await state();
  while (!isDeepStrictEqual(now, wanted) && Date.now() < until) {
    await new Promise((resolve) => { setTimeout(resolve, 20); });
    now = await state();
  }
  assert.deepEqual(now, wanted);
}

async function ask(page, question) {
  await page.fill("textarea[aria-label=您的问题]", question);
  await front(page).getByText("发送", { exact: true }).click();
}

/** The page in front; the others stay in the document, hidden. */
const front = (page) => page.locator("#screen > section:not([hidden])");
const tab = (page, name) => page.locator("#tabs").getByText(name, { exact: true }).click();
const turns = (page) => front(page).locator("answer-turn");
const lastTurn = (page) => turns(page).last();

/** What the last turn shows against the message that the server keeps: every block once, in order, to the letter. */
async function agrees(page) {
  const seen = await page.evaluate(() => getCurrentPages().at(-1).data.turns.at(-1));
  const kept = await page.evaluate(async (id) => (await fetch(`/api/v1/messages/${id}`)).json(), seen.message.message_id);
  assert.deepEqual(seen.message.blocks, kept.blocks);
  assert.deepEqual(seen.message.citations, kept.citations);
  assert.deepEqual(seen.message.followups, kept.followups);
  const drawn = await lastTurn(page).locator(".ab-text").allTextContents();
  assert.deepEqual(drawn, kept.blocks.flatMap((block) => block.items.flat().map(({ text }) => text)));
  assert.ok(!drawn.join("").includes("\ufffd"));
  return kept;
}

async function shot(page, name) {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.waitForTimeout(400);
  await page.screenshot({ path: join(SHOTS, `miniprogram-${name}.png`) });
}

async function accessible(page, what) {
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`).join(" | ")}`);
  });
  assert.deepEqual(found, [], what);
}

async function fits(page, what) {
  const wide = await page.evaluate(() => {
    const limit = document.documentElement.clientWidth;
    const loose = [...document.querySelectorAll("#screen section:not([hidden]) *")].filter((node) => !node.closest(".ab-scroll") && !node.matches(".unseen") && node.getBoundingClientRect().right > limit + 1);
    return { scroll: document.documentElement.scrollWidth - limit, loose: loose.slice(0, 3).map((node) => node.outerHTML.slice(0, 120)) };
  });
  assert.deepEqual(wide, { scroll: 0, loose: [] }, what);
}

scene("ten thousand cuts and no garbled character", {}, async ({ world }, page) => {
  let asked = 0;
  for (let cuts = 0; cuts < 10000 && asked < 60; asked++) {
    await world((seed) => { globalThis.world.seed = seed; }, 7919 * (asked + 1));
    await ask(page, QUESTIONS[asked % QUESTIONS.length]);
    await lastTurn(page).locator(DONE).waitFor();
    await agrees(page);
    cuts = await world(() => globalThis.world.cuts);
    await front(page).getByText("新对话", { exact: true }).click();
  }
  const { cuts, sizes } = await world(() => ({ cuts: globalThis.world.cuts, sizes: Object.keys(globalThis.world.sizes).map(Number) }));
  assert.ok(cuts >= 10000, `${cuts} cuts`);
  assert.deepEqual(sizes.sort((a, b) => a - b), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

scene("into the background and back at twelve places of a stream", {}, async ({ world }, page) => {
  for (let at = 0; at < 12; at++) {
    await world((cut) => {
      globalThis.world.cuts = 0;
      globalThis.world.requests = [];
      globalThis.world.pauseMs = 120;
      globalThis.world.pause = ({ cuts }) => {
        if (cuts < cut) return false;
        setTimeout(() => { globalThis.world.background(); setTimeout(() => globalThis.world.foreground(), 40); }, 0);
        return true;
      };
    }, 1 + at * 37);
    await ask(page, MEMBERS);
    await lastTurn(page).locator(DONE).waitFor();
    const kept = await agrees(page);
    const requests = await world(() => globalThis.world.requests);
    const posts = requests.filter(({ method }) => method === "POST");
    const resumed = requests.filter(({ path }) => path.startsWith(`/api/v1/messages/${kept.message_id}/events?after=`));
    assert.equal(posts.length + resumed.length, 2, JSON.stringify(requests));
    // Before the first frame the question is sent again, under the same key: the server answers it once.
    if (!resumed.length) assert.equal(posts[0].header["idempotency-key"], posts[1].header["idempotency-key"]);
    await front(page).getByText("新对话", { exact: true }).click();
  }
});

scene("a network that goes away and comes back", {}, async ({ world }, page) => {
  await world(() => {
    globalThis.world.pauseMs = 100;
    globalThis.world.pause = ({ cuts }) => { if (cuts < 150) return false; setTimeout(() => globalThis.world.offline(), 0); return true; };
  });
  await ask(page, MEMBERS);
  await front(page).getByText("网络已断开，恢复后接着显示。").waitFor();
  await front(page).getByText("网络已断开。已显示的内容还能看，联网后再提问。").waitFor();
  await shot(page, "offline");
  await accessible(page, "offline");
  await world(() => globalThis.world.online());
  await lastTurn(page).locator(DONE).waitFor();
  await agrees(page);
});

scene("a time-out in the middle goes on where it stopped", {}, async ({ world }, page) => {
  await world(() => {
    globalThis.world.pauseMs = 100;
    globalThis.world.pause = ({ cuts }) => { if (cuts < 200) return false; setTimeout(() => globalThis.world.abortAll("request:fail timeout"), 0); return true; };
  });
  await ask(page, MEMBERS);
  await lastTurn(page).locator(DONE).waitFor();
  await agrees(page);
});

scene("a server that cannot be reached, then can", {}, async (_, page) => {
  await page.route("**/api/v1/chat", (route) => route.abort());
  await ask(page, MEMBERS);
  await lastTurn(page).getByText("没有连上服务").waitFor();
  await accessible(page, "failed");
  await page.unroute("**/api/v1/chat");
  await lastTurn(page).getByRole("button", { name: "再试一次" }).click();
  await lastTurn(page).locator(DONE).waitFor();
  await agrees(page);
  assert.equal(await turns(page).count(), 1);
});

scene("too many questions", { server: "strict" }, async (_, page) => {
  await ask(page, MEMBERS);
  await lastTurn(page).locator(DONE).waitFor();
  await ask(page, "社会团体注销要走哪些步骤？");
  await lastTurn(page).getByText("提问太频繁了").waitFor();
  // How long an office makes people wait is its own setting: the countdown is looked at with a long one.
  await page.route("**/api/v1/chat", (route) => route.fulfill({ status: 429, headers: { "Retry-After": "3000" }, contentType: "application/problem+json", body: "{}" }));
  await ask(page, "设立基金会的原始基金最低多少？");
  const again = lastTurn(page).getByRole("button", { name: /秒后可再试/ });
  const first = await again.textContent();
  await comes(async () => await again.textContent() !== first, true);
  await accessible(page, "429");
});

scene("an old WeChat without pieces", {}, async ({ world }, page) => {
  await world(() => { globalThis.world.chunked = false; });
  await ask(page, MEMBERS);
  await lastTurn(page).locator(DONE).waitFor();
  await agrees(page);
  assert.equal((await world(() => globalThis.world.requests.at(-1))).header.accept, "application/json");
});

scene("a WeChat that hands the stream out whole at its end", {}, async ({ world }, page) => {
  await world(() => { globalThis.world.whole = true; });
  await ask(page, MEMBERS);
  await lastTurn(page).locator(DONE).waitFor();
  await agrees(page);
});

scene("stopped, and asked again", {}, async ({ world }, page) => {
  await world(() => { globalThis.world.pauseMs = 3_600_000; globalThis.world.pause = ({ said }) => /event: block[^]*\n\n/.test(said); });
  await ask(page, MEMBERS);
  await lastTurn(page).locator(".ab-text").first().waitFor();
  await front(page).getByText("停止", { exact: true }).click();
  await lastTurn(page).getByText("已停止", { exact: true }).waitFor();
  await lastTurn(page).getByRole("button", { name: "再试一次" }).click();
  await lastTurn(page).locator(DONE).waitFor();
  await agrees(page);
  assert.equal(await turns(page).count(), 1);
});

scene("clarify, answer, source, marked quote, and back", { scale: 2 }, async (_, page) => {
  await shot(page, "empty");
  await accessible(page, "empty");
  const open = await page.evaluate(async (questions) => {
    for (const question of questions) {
      const answer = await fetch("/api/v1/chat", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ question }) });
      if ((await answer.json()).clarify) return question;
    }
    return "";
  }, OPEN_QUESTIONS);
  assert.ok(open, "the assistant asks back at none of these questions");
  await ask(page, open);
  const options = lastTurn(page).locator(".at-clarify t-button, .at-clarify button");
  await options.first().waitFor();
  await shot(page, "clarify");
  await accessible(page, "clarify");
  await lastTurn(page).locator(".at-clarify").getByRole("button").first().click();
  await page.waitForFunction(() => document.querySelectorAll("answer-turn").length === 2);
  await lastTurn(page).locator(DONE).waitFor();
  await agrees(page);
  await front(page).getByText("新对话", { exact: true }).click();
  await ask(page, MEMBERS);
  await lastTurn(page).locator(DONE).waitFor();
  await shot(page, "answer");
  await accessible(page, "answer");
  const citation = await page.evaluate(() => getCurrentPages().at(-1).data.turns.at(-1).message.citations[0]);
  await lastTurn(page).getByRole("button", { name: `依据${citation.n}：` }).first().click();
  await front(page).locator(".ar-mark").first().waitFor();
  const squeeze = (text) => text.replace(/\s+/g, "");
  assert.equal(squeeze((await front(page).locator(".ar-mark").allTextContents()).join("")), squeeze(citation.quote));
  await front(page).getByText(`《${citation.title}》${citation.article}`).first().waitFor();
  await shot(page, "article");
  await accessible(page, "article");
  const next = front(page).getByRole("button", { name: /^下一条/ });
  const label = (await next.textContent()).replace("下一条：", "");
  await next.click();
  await front(page).locator(".title", { hasText: label }).waitFor();
  await page.locator("#back").click();
  await comes(() => turns(page).count(), 1);
  await lastTurn(page).locator(".at-source").first().click();
  await front(page).locator(".ar-mark").first().waitFor();
});

scene("refused, with ways out", {}, async (_, page) => {
  await ask(page, "今天天气怎么样");
  await lastTurn(page).getByText("换个问法").click();
  await comes(() => page.inputValue("textarea[aria-label=您的问题]"), "今天天气怎么样");
  await accessible(page, "refused");
  await lastTurn(page).getByText("人工窗口").click();
  await front(page).getByText("云山市民政局社会组织登记窗口").waitFor();
  await front(page).getByRole("button", { name: "拨打 12345" }).click();
  await comes(() => page.evaluate(() => globalThis.world.calls), ["12345"]);
  await front(page).getByText("这里没有开通微信留言，请打电话。").waitFor();
  await accessible(page, "office");
});

scene("personal numbers do not leave the telephone", {}, async ({ world }, page) => {
  await page.fill("textarea[aria-label=您的问题]", "我的手机13812345678，成立社会团体要多少会员？");
  await page.fill("textarea[aria-label=您的问题]", "电话 13812345678 成立社会团体要多少会员？");
  await front(page).getByText("看到了手机号").waitFor();
  await front(page).getByText("发送", { exact: true }).click();
  await lastTurn(page).locator(DONE).waitFor();
  const sent = JSON.stringify(await world(() => globalThis.world.requests)) + await world(() => JSON.stringify(localStorage));
  assert.ok(!sent.includes("13812345678"));
  await ask(page, "   ");
  await front(page).getByText("请先写下您的问题。").waitFor();
  await page.fill("textarea[aria-label=您的问题]", "长".repeat(2001));
  await front(page).getByText("一次最多 2000 字").waitFor();
  await front(page).getByText("发送", { exact: true }).click();
  assert.equal(await turns(page).count(), 1);
});

scene("copied with sources and label, rated with reasons, kept and opened again", {}, async ({ world }, page) => {
  await ask(page, MEMBERS);
  await lastTurn(page).locator(DONE).waitFor();
  // The word stands for two seconds only: it is watched for before the tap.
  const said = page.evaluate(() => new Promise((resolve) => {
    const seen = new MutationObserver(() => { if (document.querySelector("#screen").textContent.includes("已复制")) { seen.disconnect(); resolve(); } });
    seen.observe(document.body, { childList: true, subtree: true, characterData: true });
  }));
  await front(page).getByText("复制（带依据）").click();
  await said;
  const copied = await world(() => globalThis.world.clipboard);
  for (const part of [`问：${MEMBERS}`, "依据：\n[1] 《", "仅供参考，以登记机关答复为准"]) assert.ok(copied.includes(part), part);
  await front(page).getByText("评价这个回答").click();
  await front(page).getByRole("radio", { name: "不满意", exact: true }).click();
  await front(page).getByRole("checkbox", { name: "看不懂" }).click();
  await page.fill("textarea[aria-label=文字意见]", "太长了");
  await accessible(page, "rating");
  await front(page).getByText("提交评价").click();
  await front(page).getByText("您的评价：不满意").waitFor();
  const body = JSON.parse((await world(() => globalThis.world.requests.at(-1))).data);
  assert.deepEqual({ rating: body.rating, reasons: body.reasons, text: body.text }, { rating: 2, reasons: ["看不懂"], text: "太长了" });
  await page.reload();
  await tab(page, "我的");
  await front(page).getByText("评价：不满意").waitFor();
  await accessible(page, "mine");
  await front(page).locator(".mi-record").click();
  await lastTurn(page).locator(".at-source").first().waitFor();
  assert.equal(await lastTurn(page).locator(".at-asked").textContent(), MEMBERS);
  await tab(page, "我的");
  await front(page).getByText("删除我的记录").click();
  await front(page).getByText("记录已删除。").waitFor();
  assert.equal(await front(page).locator(".mi-record").count(), 0);
  assert.equal(await page.evaluate(async (id) => (await fetch(`/api/v1/messages/${id}`)).status, body.message_id), 404);
  await tab(page, "问答");
  assert.equal(await turns(page).count(), 0);
});

scene("the notice before first use; declined, nothing is kept", { consent: "" }, async ({ world }, page) => {
  await front(page).getByText("使用前请了解").waitFor();
  await accessible(page, "notice");
  await front(page).getByText("不同意，只提问").click();
  await ask(page, MEMBERS);
  await lastTurn(page).locator(DONE).waitFor();
  assert.deepEqual(await world(() => Object.keys(localStorage)), ["consent"]);
  await tab(page, "我的");
  await front(page).getByText("个人信息处理说明").click();
  await front(page).getByText("在本机保存问答记录：关").click();
  await front(page).getByText("在本机保存问答记录：开").waitFor();
  assert.ok((await world(() => localStorage.getItem("history"))).includes(MEMBERS));
  await accessible(page, "privacy");
});

scene("a guide as a checklist", { scale: 2 }, async ({ world }, page) => {
  await tab(page, "办事指南");
  await front(page).getByRole("button", { name: "社会团体", exact: true }).click();
  await front(page).getByRole("button", { name: "成立", exact: true }).click();
  await accessible(page, "guides");
  await front(page).locator(".gs-item").first().click();
  const ticks = front(page).getByRole("checkbox");
  await ticks.first().waitFor();
  await ticks.first().click();
  await front(page).getByText(/备好 1 \/ \d+/).waitFor();
  await front(page).locator(".gd-head", { hasText: "备好" }).scrollIntoViewIfNeeded();
  await shot(page, "guide");
  await accessible(page, "guide");
  await front(page).getByText("复制材料清单").click();
  const copied = await world(() => globalThis.world.clipboard);
  assert.match(copied, /☑ /);
  assert.match(copied, /☐ /);
  assert.match(copied, /以登记机关要求为准$/);
  await page.locator("#back").click();
  await front(page).locator(".gs-item").first().click();
  await front(page).getByText(/备好 1 \/ \d+/).waitFor();
  await front(page).locator(".gd-cites button").first().click();
  await front(page).locator(".ar-mark").first().waitFor();
});

scene("a name and a deadline are worked out", {}, async (_, page) => {
  await tab(page, "工具");
  await front(page).getByRole("button", { name: "核对", exact: true }).click();
  await front(page).getByText("请先写拟用名称").waitFor();
  await page.fill("textarea[aria-label=拟用名称]", "宁波市阳光养老服务中心");
  await page.selectOption("select[aria-label=组织类型]", { label: "民办非企业单位" });
  await front(page).getByRole("button", { name: "核对", exact: true }).click();
  await front(page).locator(".tf-row").first().waitFor();
  assert.ok(await front(page).locator(".tf-row").count() >= 3);
  await accessible(page, "name");
  await page.fill("textarea[aria-label=拟用名称]", "中国宇宙第一协会");
  await front(page).getByRole("button", { name: "核对", exact: true }).click();
  await front(page).getByText("有不符合规定的地方").waitFor();
  await front(page).locator(".tf-cites button").first().click();
  await front(page).locator(".ar-facts").waitFor();
  await page.locator("#back").click();
  await front(page).getByText("期限推算").click();
  await front(page).locator("select[aria-label=从哪件事起算] option").first().waitFor({ state: "attached" });
  await page.fill("input[aria-label=起算日期]", "2026-03-03");
  await front(page).getByRole("button", { name: "推算", exact: true }).click();
  await front(page).getByText(/最后一天：2026-\d\d-\d\d/).waitFor();
  await accessible(page, "deadline");
});

scene("with WeChat set up: one silent login, checked questions, an inquiry and its reply", { server: "wechat" }, async ({ world }, page) => {
  await ask(page, MEMBERS);
  await lastTurn(page).locator(DONE).waitFor();
  await agrees(page);
  await ask(page, "设立基金会的原始基金最低多少？");
  await page.waitForFunction((done) => document.querySelectorAll(done).length === 2, DONE);
  const paths = (await world(() => globalThis.world.requests)).map(({ method, path }) => `${method} ${path}`);
  assert.equal(paths.filter((path) => path === "POST /api/v1/wechat/login").length, 1);
  assert.equal(paths.filter((path) => path === "POST /api/v1/wechat/chat").length, 2);
  assert.ok((await theatre.tell("count")).calls.check >= 4);
  const stored = await world(() => JSON.stringify(localStorage));
  assert.ok(!stored.includes("openid") && !/Bearer|token/i.test(stored));
  await theatre.tell("risky");
  await ask(page, "社会团体注销要走哪些步骤？");
  await lastTurn(page).getByText("没有通过微信的内容安全检查").waitFor();
  await lastTurn(page).getByText("人工窗口").click();
  await page.fill("textarea[aria-label=留言]", "材料齐了，周末能交吗？");
  await accessible(page, "inquiry");
  await front(page).getByText("发送，有答复时通知我").click();
  await front(page).getByText(/已收到，编号 \d+/).waitFor();
  const number = /编号 (\d+)/.exec(await front(page).locator(".of-said").textContent())[1];
  await page.locator("#back").click();
  await tab(page, "我的");
  await front(page).getByText("待答复").waitFor();
  assert.equal((await theatre.tell(`answer ${number} 周六上午可以，请带原件。`)).calls.notice, 1);
  await tab(page, "问答");
  await tab(page, "我的");
  await front(page).getByText("窗口答复：周六上午可以，请带原件。").waitFor();
  await shot(page, "mine");
  await accessible(page, "replies");
  await front(page).getByText("删除我的记录").click();
  await front(page).getByText("记录已删除。").waitFor();
  assert.equal(await front(page).locator(".mi-item").count(), 0);
});

scene("a login that the server has forgotten is made anew", { server: "wechat" }, async ({ world }, page) => {
  await ask(page, MEMBERS);
  await lastTurn(page).locator(DONE).waitFor();
  await page.evaluate(async () => {
    const { header } = globalThis.world.requests.find(({ path }) => path === "/api/v1/wechat/chat");
    await fetch("/api/v1/wechat/login", { method: "DELETE", headers: { authorization: header.authorization } });
  });
  await ask(page, "设立基金会的原始基金最低多少？");
  await page.waitForFunction((done) => document.querySelectorAll(done).length === 2, DONE);
  await agrees(page);
  assert.equal((await world(() => globalThis.world.requests)).filter(({ path }) => path === "/api/v1/wechat/login").length, 2);
});

for (const elder of [false, true]) {
  scene(`320 pixels wide${elder ? ", 长辈版" : ""}`, { width: 320, height: 640, elder }, async (_, page) => {
    await fits(page, "empty");
    await ask(page, "社会团体和基金会有什么区别？");
    await lastTurn(page).locator(DONE).waitFor();
    await fits(page, "answer");
    await front(page).locator(".at-source").first().click();
    await front(page).locator(".ar-facts").waitFor();
    await fits(page, "article");
    await page.locator("#back").click();
    for (const [name, ready] of [["办事指南", ".gs-item"], ["工具", ".card"], ["我的", ".card"]]) {
      await tab(page, name);
      await front(page).locator(ready).first().waitFor();
      await fits(page, name);
      if (elder) await accessible(page, `${name} 长辈版`);
    }
  });
}

scene("长辈版: words and targets, kept", { scale: 2 }, async (_, page) => {
  await front(page).getByRole("button", { name: "长辈版" }).click();
  await ask(page, MEMBERS);
  await lastTurn(page).locator(DONE).waitFor();
  const measure = () => page.evaluate(() => {
    const size = (selector) => parseFloat(getComputedStyle(document.querySelector(selector)).fontSize);
    const small = [...document.querySelectorAll("#screen section:not([hidden]) button")].filter((node) => node.offsetParent).map((node) => ({ words: node.textContent.trim().slice(0, 12), ...(({ width, height }) => ({ width, height }))(node.getBoundingClientRect()) }))
      .filter(({ width, height }) => Math.min(width, height) < (document.querySelector(".elder") ? 60 : 44));
    const line = getComputedStyle(document.querySelector(".elder .ab-text"));
    return { body: size(".elder .ab-text"), leading: parseFloat(line.lineHeight) / parseFloat(line.fontSize), small };
  });
  const found = await measure();
  assert.ok(found.body >= 20, `${found.body}px`);
  assert.ok(found.leading >= 1.5, `${found.leading}`);
  assert.deepEqual(found.small.filter(({ words }) => !/^\d+$/.test(words)), []);
  await shot(page, "elder");
  await accessible(page, "elder");
  await page.reload();
  await front(page).locator(".elder").first().waitFor();
});
