// Conversations: in memory always, on this device where the reader agreed.

import { forget } from "./api.js";
import { keeps } from "./consent.js";
import { read, write } from "./storage.js";

const MOST = 30;

let conversations = keeps() ? read("history", []) : [];

/** A new, empty conversation; it is listed once something was asked. */
export function begin() {
  return { id: `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 7)}`, conversation_id: null, title: "", at: "", turns: [] };
}

/** Newest first. */
export const all = () => conversations;

/** Puts the conversation on top of the list. */
export function save(conversation) {
  conversations = [conversation, ...conversations.filter(({ id }) => id !== conversation.id)].slice(0, MOST);
  persist();
}

/** Writes the list to this device, or takes it away where the reader does not agree. */
export function persist() {
  if (!keeps()) { write("history", null); return; }
  // A full store loses the oldest conversations first.
  for (let kept = conversations; !write("history", kept) && kept.length; kept = kept.slice(0, -1));
}

/** Deletes all here and on the server; returns how many the server still holds. Those stay listed. */
export async function removeAll() {
  const left = [];
  for (const conversation of conversations) {
    try {
      if (conversation.conversation_id) await forget(conversation.conversation_id);
    } catch (problem) {
      // 404 and 410: it is gone, which is what was asked for.
      if (problem.status !== 404 && problem.status !== 410) left.push(conversation);
    }
  }
  conversations = left;
  persist();
  return left.length;
}
