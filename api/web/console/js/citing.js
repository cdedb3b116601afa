// How an article is cited, and text to take along: what is copied always says where it comes from.

import { say } from "./shell.js";

/** 《基金会管理条例》第十五条第一款 */
export const cited = ({ title, label, article, place = "" }) => `《${title}》${label ?? article ?? ""}${place}`;

/** An article's words with its citation. */
export function articleText({ law, label, text, digest, edition }, release) {
  const words = text ?? `要点（未导入原文，以官方公布的文本为准）：\n${(digest?.points ?? []).map(({ say: words }) => `· ${words}`).join("\n")}`;
  return [`《${law.title}》${label}（${edition.date} 文本，${edition.status}）`, words, note(release)].join("\n");
}

/** A checklist's materials and conditions with what they rest on. */
export function checklistText({ title, kind, circumstances, sections, citations }, release) {
  const basis = (cites) => cites.map((n) => citations.find((c) => c.n === n)).filter(Boolean).map((c) => `《${c.title}》${c.article}${c.place}`).join("；");
  const parts = sections.filter(({ key }) => ["conditions", "materials", "limits", "fee"].includes(key)).map(({ title: name, items }) =>
    [`${name}：`, ...items.map((item) => `${item.n}. ${item.name ? `${item.name}：` : ""}${item.say}${item.cites.length ? `（依据：${basis(item.cites)}）` : ""}`)].join("\n"));
  return [`${title}（${[kind, ...circumstances].join("，")}）`, ...parts, note(release)].join("\n\n");
}

/** Where what is taken along comes from, and when it was looked up. */
export function note(release) {
  const day = new Date().toLocaleDateString("sv-SE", { timeZone: "Asia/Shanghai" });
  return `——摘自本单位登记工作台，${day} 查，语料发布 ${release ?? ""}。由程序检索得出，以登记机关要求和官方文本为准。`;
}

/** Copies, and says so. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const box = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  say("已复制，带出处");
}
