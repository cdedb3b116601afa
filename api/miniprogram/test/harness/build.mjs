// Compiles the whole mini-program for a browser: templates by WeChat's own compiler, code by esbuild, styles put together.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, posix, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build as bundle } from "esbuild";
import compiler from "glass-easel-template-compiler";

const here = dirname(fileURLToPath(import.meta.url));
export const PROJECT = join(here, "../..");
const SOURCE = join(PROJECT, "miniprogram");
const TDESIGN = join(PROJECT, "node_modules/tdesign-miniprogram/miniprogram_dist");
const ROOTS = [["tdesign-miniprogram/", `${TDESIGN}/`], ["", `${SOURCE}/`]];

/** "pages/chat/index" or "tdesign-miniprogram/button/button" → the file's path without its ending. */
export function fileOf(path) {
  const [prefix, root] = ROOTS.find(([start]) => path.startsWith(start));
  return root + path.slice(prefix.length);
}

const json = (path) => JSON.parse(readFileSync(`${path}.json`, "utf8"));
const resolve = (from, to) => (to.startsWith("tdesign-miniprogram/") ? to : to.startsWith("/") ? to.slice(1) : posix.join(posix.dirname(from), to));

/** Every page and component that the app needs, with its configuration; the harness's own counterparts of built-in components stay out. */
export function parts() {
  const found = new Map();
  const wanted = [...json(join(SOURCE, "app")).pages];
  while (wanted.length) {
    const path = wanted.pop();
    if (found.has(path)) continue;
    const config = json(fileOf(path));
    const using = Object.fromEntries(Object.entries(config.usingComponents ?? {}).map(([name, to]) => [name, resolve(path, to)]));
    found.set(path, { ...config, usingComponents: using });
    wanted.push(...Object.values(using));
  }
  return found;
}

/** The templates as one expression, and the list of files that they import. */
function templates(paths) {
  const group = new compiler.TmplGroup();
  const done = new Set();
  const add = (path) => {
    if (done.has(path)) return;
    done.add(path);
    const source = readFileSync(`${fileOf(path)}.wxml`, "utf8")
      // The compiler knows only the spelling with a colon, and what holds text or a choice needs a counterpart of its own.
      .replace(/(\s)(bind|catch)(?!:)([a-z]+)=/g, "$1$2:$3=")
      .replace(/<(\/?)(textarea|picker)\b/g, "<$1wx-$2");
    const problems = group.addTmpl(path, source).filter(({ level }) => level >= 3);
    if (problems.length) throw new Error(`${path}.wxml: ${problems.map((each) => each.message).join("; ")}`);
    for (const [, to] of source.matchAll(/<import\s+src="([^"]+)\.wxml"/g)) add(resolve(path, to));
    for (const [, to] of source.matchAll(/<wxs\s+src="([^"]+)"/g)) script(resolve(path, to).replace(/\.wxs$/, ""));
  };
  const script = (path) => {
    if (done.has(`${path}.wxs`)) return;
    done.add(`${path}.wxs`);
    const source = readFileSync(`${fileOf(path)}.wxs`, "utf8");
    group.addScript(path, source);
    for (const [, to] of source.matchAll(/require\(['"]([^'"]+)\.wxs['"]\)/g)) script(resolve(path, to));
  };
  for (const path of paths) add(path);
  return group.getTmplGenObjectGroups();
}

function styleOf(path, seen = new Set()) {
  const file = `${fileOf(path)}.wxss`;
  if (seen.has(file) || !existsSync(file)) return "";
  seen.add(file);
  return readFileSync(file, "utf8")
    .replace(/@import\s+['"]([^'"]+)\.wxss['"];?/g, (_, to) => styleOf(resolve(path, to), seen))
    .replace(/(-?[\d.]+)rpx/g, (_, n) => `calc(100vw * ${n} / 750)`)
    .replace(/(^|[,}\s])page(\s*[{,])/g, "$1body$2");
}

/** glass-easel takes a component's path as relative unless it begins with a stroke. */
const rooted = ({ usingComponents }) => Object.fromEntries(Object.entries(usingComponents).map(([name, to]) => [name, `/${to}`]));

/** Writes app.js, app.css and index.html to the folder; returns the paths of all parts. */
export async function build(out) {
  mkdirSync(out, { recursive: true });
  const found = parts();
  const paths = [...found.keys()];
  const seen = new Set();
  writeFileSync(join(out, "app.css"), ["app", ...paths].map((path) => styleOf(path, seen)).join("\n"));
  const entry = [
    `import { start } from ${JSON.stringify(join(here, "runtime.js"))};`,
    `const app = ${JSON.stringify(json(join(SOURCE, "app")))};`,
    `const configs = ${JSON.stringify(Object.fromEntries([...found].map(([path, config]) => [path, { ...config, usingComponents: rooted(config) }])))};`,
    `const templates = ${templates(paths)};`,
    `const code = {${paths.map((path) => `${JSON.stringify(path)}: () => require(${JSON.stringify(`${fileOf(path)}.js`)})`).join(",\n")}};`,
    `start({ app, configs, templates, code, main: () => require(${JSON.stringify(join(SOURCE, "app.js"))}) });`,
  ].join("\n");
  await bundle({
    stdin: { contents: entry, resolveDir: PROJECT, loader: "js" },
    outfile: join(out, "app.js"),
    bundle: true, format: "iife", platform: "browser", target: "es2020", logLevel: "error", charset: "utf8",
    alias: { tslib: join(TDESIGN, "miniprogram_npm/tslib/index.js"), dayjs: join(TDESIGN, "miniprogram_npm/dayjs/index.js") },
  });
  writeFileSync(join(out, "index.html"), `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>社会组织登记问答</title><link rel="icon" href="data:,"><link rel="stylesheet" href="harness.css"><link rel="stylesheet" href="app.css"></head>
<body><header id="nav"><button id="back" type="button" hidden>‹ 返回</button><div id="nav-title"></div></header><main id="screen"></main><nav id="tabs" aria-label="标签栏"></nav><script src="app.js"></script></body></html>`);
  writeFileSync(join(out, "harness.css"), readFileSync(join(here, "harness.css")));
  return paths;
}

/** What would be uploaded: our files and the TDesign parts that they use, in bytes. */
export function uploaded() {
  const files = new Set();
  for (const path of parts().keys()) for (const end of [".js", ".json", ".wxml", ".wxss"]) if (existsSync(fileOf(path) + end)) files.add(fileOf(path) + end);
  return files;
}

export const shown = (file) => relative(PROJECT, file);
