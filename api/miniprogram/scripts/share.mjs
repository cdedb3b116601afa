// Copies the pure modules that the web page and the mini-program share; the web page's files are the source.
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const to = join(here, "../miniprogram/shared");
mkdirSync(to, { recursive: true });
for (const name of ["stream.js", "personal.js"]) copyFileSync(join(here, "../../web/js", name), join(to, name));
