// A `wx` for tests of the plain modules: the test answers each request by hand and moves the clock itself.
import { vi } from "vitest";

export function weixin({ chunked = true } = {}) {
  const listeners = { hide: new Set(), show: new Set(), network: new Set() };
  const store = new Map();
  const world = {
    requests: [], network: "wifi", store, codes: 0, broken: false,
    hide: () => { for (const each of [...listeners.hide]) each({}); },
    show: () => { for (const each of [...listeners.show]) each({}); },
    goOffline: () => { world.network = "none"; for (const each of [...listeners.network]) each({ isConnected: false }); },
    goOnline: () => { world.network = "wifi"; for (const each of [...listeners.network]) each({ isConnected: true }); },
    listening: () => listeners.hide.size + listeners.show.size + listeners.network.size,
  };
  globalThis.wx = {
    canIUse: () => chunked,
    request(options) {
      const sent = { ...options, piece: null, over: false };
      sent.reply = (statusCode, data = "", header = {}) => { if (!sent.over) { sent.over = true; options.success({ statusCode, header, data }); } };
      sent.fail = (errMsg) => { if (!sent.over) { sent.over = true; options.fail({ errMsg }); } };
      sent.write = (text) => { if (!sent.over) for (const byte of Buffer.from(text)) sent.piece({ data: new Uint8Array([byte]).buffer }); };
      world.requests.push(sent);
      world.onRequest?.(sent);
      return { abort: () => sent.fail("request:fail abort"), ...(chunked ? { onChunkReceived: (each) => { sent.piece = each; } } : {}) };
    },
    login: ({ success, fail }) => (world.broken ? fail({ errMsg: "login:fail" }) : success({ code: `code-${world.codes++}` })),
    getNetworkType: ({ success }) => success({ networkType: world.network }),
    onAppHide: (each) => listeners.hide.add(each), offAppHide: (each) => listeners.hide.delete(each),
    onAppShow: (each) => listeners.show.add(each), offAppShow: (each) => listeners.show.delete(each),
    onNetworkStatusChange: (each) => listeners.network.add(each), offNetworkStatusChange: (each) => listeners.network.delete(each),
    getStorageSync: (name) => store.get(name) ?? "",
    setStorageSync: (name, value) => { if (world.full) throw new Error("exceed storage max size"); store.set(name, structuredClone(value)); },
    removeStorageSync: (name) => store.delete(name),
  };
  return world;
}

/** Moves the faked clock on by so many milliseconds: every timer and promise due by then has run, however slow the machine. */
export const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
