// The HTTP interface under /api/v1. Every failure is a Problem with Chinese words fit for the page.

import { eventParser, utf8Decoder } from "./stream.js";

const ROOT = "/api/v1";
const SILENCE_MS = 45000;
const RETRY_MS = [1000, 2000, 4000];

/** A problem document (RFC 9457), or what stands for one where no answer came; status 0 means the network, `cut` that it broke off. */
export class Problem extends Error {
  constructor({ status = 0, title = "出错了", detail = "", field = "", retryAfter = 0, cut = false }) {
    super(detail || title);
    Object.assign(this, { status, title, detail, field, retryAfter, cut });
  }
}

const UNREACHED = { title: "没有连上服务", detail: "请检查网络后再试一次；急事可拨打人工窗口电话。" };
const CUT = { title: "连接中断了", detail: "回答没有收全，请再试一次。", cut: true };

function seconds(header) {
  if (!header) return 0;
  const value = Number(header);
  return Number.isFinite(value) ? value : Math.max(0, Math.ceil((Date.parse(header) - Date.now()) / 1000)) || 0;
}

async function problemOf(response) {
  const document = await response.json().catch(() => ({}));
  const title = response.status === 429 ? "提问太频繁了" : document.title || "服务暂时不可用";
  const detail = document.detail || (response.status >= 500 ? "请稍后再试；急事可拨打人工窗口电话。" : "");
  return new Problem({ status: response.status, title, detail, field: document.field, retryAfter: seconds(response.headers.get("Retry-After")) });
}

async function send(path, { method = "GET", body, file, accept = "application/json", signal, key } = {}) {
  let response;
  try {
    response = await fetch(ROOT + path, {
      method,
      signal,
      headers: { Accept: accept, ...(body && { "Content-Type": "application/json" }), ...(file && { "Content-Type": "application/octet-stream" }), ...(key && { "Idempotency-Key": key }) },
      body: file ?? (body && JSON.stringify(body)),
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(UNREACHED);
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function json(path, options) {
  const response = await send(path, options);
  return response.status === 204 ? null : response.json();
}

const part = encodeURIComponent;

export const article = (law, edition, label) => json(`/laws/${part(law)}/editions/${part(edition)}/articles/${part(label)}`);
export const guides = () => json("/guides");
export const guide = (slug, region) => json(`/guides/${part(slug)}${region ? `?region=${part(region)}` : ""}`);
export const feedback = (body) => json("/feedback", { method: "POST", body });
export const office = () => json("/office");
export const tool = (name, body) => json(`/tools/${name}`, { method: "POST", body });
export const toolOptions = (name) => json(`/tools/${name}`);
export const charterFile = (file, type, charity) =>
  json(`/tools/charter/file?${new URLSearchParams({ type, name: file.name, charity })}`, { method: "POST", file });
export const leaveTicket = (body) => json("/tickets", { method: "POST", body });
export const withdrawTicket = (id) => json(`/tickets/${part(id)}`, { method: "DELETE" });
export const forget = (conversation) => json(`/conversations/${part(conversation)}`, { method: "DELETE" });

async function patiently(reading, reader) {
  let timer;
  const silence = new Promise((_, reject) => {
    timer = setTimeout(() => { reader.cancel().catch(() => {}); reject(new Problem(CUT)); }, SILENCE_MS);
  });
  try {
    return await Promise.race([reading, silence]);
  } catch (error) {
    throw error.name === "AbortError" || error instanceof Problem ? error : new Problem(CUT);
  } finally {
    clearTimeout(timer);
  }
}

/** The frames of a response as {id, event, data}; plain JSON, from a server that does not stream, is one frame "message". */
async function* frames(response) {
  if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) {
    yield { event: "message", data: await response.json() };
    return;
  }
  const reader = response.body.getReader();
  const decoder = utf8Decoder();
  const parser = eventParser();
  for (;;) {
    const { done, value } = await patiently(reader.read(), reader);
    if (done) throw new Problem(CUT);
    for (const { id, event, data } of parser.write(decoder.write(value))) yield { id: Number(id), event, data: JSON.parse(data) };
  }
}

const pause = (ms, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener("abort", () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
});

/** The events from `open(after)`. Answers are stored as they are made: where the line breaks, they are read on from the last number. */
async function* events(open, message, signal) {
  let seen = 0;
  let failures = 0;
  for (;;) {
    try {
      for await (const { id, event, data } of frames(await open(seen))) {
        if (event === "error") throw new Problem(data);
        if (event === "meta") message = data.message_id;
        if (id <= seen) continue;
        seen = id || seen;
        failures = 0;
        yield { event, data };
        if (event === "done" || event === "message") return;
      }
    } catch (problem) {
      if (problem.name === "AbortError" || problem.status || !(message || problem.cut) || failures === RETRY_MS.length) throw problem;
      await pause(RETRY_MS[failures], signal);
      failures += 1;
      if (message) open = stored(message, signal);
    }
  }
}

const stored = (message, signal) => (after) => send(`/messages/${part(message)}/events?after=${after}`, { accept: "text/event-stream", signal });

/** Asks; the events of the answer as {event, data}. Under its key a question whose line broke at once is asked again, but answered once. */
export function chat(body, signal) {
  const key = Array.from(crypto.getRandomValues(new Uint32Array(4)), (number) => number.toString(16).padStart(8, "0")).join("");
  return events(() => send("/chat", { method: "POST", body, accept: "text/event-stream", signal, key }), null, signal);
}

/** The events of an answer that was asked for before. */
export const resume = (message, signal) => events(stored(message, signal), message, signal);
