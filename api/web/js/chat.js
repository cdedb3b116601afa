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
// The widget has no room for records.
const records = at("#records") ? new Records(at("#records"), { show, cleared: fresh, say }) : { draw() {}, unfold() {} };
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
    // The page was closed while this one was answered: the server has finished it since.
    if (entry.pending && entry === earlier.turns.at(-1)) run(turn, (signal) => api.resume(entry.pending, signal));
  }
  records.draw(earlier.id);
  at(".scroller").scrollTop = 0;
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

/** Answers the turn, for the first time, again, or from where `answers(signal)` takes it up. */
async function run(turn, answers = (signal) => api.chat(request(turn), signal)) {
  const own = conversation;
  const controller = new AbortController();
  turn.start();
  busy(controller);
  say("正在查找依据");
  // Kept before it is answered: a question that failed or was stopped can be asked again, and deleted.
  if (!own.turns.includes(turn.entry)) own.turns.push(turn.entry = { question: turn.question, message: null });
  keep(own);
  try {
    for await (const { event, data } of answers(controller.signal)) {
      turn.take(event, data);
      if (data.conversation_id) own.conversation_id = data.conversation_id;
      if (event === "meta") { turn.entry.pending = data.message_id; history.save(own); }
    }
    turn.entry.message = turn.message;
    const count = turn.message.citations?.length ?? 0;
    say(count ? `回答完成，引用 ${count} 条依据。` : "回答完成。");
  } catch (problem) {
    if (problem.name === "AbortError") { turn.stop(); say("已停止。"); } else turn.fail(problem);
  } finally {
    delete turn.entry.pending;
    keep(own);
    if (running === controller) busy(null);
  }
}

function request(turn) {
  const earlier = conversation.turns.slice(0, conversation.turns.indexOf(turn.entry)).filter(({ message }) => message);
  return {
    question: turn.question,
    conversation_id: conversation.conversation_id,
    history: earlier.map(({ question }) => question).slice(-EARLIER),
    audience: "applicant",
    ...(form.elements.date.value && { date: form.elements.date.value }),
    ...(chosenRegion() && { region: chosenRegion() }),
  };
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
if (prefilled) { rephrase(prefilled); window.history.replaceState(null, "", location.pathname); }
askConsent(() => records.draw());
