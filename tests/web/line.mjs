// A slow or broken line to the real server: it passes everything on, and paces or cuts the events of an answer.

import http from "node:http";
import { after } from "node:test";
import { SITE } from "./browser.mjs";

/** A line with its own address. `hold`: after so many events nothing goes on until the test takes it away; `cut`: after so many the line breaks, once, within the next. */
export async function line(settings) {
  const server = http.createServer((request, response) => {
    const onward = http.request(new URL(request.url, SITE), { method: request.method, headers: { ...request.headers, host: new URL(SITE).host } }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      if (request.url === "/api/v1/chat") paced(answer, response, settings); else answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  });
  await new Promise((resolve, reject) => { server.on("error", reject).listen(0, "127.0.0.1", resolve); });
  after(() => { server.closeAllConnections(); server.close(); });
  return `http://127.0.0.1:${server.address().port}`;
}

async function paced(answer, response, settings) {
  const pieces = [];
  for await (const piece of answer) pieces.push(piece);
  const frames = Buffer.concat(pieces).toString().split(/(?<=\n\n)/);
  for (const [index, frame] of frames.entries()) {
    while (index >= settings.hold && !response.destroyed) {
      // Like the server's own, so that the page does not take a held line for a broken one.
      response.write(": keep-alive\n\n");
      await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
    if (response.destroyed) return;
    if (index === settings.cut) {
      settings.cut = undefined;
      response.write(frame.slice(0, 30), () => response.socket.end());
      return;
    }
    response.write(frame);
  }
  response.end();
}
