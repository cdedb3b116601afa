// The `wx` of the tests: requests go to the real server, streams are cut anew into pieces of 1 to 11 bytes, and the test can
// put the app into the background, take the network away, or pretend to be an old WeChat.

const listeners = { hide: new Set(), show: new Set(), network: new Set() };
const running = new Set();

/** What a test sets and reads; `cuts` counts the pieces handed out, `said` is what the running stream said so far, a character a byte. */
const world = {
  cuts: 0, said: "", sizes: {}, requests: [], seed: 1, chunked: true, whole: false, network: "wifi", pieceMs: 0, dialogs: [], calls: [], clipboard: "", toasts: [],
  confirm: true, subscribe: "accept", code: 0, pause: null,
  /** WeChat ends running requests five seconds after the app went into the background; here at once. */
  background() {
    for (const each of listeners.hide) each({});
    for (const each of [...running]) each("request:fail interrupted");
  },
  foreground() { for (const each of listeners.show) each({}); },
  offline() {
    world.network = "none";
    for (const each of [...running]) each("request:fail net::ERR_INTERNET_DISCONNECTED");
    for (const each of listeners.network) each({ isConnected: false, networkType: "none" });
  },
  online() {
    world.network = "wifi";
    for (const each of listeners.network) each({ isConnected: true, networkType: "wifi" });
  },
  abortAll(message) { for (const each of [...running]) each(message); },
};
globalThis.world = world;

function random() {
  // xorshift32, so that a failing cut can be made again from its seed.
  world.seed ^= world.seed << 13; world.seed ^= world.seed >>> 17; world.seed ^= world.seed << 5;
  return (world.seed >>> 0) / 4294967296;
}

const later = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

function request(options) {
  const controller = new AbortController();
  const url = options.url.replace(/^https:\/\/shezu\.example\.gov\.cn/, location.origin);
  let piece = null;
  let over = false;
  const end = (how) => { if (over) return; over = true; running.delete(cut); controller.abort(); how(); options.complete?.({}); };
  const cut = (message) => end(() => options.fail?.({ errMsg: message }));
  running.add(cut);
  const timer = setTimeout(() => cut("request:fail timeout"), options.timeout ?? 60000);
  world.requests.push({ method: options.method, path: url.slice(location.origin.length), header: options.header, data: options.data });
  run();
  return {
    abort: () => cut("request:fail abort"),
    ...(world.chunked ? { onChunkReceived: (each) => { piece = each; }, offChunkReceived() {}, onHeadersReceived() {} } : {}),
  };

  async function run() {
    try {
      if (world.network === "none") { await later(5); cut("request:fail net::ERR_INTERNET_DISCONNECTED"); return; }
      const response = await fetch(url, { method: options.method, headers: options.header, body: options.data, signal: controller.signal });
      const header = Object.fromEntries([...response.headers].map(([name, value]) => [name.replace(/(^|-)[a-z]/g, (c) => c.toUpperCase()), value]));
      const inPieces = options.enableChunked && world.chunked && !world.whole;
      const rest = inPieces ? await pieces(response.body.getReader()) : await response.arrayBuffer();
      const data = inPieces ? rest : options.responseType === "arraybuffer" ? rest : new TextDecoder().decode(rest);
      end(() => options.success?.({ statusCode: response.status, header, data, errMsg: "request:ok" }));
    } catch (error) {
      if (!over) cut(`request:fail ${error.message}`);
    } finally {
      clearTimeout(timer);
    }
  }

  async function pieces(reader) {
    world.said = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return new ArrayBuffer(0);
      for (let at = 0; at < value.length && !over;) {
        const size = 1 + Math.floor(random() * 11);
        const bytes = value.slice(at, at + size);
        at += size;
        world.cuts++;
        world.said += String.fromCharCode(...bytes);
        world.sizes[bytes.length] = (world.sizes[bytes.length] ?? 0) + 1;
        piece?.({ data: bytes.buffer });
        if (world.pause && world.pause(world)) { world.pause = null; await later(world.pauseMs ?? 400); }
        if (world.cuts % 400 === 0 || world.pieceMs) await later(world.pieceMs);
      }
    }
  }
}

export function platform({ navigate, back, tab, title, find }) {
  const ok = (options, result = {}) => { setTimeout(() => { options?.success?.(result); options?.complete?.(result); }, 0); };
  return {
    request,
    canIUse: (name) => !(name.startsWith("request.object.enableChunked") && !world.chunked),
    getNetworkType: (options) => ok(options, { networkType: world.network }),
    onNetworkStatusChange: (each) => listeners.network.add(each),
    offNetworkStatusChange: (each) => listeners.network.delete(each),
    onAppHide: (each) => listeners.hide.add(each),
    offAppHide: (each) => listeners.hide.delete(each),
    onAppShow: (each) => listeners.show.add(each),
    offAppShow: (each) => listeners.show.delete(each),
    getStorageSync: (name) => JSON.parse(localStorage.getItem(name) ?? '""'),
    setStorageSync: (name, value) => localStorage.setItem(name, JSON.stringify(value)),
    removeStorageSync: (name) => localStorage.removeItem(name),
    login: (options) => ok(options, { code: `good-${world.person ?? "ann"}-${Date.now()}-${world.code++}` }),
    navigateTo: ({ url }) => navigate(url),
    navigateBack: back,
    switchTab: ({ url }) => tab(url),
    setNavigationBarTitle: (options) => title(options.title),
    pageScrollTo({ selector, scrollTop, offsetTop = 0 }) {
      setTimeout(() => {
        const node = selector ? find(selector) : null;
        if (node) scrollTo(0, node.getBoundingClientRect().top + scrollY + offsetTop - 52);
        else if (scrollTop !== undefined) scrollTo(0, scrollTop);
      }, 30);
    },
    setClipboardData: (options) => { world.clipboard = options.data; ok(options); },
    showToast: (options) => { world.toasts.push(options.title); ok(options); },
    showModal: (options) => { world.dialogs.push(options); ok(options, { confirm: world.confirm, cancel: !world.confirm }); },
    makePhoneCall: (options) => { world.calls.push(options.phoneNumber); ok(options); },
    requestSubscribeMessage: (options) => ok(options, Object.fromEntries(options.tmplIds.map((id) => [id, world.subscribe]))),
    openPrivacyContract: (options) => ok(options),
    // What TDesign asks for when it starts.
    getSystemInfoSync: () => ({ SDKVersion: "3.8.0", platform: "ios", windowWidth: innerWidth, windowHeight: innerHeight, pixelRatio: 2 }),
    getAppBaseInfo: () => ({ SDKVersion: "3.8.0" }),
    getDeviceInfo: () => ({ platform: "ios", system: "iOS 17" }),
    getWindowInfo: () => ({ windowWidth: innerWidth, windowHeight: innerHeight, pixelRatio: 2, statusBarHeight: 0 }),
    getMenuButtonBoundingClientRect: () => ({ top: 0, height: 32, right: innerWidth, left: innerWidth - 90 }),
    nextTick: (each) => Promise.resolve().then(each),
    createSelectorQuery: () => { const query = { in: () => query, select: () => query, boundingClientRect: () => query, exec: () => query }; return query; },
  };
}
