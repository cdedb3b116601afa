// The HTTP interface under /api/v1. Every failure is a Problem with Chinese words fit for the page.

import { eventParser, utf8Decoder } from "./stream.js";

const ROOT = "/api/v1";
const SILENCE_MS = 45000;

/** A problem document (RFC 9457), or what stands for one where no answer came; status 0 means the network. */
export class Problem extends Error {
  constructor({ status = 0, title = "出错了", detail = "", retryAfter = 0 }) {
    super(detail || title);
    Object.assign(this, { status, title, detail, retryAfter });
  }
}

const UNREACHED = { title: "没有连上服务", detail: "请检查网络后再试一次；急事可拨打人工窗口电话。" };
const CUT = { title: "连接中断了", detail: "回答没有收全，请再试一次。" };

function seconds(header) {
  if (!header) return 0;
  const value = Number(header);
  return Number.isFinite(value) ? value : Math.max(0, Math.ceil((Date.parse(header) - Date.now()) / 1000)) || 0;
}

async function problemOf(response) {
  const document = await response.json().catch(() => ({}));
  const title = response.status === 429 ? "提问太频繁了" : document.title || "服务暂时不可用";
  const detail = document.detail || (response.status >= 500 ? "请稍后再试；急事可拨打人工窗口电话。" : "");
  return new Problem({ status: response.status, title, detail, retryAfter: seconds(response.headers.get("Retry-After")) });
}

async function send(path, { method = "GET", body, accept = "application/json", signal } = {}) {
  let response;
  try {
    response = await fetch(ROOT + path, {
      method,
      signal,
      headers: { Accept: accept, ...(body ? { "Content-Type": "application/json" } : {}) },
      body: body && JSON.stringify(body),
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

export const message = (id) => json(`/messages/${part(id)}`);
export const article = (law, edition, label) => json(`/laws/${part(law)}/editions/${part(edition)}/articles/${part(label)}`);
export const guides = () => json("/guides");
export const guide = (slug, region) => json(`/guides/${part(slug)}${region ? `?region=${part(region)}` : ""}`);
export const feedback = (body) => json("/feedback", { method: "POST", body });
export const office = () => json("/office");
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

/** The events of one answer as {event, data}; a server that answers with plain JSON gives one event "message". */
export async function* chat(body, signal) {
  const response = await send("/chat", { method: "POST", body, accept: "text/event-stream", signal });
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
    for (const { event, data } of parser.write(decoder.write(value))) {
      const content = JSON.parse(data);
      if (event === "error") throw new Problem(content);
      yield { event, data: content };
      if (event === "done") return;
    }
  }
}
