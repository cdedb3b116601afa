// Releases: what waits, building a new one with its progress, and going back.

import { button, el } from "/js/element.js";
import { call } from "./session.js";
import { frame, moment, say, table, trying } from "./shell.js";

const who = await frame();
const decides = who.roles.some(({ role }) => role === "reviewer");
const work = document.querySelector("#work");
const EVERY_MS = 1500;
let timer = 0;

async function show() {
  const told = await call("GET", "/corpus/releases");
  draw(told);
  const running = told.build?.state === "running";
  clearTimeout(timer);
  if (running) timer = setTimeout(() => trying(show), EVERY_MS);
  return told;
}

function draw({ releases, waiting, build }) {
  const running = build?.state === "running";
  work.replaceChildren(
    el("section.part", {}, el("h2", {}, "等着发布的改动"),
      table("等着发布的改动", ["编号", "改什么", "作者", "复核"], waiting.map((change) => [el("a", { href: `/console/change.html?id=${change.id}` }, `${change.id}`), change.title, change.author, change.reviewer]), "没有"),
      decides ? el("div.row", {}, button("建新发布", begin, { className: "primary", disabled: running })) : null,
      build ? progress(build) : null),
    el("section.part", {}, el("h2", {}, "可用的发布"),
      table("可用的发布", ["发布", "建成", "要点", "指南", "原文", "状态"], releases.map((release) => [release.id, moment(release.made), release.digests, release.guides, release.texts,
        release.current ? "正在使用" : decides ? button("换回这一份", () => select(release), { "aria-label": `换回 ${release.id}`, disabled: running }) : "留用"]))));
}

function progress(build) {
  if (build.state === "running") {
    const words = `${build.name}正在建：${build.part} ${build.total ? `${build.done} / ${build.total}` : ""}`;
    return el("p", {}, el("progress", { value: build.done, max: build.total || 1, "aria-label": words }), ` ${words}`);
  }
  const words = build.state === "done" ? `上次（${build.name}，${moment(build.updated)}）建成 ${build.release}${build.said ? `；${build.said}` : ""}` : `上次（${build.name}，${moment(build.updated)}）没有建成：${build.said}`;
  return el("p", { className: build.state === "done" ? "quiet" : "fault" }, words);
}

function begin() {
  return trying(async () => {
    await call("POST", "/corpus/releases");
    say("开始建新发布，旧的照常服务");
    await show();
  });
}

function select(release) {
  if (!confirm(`换回 ${release.id}？之后发布的改动会退出，内容都留着，可以再用。`)) return;
  trying(async () => {
    await call("POST", `/corpus/releases/${encodeURIComponent(release.id)}/select`);
    await show();
    say(`正在使用 ${release.id}`);
  });
}

await trying(show);
