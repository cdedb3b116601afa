// The silent login: a one-time code for a short-lived token of the server's. No name, picture or telephone number is asked for.

import { open } from "./channel.js";
import { refused, unreached } from "./problem.js";

/** @type {{configured: boolean, template: string} | null} */
let config = null;
let token = "";
let ends = 0;
/** @type {Promise<string> | null} */
let running = null;

/** @param {Parameters<typeof open>[0]} request @returns {Promise<Reply>} rejects with a Problem */
export function send(request) {
  return new Promise((resolve, reject) => {
    open(request, {
      end: (reply) => (reply.status >= 200 && reply.status < 300 ? resolve(reply) : reject(refused(reply))),
      broken: (message) => reject(unreached(message)),
    });
  });
}

/** Whether the server has WeChat set up; asked once, and again until it was told. */
export async function refreshConfig() {
  if (config) return config;
  try {
    config = JSON.parse((await send({ path: "/wechat/config" })).text);
  } catch {
    // A server without the WeChat routes, or none at all: questions go the plain way.
  }
  return config ?? { configured: false, template: "" };
}

/** @returns {Promise<string>} */
function code() {
  return new Promise((resolve, reject) => {
    wx.login({
      success: ({ code: found }) => resolve(found),
      fail: () => reject({ status: 0, title: "微信登录没有成功", detail: "请检查网络后再试一次；不登录也可以查办事指南。" }),
    });
  });
}

async function fresh() {
  const reply = await send({ path: "/wechat/login", method: "POST", data: { code: await code() } });
  const found = JSON.parse(reply.text);
  token = found.token;
  // A minute early: the token must not end on its way.
  ends = Date.now() + (found.expires_in - 60) * 1000;
  return token;
}

/** A token that holds now; one login at a time. Rejects with a Problem. @param {boolean} [anew] */
export function login(anew = false) {
  if (!anew && token && Date.now() < ends) return Promise.resolve(token);
  running ??= fresh().finally(() => { running = null; });
  return running;
}

/** A request of a logged-in user; a login that the server has forgotten is made anew once. @param {Parameters<typeof open>[0]} request */
export async function authorised(request) {
  try {
    return await send({ ...request, token: await login() });
  } catch (problem) {
    if (/** @type {Problem} */ (problem).status !== 401) throw problem;
    return send({ ...request, token: await login(true) });
  }
}

/** Nothing of the login stays on this device. */
export function forgetLogin() {
  token = "";
  ends = 0;
}
