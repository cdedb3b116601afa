// What went wrong, in words fit for the page: problem documents (RFC 9457), and what stands for one where no answer came.

const UNREACHED = { status: 0, title: "没有连上服务", detail: "请检查网络后再试一次；急事可拨打人工窗口电话。" };
const SLOW = { status: 0, title: "等得太久了", detail: "服务没有及时回答，请再试一次；急事可拨打人工窗口电话。" };
/** @type {Problem} */
export const CUT = { status: 0, title: "连接中断了", detail: "回答没有收全，请再试一次。" };

/** A request that brought no answer. @param {string} message @returns {Problem} */
export function unreached(message) {
  return /time ?out/i.test(message) ? SLOW : UNREACHED;
}

/** An answer that is an error. @param {Reply} reply @returns {Problem} */
export function refused({ status, headers, text }) {
  let document;
  try {
    document = JSON.parse(text);
  } catch {
    document = {};
  }
  const retryAfter = Math.max(0, Math.ceil(Number(headers["retry-after"]) || 0));
  return {
    status,
    title: status === 429 ? "提问太频繁了" : document.title || "服务暂时不可用",
    detail: document.detail || (status >= 500 ? "请稍后再试；急事可拨打人工窗口电话。" : ""),
    ...(retryAfter ? { retryAfter } : {}),
  };
}
