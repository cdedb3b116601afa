// Who is signed in, and calls of the console's interface: each change carries the CSRF header, and a locked console leads to the sign-in page.

import { Problem } from "/js/api.js";

const ROOT = "/api/v1/staff";
const UNREACHED = { title: "没有连上服务", detail: "请检查网络后再试一次。" };
let csrf = "";

/** Where to sign in, coming back here afterwards. */
export function signInPage(why = "") {
  const query = new URLSearchParams({ next: location.pathname + location.search + location.hash, ...(why && { why }) });
  return `/console/sign-in.html?${query}`;
}

/** The answer to a call under /api/v1/staff as JSON, null where there is none. Throws a Problem; where nobody is signed in, leaves for the sign-in page. */
export async function call(method, path, body) {
  const response = await plainCall(method, path, body);
  if (response.status === 401) {
    location.assign(signInPage((await problemOf(response)).message));
    return new Promise(() => {});
  }
  if (!response.ok) throw await problemOf(response);
  return response.status === 204 ? null : response.json();
}

/** The response itself, whatever its status; a file is sent as it is. Throws a Problem where there was none. */
export async function plainCall(method, path, body) {
  const raw = body instanceof Blob;
  const type = body !== undefined && { "Content-Type": raw ? "application/octet-stream" : "application/json" };
  const headers = { Accept: "application/json", ...(csrf && method !== "GET" && { "X-CSRF": csrf }), ...type };
  try {
    return await fetch(ROOT + path, { method, headers, body: raw || body === undefined ? body : JSON.stringify(body) });
  } catch {
    throw new Problem(UNREACHED);
  }
}

/** What a response that failed says. */
export async function problemOf(response) {
  const said = await response.json().catch(() => ({}));
  return new Problem({ status: response.status, title: said.title || "服务暂时不可用", detail: said.detail || "", field: said.field });
}

/** The session: name, display, roles, idle_minutes, once. */
export async function session() {
  const found = await call("GET", "/session");
  csrf = found.csrf;
  return found;
}
