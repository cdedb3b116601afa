// One question and its answer as the page shows them: pure changes from state to state, keyed by path for setData.

const NEEDS_WAY_OUT = /^(refused|handoff|error)/;
/** @type {Record<string, string>} */
export const SOURCES = { text: "原文", digest: "要点（未导入原文）", guide: "办事指南" };
/** @type {Record<string, string>} */
export const TONES = { warn: "注意", info: "提示" };

let count = 0;

/** @param {string} question @returns {Turn} */
export function newTurn(question) {
  return {
    id: `t${Date.now().toString(36)}${count++}`, question, state: "waiting", progress: "正在查找依据…",
    message: { blocks: [], citations: [], followups: [] }, problem: null, wait: 0, rating: 0,
  };
}

/** What a new try at the same question starts from. @param {Turn} turn @returns {Turn} */
export function asNew(turn) {
  return { ...newTurn(turn.question), id: turn.id };
}

/**
 * What an event changes, as {path: value}.
 * @param {Turn} turn @param {string} event @param {any} data @returns {Record<string, unknown>}
 */
export function changes(turn, event, data) {
  switch (event) {
    case "message": return { state: "streaming", message: { ...data, blocks: data.blocks ?? [], citations: data.citations ?? [], followups: data.followups ?? [] } };
    case "meta": return { state: "streaming", ...within(data) };
    case "citations": return { "message.citations": data.citations, progress: `找到 ${data.citations.length} 条依据，正在组织回答…` };
    case "block": return { [`message.blocks[${data.index}]`]: data.block };
    case "clarify": return { "message.clarify": data };
    case "done": return within(data);
    default: return {};
  }
}

/** @param {Record<string, unknown>} data */
function within(data) {
  return Object.fromEntries(Object.entries(data).map(([name, value]) => [`message.${name}`, value]));
}

/** The change applied to a plain copy, for what is kept beside the page. @param {any} target @param {string} path @param {unknown} value */
export function put(target, path, value) {
  const steps = path.split(/[.[\]]+/).filter(Boolean);
  const name = /** @type {string} */ (steps.pop());
  let place = target;
  for (const step of steps) place = place[step];
  place[name] = value;
}

/** The sentence that goes with every answer, also when it is copied. @param {Message} message */
export function label(message) {
  const maker = message.ai_generated || message.maker === "model" ? "本回答由人工智能根据法规条文生成" : "本回答由程序根据法规条文组成";
  return `${maker}，仅供参考，以登记机关答复为准`;
}

/** @param {Message} message */
export const needsWayOut = (message) => NEEDS_WAY_OUT.test(message.status ?? "");

/** @param {Block} block */
function blockText({ kind, title, tone, items }) {
  const cell = (/** @type {Sentence} */ { text, cites }) => text + cites.map((n) => `[${n}]`).join("");
  const lines = items.map((item, i) => {
    if (kind === "table") return item.map(cell).join("\t");
    const text = item.map(cell).join("");
    if (kind === "list") return `· ${text}`;
    if (kind === "steps") return `${i + 1}. ${text}`;
    return kind === "notice" ? `${TONES[tone] ?? TONES.info}：${text}` : text;
  });
  return [title, ...lines].filter(Boolean).join("\n");
}

/** Question, answer, sources and label as plain text. @param {Turn} turn */
export function plainText({ question, message }) {
  const sources = message.citations.map((c) =>
    `[${c.n}] 《${c.title}》${c.article}${c.place}（${[`${c.edition} 文本`, c.status, SOURCES[c.source]].filter(Boolean).join("，")}）${c.quote ? `：${c.quote}` : ""}`);
  return [
    `问：${question}`,
    `答：\n${[...message.blocks.filter(Boolean).map(blockText), message.clarify?.question].filter(Boolean).join("\n\n")}`,
    sources.length ? `依据：\n${sources.join("\n")}` : "",
    `—— ${label(message)}${message.date ? `（按 ${message.date} 有效的规定）` : ""}`,
  ].filter(Boolean).join("\n\n");
}
