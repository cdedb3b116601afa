// Conversations: in memory always, on this device where the reader agreed.

import { forget } from "./api.js";
import { consent } from "./settings.js";
import { read, write } from "./storage.js";

const MOST = 30;

/** @type {Conversation[] | null} */
let conversations = null;

/** Newest first. @returns {Conversation[]} */
export function all() {
  conversations ??= consent() === "yes" ? read("history", []) : [];
  return conversations;
}

/** A new, empty conversation; it is listed once something was asked. @returns {Conversation} */
export function begin() {
  return { id: `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 7)}`, conversation_id: null, title: "", at: "", turns: [] };
}

/** Puts the conversation on top of the list. @param {Conversation} conversation */
export function save(conversation) {
  const kept = { ...conversation, title: conversation.title || conversation.turns[0]?.question.slice(0, 40) || "", at: new Date().toISOString() };
  conversations = [kept, ...all().filter(({ id }) => id !== kept.id)].slice(0, MOST);
  persist();
}

/** Writes the list to this device, or takes it away where the reader does not agree. */
export function persist() {
  if (consent() !== "yes") { write("history", null); return; }
  // A full store loses the oldest conversations first.
  for (let kept = all(); !write("history", kept) && kept.length; kept = kept.slice(0, -1));
}

/** Deletes all here and on the server; returns how many the server still holds. Those stay listed. */
export async function removeAll() {
  const left = [];
  for (const conversation of all()) {
    try {
      if (conversation.conversation_id) await forget(conversation.conversation_id);
    } catch (problem) {
      // 404 and 410: it is gone, which is what was asked for.
      if (![404, 410].includes(/** @type {Problem} */ (problem).status)) left.push(conversation);
    }
  }
  conversations = left;
  persist();
  return left.length;
}
