// Accounts: opened, given roles, disabled, and given a new one-time password, which is shown once.

import { button, el } from "/js/element.js";
import { call } from "./session.js";
import { frame, moment, say, table, trying } from "./shell.js";

const who = await frame();
const list = document.querySelector("#list");
const form = document.querySelector("#form");
let roles = [];

function ticks(held) {
  return el("fieldset", {}, el("legend", {}, "角色"), roles.map(({ role, called }) =>
    el("label.tick", {}, el("input", { type: "checkbox", name: "roles", value: role, checked: held.includes(role) }), el("span", {}, called))));
}

const chosen = (from) => [...from.querySelectorAll("[name=roles]:checked")].map(({ value }) => value);

function secret(account, password) {
  const box = document.querySelector("#secret");
  box.replaceChildren(el("div.notice", { tabIndex: -1 }, el("p", {}, `${account.display}（${account.name}）的一次性密码，只显示这一次，请当面或电话告知：`), el("p.secret", {}, password)));
  box.firstElementChild.focus();
}

function rows(accounts) {
  return accounts.map((account) => [
    account.name,
    account.display,
    account.roles.map(({ called }) => called).join("、") || "无",
    account.disabled ? `已停用（${moment(account.disabled).slice(0, 10)}）` : account.once ? "等待首次改密" : "在用",
    [account.local ? "密码" : "", account.outside ? "统一身份" : ""].filter(Boolean).join("、") || "未设密码",
    moment(account.created).slice(0, 10),
    el("div.row", {}, button("修改", () => edit(account), { "aria-label": `修改：${account.name}` }),
      button("重置密码", () => reset(account), { disabled: Boolean(account.disabled), "aria-label": `重置密码：${account.name}` })),
  ]);
}

async function show() {
  const found = await call("GET", "/accounts");
  roles = found.roles;
  list.replaceChildren(table("全部账号", ["登录名", "姓名", "角色", "状态", "登录方式", "开通日期", "操作"], rows(found.accounts)));
}

function reset(account) {
  return trying(async () => {
    if (!confirm(`给 ${account.display} 重置密码？原密码和现有登录立即失效。`)) return;
    const { password } = await call("POST", `/accounts/${account.id}/password`);
    secret(account, password);
    await show();
  });
}

function edit(account) {
  const dialog = el("dialog.card", { "aria-label": `修改账号 ${account.name}` });
  const inner = el("form.stack", { noValidate: true },
    el("h2", {}, `修改账号 ${account.name}`),
    el("label", {}, "姓名 ", el("input.field", { name: "display", value: account.display, maxLength: 40, autocomplete: "off" })),
    ticks(account.roles.map(({ role }) => role)),
    el("label.tick", {}, el("input", { type: "checkbox", name: "disabled", checked: Boolean(account.disabled) }), el("span", {}, "停用（现有登录立即退出）")),
    el("p.quiet", { role: "status" }),
    el("div.row", {}, el("button.primary", { type: "submit" }, "保存"), button("取消", () => dialog.close())));
  inner.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await call("PUT", `/accounts/${account.id}`, { display: inner.elements.display.value, roles: chosen(inner), disabled: inner.elements.disabled.checked });
      dialog.close();
      await show();
      say(`${account.name} 已修改`);
    } catch (problem) {
      inner.querySelector("[role=status]").textContent = problem.message;
    }
  });
  dialog.append(inner);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  trying(async () => {
    const body = { name: form.elements.name.value.trim(), display: form.elements.display.value.trim(), roles: chosen(form), subject: form.elements.subject.value.trim() };
    const made = await call("POST", "/accounts", body);
    form.reset();
    await show();
    if (made.password) secret(made.account, made.password);
    else say(`${made.account.name} 已开通，用统一身份认证登录`);
  }, form);
});

await show();
form.append(
  el("label", {}, "登录名 ", el("input.field", { name: "name", maxLength: 32, autocomplete: "off", autocapitalize: "none", spellcheck: false }), el("small", {}, "小写字母、数字、点、短横或下划线")),
  el("label", {}, "姓名 ", el("input.field", { name: "display", maxLength: 40, autocomplete: "off" })),
  ticks([]),
  el("label", {}, "统一身份认证的用户标识（可不填） ", el("input.field", { name: "subject", maxLength: 255, autocomplete: "off" }), el("small", {}, "填了就用统一身份认证登录，不发密码")),
  el("div", {}, el("button.primary", { type: "submit" }, "开账号")),
);
document.querySelector(".lead").append(`当前登录：${who.display}。`);
