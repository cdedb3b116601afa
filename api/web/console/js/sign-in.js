// Signing in: with name and password, or through the office's identity provider where one is set up.

import { plainCall, problemOf } from "./session.js";

const form = document.querySelector("#form");
const said = document.querySelector("#said");
const query = new URLSearchParams(location.search);

/** Only a page of this console; anything else that a link may carry is left out. */
function next() {
  const wanted = query.get("next") ?? "";
  return /^\/console\/[\w./?=&#%-]*$/.test(wanted) && !wanted.startsWith("/console/sign-in") ? wanted : "/console/";
}

function say(words) {
  said.textContent = words;
  said.dataset.tone = "bad";
  said.hidden = !words;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const missing = [...form.elements].find((node) => node.required && !node.value.trim());
  if (missing) {
    say(`请填写${missing.name === "name" ? "登录名" : "密码"}`);
    missing.focus();
    return;
  }
  const go = form.querySelector("button");
  go.disabled = true;
  say("");
  try {
    const response = await plainCall("POST", "/session", { name: form.elements.name.value, password: form.elements.password.value });
    if (!response.ok) throw await problemOf(response);
    location.assign((await response.json()).once ? "/console/password.html" : next());
  } catch (problem) {
    say(problem.message);
    form.elements.password.value = "";
    form.elements.password.focus();
  } finally {
    go.disabled = false;
  }
});

if (query.get("why")) document.querySelector("#why").textContent = query.get("why").slice(0, 60);
form.elements.name.focus();
const ways = await plainCall("GET", "/ways").then((response) => (response.ok ? response.json() : {}), () => ({}));
if (ways.outside) {
  const outside = document.querySelector("#outside");
  outside.hidden = false;
  outside.firstElementChild.textContent = `用${ways.outside}登录`;
  outside.firstElementChild.href = `/api/v1/staff/oidc?${new URLSearchParams({ next: next() })}`;
}
if (ways.local === false) form.hidden = true;
