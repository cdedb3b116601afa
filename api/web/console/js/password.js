// Changing one's own password; a one-time password must be changed before anything else.

import { call, session } from "./session.js";
import { frame, say, trying } from "./shell.js";

const who = await frame();
const form = document.querySelector("#form");
if (who.once) document.querySelector(".lead").textContent = "这是一次性密码，先改成自己的密码才能继续。至少 10 个字符，不能全是数字，不能含登录名。";

form.addEventListener("submit", (event) => {
  event.preventDefault();
  trying(async () => {
    const { old, new: chosen, again } = form.elements;
    if (chosen.value !== again.value) {
      say("两次输入的新密码不一样", "bad");
      again.focus();
      return;
    }
    await call("POST", "/password", { old: old.value, new: chosen.value });
    form.reset();
    if (who.once) location.assign("/console/");
    else await session();
    say("密码已修改，别处的登录已退出");
  }, form);
});
