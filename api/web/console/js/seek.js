// Results as one types: asked a moment after the last letter, abandoned when the next comes; what means the same joins when the clerk pauses.

import { problemOf, signInPage } from "./session.js";

const WAIT_MS = 60;
const PAUSE_MS = 800;
const ROOT = "/api/v1/staff/lookup";

async function get(query, signal) {
  const response = await fetch(`${ROOT}?${query}`, { signal, headers: { Accept: "application/json" } });
  if (response.status === 401) location.assign(signInPage((await problemOf(response)).message));
  if (!response.ok) throw await problemOf(response);
  return response.json();
}

/** Calls `show(answer, deep)` with what is found for the newest words and filters, `fail(problem)` where it could not be asked. `waiting`: not answered yet. */
export class Seeker {
  constructor(show, fail) {
    Object.assign(this, { show, fail, timer: 0, pause: 0, running: null, waiting: false });
  }

  /** Ask soon, or at once. */
  ask(fields, soon = true) {
    clearTimeout(this.timer);
    clearTimeout(this.pause);
    this.running?.abort();
    this.waiting = true;
    this.timer = setTimeout(() => this.#run(fields), soon ? WAIT_MS : 0);
  }

  /** What was found will do: the rest is not asked for. */
  content() {
    clearTimeout(this.pause);
  }

  /** Ask nothing any more. */
  stop() {
    clearTimeout(this.timer);
    clearTimeout(this.pause);
    this.running?.abort();
    this.waiting = false;
  }

  async #run(fields) {
    const query = new URLSearchParams(Object.entries(fields).filter(([, value]) => value));
    const controller = (this.running = new AbortController());
    try {
      const answer = await get(query, controller.signal);
      this.waiting = false;
      this.show(answer, false);
      if (!fields.q || fields.q.length < 2 || /^[\w\s]+$/.test(fields.q)) return;
      this.pause = setTimeout(() => this.#more(query, controller.signal), PAUSE_MS);
    } catch (problem) {
      if (problem.name === "AbortError") return;
      this.waiting = false;
      this.fail(problem);
    }
  }

  async #more(query, signal) {
    try {
      this.show(await get(`${query}&deep=true`, signal), true);
    } catch {
      // What was found by words stands; nobody waits for the rest.
    }
  }
}
