// Everything a page test needs: the real server, the compiled mini-program on one origin with it, and Chromium.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, request as proxied } from "node:http";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { PROJECT, build } from "./build.mjs";

const REPOSITORY = join(PROJECT, "../..");
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8" };
/** Ends what hangs; a slow machine takes as long as it takes. */
export const PATIENCE = 600_000;
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--font-render-hinting=none"];

/** The Python server; `tell(line)` gives it an order and returns its answer. */
async function office() {
  const python = [process.env.SHEZU_PYTHON, join(REPOSITORY, ".venv/bin/python")].find((path) => path && existsSync(path)) ?? "python3";
  const child = spawn(python, [join(REPOSITORY, "tests/miniprogram/server.py")], { stdio: ["pipe", "pipe", "pipe"], cwd: process.env.SHEZU_TREE ?? REPOSITORY });
  let log = "";
  child.stderr.on("data", (piece) => { log = (log + piece).slice(-20000); });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`tests/miniprogram/server.py ended:\n${log}`);
    return JSON.parse(value);
  };
  const ports = await next();
  return {
    ports,
    log: () => log,
    async tell(line) { child.stdin.write(`${line}\n`); return next(); },
    close() { child.stdin.end(); child.kill(); },
  };
}

/** One origin for page and interface, since WeChat knows no CORS. */
function front(folder, port) {
  return new Promise((resolve) => {
    const server = createServer((from, to) => {
      if (from.url.startsWith("/api/")) {
        const on = proxied({ port, host: "127.0.0.1", path: from.url, method: from.method, headers: from.headers }, (answer) => {
          to.writeHead(answer.statusCode, answer.headers);
          answer.pipe(to);
        });
        on.on("error", () => to.destroy());
        to.on("close", () => on.destroy());
        from.pipe(on);
        return;
      }
      const file = join(folder, normalize(from.url.split("?")[0] === "/" ? "/index.html" : from.url.split("?")[0]));
      if (!file.startsWith(folder) || !existsSync(file)) { to.writeHead(404).end(); return; }
      to.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(readFileSync(file));
    });
    server.listen(0, "127.0.0.1", () => resolve({ url: `http://127.0.0.1:${server.address().port}/`, close: () => { server.closeAllConnections(); server.close(); } }));
  });
}

export async function stage() {
  const folder = mkdtempSync(join(tmpdir(), "shezu-pages-"));
  await build(folder);
  const server = await office();
  const fronts = {};
  for (const [name, port] of Object.entries(server.ports)) fronts[name] = await front(folder, port);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS, timeout: PATIENCE });
  return {
    tell: server.tell,
    log: server.log,
    /** A fresh telephone, its privacy notice answered unless told otherwise; `problems` collects what must not happen. */
    async phone({ server: name = "plain", width = 390, height = 844, consent = "yes", elder = false, scale = 1 } = {}) {
      const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale, locale: "zh-CN", reducedMotion: "reduce" });
      context.setDefaultTimeout(PATIENCE);
      const page = await context.newPage();
      const problems = [];
      const origin = fronts[name].url;
      page.on("pageerror", (error) => problems.push(`page error: ${error.message}`));
      page.on("console", (message) => { if (message.type() === "error" && !/Failed to load resource/.test(message.text())) problems.push(`console: ${message.text()}`); });
      page.on("request", (request) => { if (!request.url().startsWith(origin) && !request.url().startsWith("data:")) problems.push(`left the origin: ${request.url()}`); });
      await page.addInitScript(([kept, large]) => {
        if (sessionStorage.getItem("begun")) return;
        sessionStorage.setItem("begun", "1");
        if (kept) localStorage.setItem("consent", JSON.stringify(kept));
        if (large) localStorage.setItem("elder", "true");
      }, [consent, elder]);
      await page.goto(origin);
      await page.waitForSelector(".page");
      return {
        page, problems, origin,
        world: (work, argument) => page.evaluate(work, argument),
        async close() {
          const errors = await page.evaluate(() => globalThis.glassEaselErrors);
          await context.close();
          if (problems.length || errors.length) throw new Error([...problems, ...errors].join("\n"));
        },
      };
    },
    async close() {
      await browser.close();
      for (const each of Object.values(fronts)) each.close();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
