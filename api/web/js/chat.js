// The conversation: takes questions, runs them, keeps them.

import * as api from "./api.js";
import { askConsent } from "./consent.js";
import * as history from "./history.js";
import { withoutPersonalNumbers } from "./personal.js";
import { Records } from "./records.js";
import { chosenRegion, offerRegions } from "./settings.js";
import { Turn } from "./turn.js";

const LONGEST = 2000;
const EARLIER = 10;
const RECOVERY_MS = [1000, 2000, 4000];

const at = (selector) => document.querySelector(selector);
const log = at("#log");
const empty = at("#empty");
const form = at("#composer");
const box = at("#question");
const hint = at("#hint");
const stopButton = at("[data-stop]");
const sendButton = form.querySelector("[type=submit]");

let conversation = history.begin();
let running = null;

const say = (text) => { at("#status").textContent = text; };
const records = new Records(at("#records"), { show, cleared: fresh, say });
const handlers = { ask: press, again, rephrase, say };

/** A question from a button: the focus goes to the turn, so that no keyboard covers the answer on a phone. */
function press(question) {
  ask(question)?.node.focus({ preventScroll: true });
}

function again(turn) {
  if (running) return;
  run(turn);
  turn.node.focus();
}

function rephrase(question) {
  box.value = question;
  box.focus();
  box.select();
}

/** A new, empty conversation on the page. */
function fresh() {
  running?.abort();
  conversation = history.begin();
  log.replaceChildren();
  empty.hidden = false;
}

/** An earlier conversation, as it was answered then. */
function show(earlier) {
  fresh();
  conversation = earlier;
  empty.hidden = true;
  for (const entry of earlier.turns) {
    const turn = new Turn(entry.question, handlers);
    turn.entry = entry;
    turn.start();
    if (entry.message) turn.show(entry.message); else turn.stop("没有答完");
    log.append(turn.node);
  }
  records.draw(earlier.id);
  scrollTo(0, 0);
}

function busy(controller) {
  running = controller;
  log.setAttribute("aria-busy", Boolean(controller));
  if (!controller && document.activeElement === stopButton) box.focus();
  stopButton.hidden = !controller;
  sendButton.hidden = Boolean(controller);
}

function remark() {
  const length = [...box.value].length;
  const { kinds } = withoutPersonalNumbers(box.value);
  hint.textContent = length > LONGEST ? `问题有 ${length} 字，一次最多 ${LONGEST} 字。请挑要紧的问，细节可以接着问。`
    : kinds.length ? `看到了${kinds.join("、")}：提问用不着，发送时会隐去。`
      : length > LONGEST - 200 ? `还可以写 ${LONGEST - length} 字。` : "";
  return length <= LONGEST;
}

function ask(words) {
  const question = withoutPersonalNumbers(words.trim()).text;
  if (!question) { hint.textContent = "请先写下您的问题。"; box.focus(); return null; }
  if (running) { hint.textContent = "上一个问题还在回答，请稍等或先停止。"; return null; }
  empty.hidden = true;
  const turn = new Turn(question, handlers);
  log.querySelector(".fresh")?.classList.remove("fresh");
  turn.node.classList.add("fresh");
  log.append(turn.node);
  run(turn);
  turn.node.scrollIntoView({ block: "start" });
  return turn;
}

/** Answers the turn, for the first time or again. */
async function run(turn) {
  const own = conversation;
  const controller = new AbortController();
  turn.start();
  busy(controller);
  say("正在查找依据");
  // Kept before it is answered: a question that failed or was stopped can be asked again, and deleted.
  if (!own.turns.includes(turn.entry)) own.turns.push(turn.entry = { question: turn.question, message: null });
  keep(own);
  try {
    await stream(turn, own, controller.signal);
    turn.entry.message = turn.message;
    keep(own);
    const count = turn.message.citations?.length ?? 0;
    say(count ? `回答完成，引用 ${count} 条依据。` : "回答完成。");
  } catch (problem) {
    if (problem.name === "AbortError") { turn.stop(); say("已停止。"); } else turn.fail(problem);
  } finally {
    if (running === controller) busy(null);
  }
}

async function stream(turn, own, signal) {
  const earlier = own.turns.slice(0, own.turns.indexOf(turn.entry)).filter(({ message }) => message);
  const body = {
    question: turn.question,
    conversation_id: own.conversation_id,
    history: earlier.map(({ question }) => question).slice(-EARLIER),
    audience: "applicant",
    ...(form.elements.date.value && { date: form.elements.date.value }),
    ...(chosenRegion() && { region: chosenRegion() }),
  };
  try {
    for await (const { event, data } of api.chat(body, signal)) {
      turn.take(event, data);
      if (data.conversation_id) { own.conversation_id = data.conversation_id; history.save(own); }
    }
  } catch (problem) {
    if (problem.status !== 0 || !turn.message.message_id) throw problem;
    turn.show(await recovered(turn.message.message_id, problem, signal));
  }
}

/** The answer that the server finished although the line broke. */
async function recovered(id, problem, signal) {
  for (const ms of RECOVERY_MS) {
    await new Promise((resolve) => { setTimeout(resolve, ms); });
    if (signal.aborted) throw new DOMException("stopped", "AbortError");
    const message = await api.message(id).catch(() => null);
    if (message?.status) return message;
  }
  throw problem;
}

function keep(own) {
  own.title ||= own.turns[0].question.slice(0, 40);
  own.at = new Date().toISOString();
  history.save(own);
  records.draw(conversation.id);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (remark() && ask(box.value)) { box.value = ""; hint.textContent = ""; }
});
box.addEventListener("input", remark);
box.addEventListener("keydown", (event) => {
  // keyCode 229: Safari ends the composition before it reports the Enter that ended it.
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  form.requestSubmit();
});
stopButton.addEventListener("click", () => running?.abort());
at("[data-new]").addEventListener("click", () => { fresh(); records.unfold(false); records.draw(null); box.focus(); });
for (const node of empty.querySelectorAll("li button")) node.addEventListener("click", () => press(node.textContent));

offerRegions(at("[data-regions]"));
const prefilled = new URLSearchParams(location.search).get("q");
if (prefilled) { rephrase(prefilled); window.history.replaceState(null, "", "/"); }
askConsent(() => records.draw());
