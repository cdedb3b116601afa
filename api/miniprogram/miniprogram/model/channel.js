// One request to the server, whole or in pieces. Only this file knows wx.request.

import { ORIGIN } from "../config.js";
import { utf8Decoder } from "../shared/stream.js";

const ROOT = `${ORIGIN}/api/v1`;
const TIMEOUT = 60000;

/** What came as bytes or text, as text. @param {unknown} data */
function textOf(data) {
  if (typeof data === "string") return data;
  if (data instanceof ArrayBuffer) {
    const decoder = utf8Decoder();
    return decoder.write(new Uint8Array(data)) + decoder.end();
  }
  return data === undefined || data === null ? "" : JSON.stringify(data);
}

/** Header names come in any case. @param {Record<string, unknown> | undefined} headers */
function lower(headers) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const [name, value] of Object.entries(headers ?? {})) found[name.toLowerCase()] = String(value);
  return found;
}

/** Whether this WeChat hands out a response piece by piece (base library 2.20.1). */
export function canStream() {
  return !wx.canIUse || wx.canIUse("request.object.enableChunked") !== false;
}

/**
 * Sends a request. `piece(bytes)` runs for every piece where the answer comes in pieces; then `end(reply)` with the status and
 * the text that did not come in pieces, or `broken(message)` where no whole answer came.
 * @param {{path: string, method?: "GET" | "POST" | "DELETE", data?: unknown, token?: string, key?: string, stream?: boolean}} request
 * @param {{piece?: (bytes: Uint8Array) => void, end: (reply: Reply) => void, broken: (message: string) => void}} on
 * @returns {{abort: () => void}}
 */
export function open({ path, method = "GET", data, token = "", key = "", stream = false }, on) {
  const task = wx.request({
    url: ROOT + path,
    method,
    data: data === undefined ? undefined : JSON.stringify(data),
    header: {
      "content-type": "application/json",
      accept: stream ? "text/event-stream" : "application/json",
      ...(key ? { "idempotency-key": key } : {}),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    timeout: TIMEOUT,
    dataType: "string",
    responseType: stream ? "arraybuffer" : "text",
    enableChunked: stream,
    success: ({ statusCode, header, data: rest }) => on.end({ status: statusCode, headers: lower(header), text: textOf(rest) }),
    fail: ({ errMsg }) => on.broken(errMsg || "request:fail"),
  });
  if (stream && task.onChunkReceived) task.onChunkReceived(({ data: piece }) => on.piece?.(new Uint8Array(piece)));
  return task;
}
