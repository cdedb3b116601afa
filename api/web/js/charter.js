// 章程自查: a charter draft, clause by clause, from a file or pasted words.

import * as api from "./api.js";
import { el } from "./element.js";
import { findings, showResult, verdictTag } from "./findings.js";
import { field, select, toolForm } from "./form.js";

const TYPES = [["社会团体", "社会团体"], ["民办非企业单位", "社会服务机构（民办非企业单位）"], ["基金会", "基金会"]];
const LARGEST = 5 * 1024 * 1024;

export const title = "章程自查";
export const lead = "交上章程草案，逐条对照法规要求写明的内容。文件只用来核对，不会保存。";

/** The form and the place of its result. */
export function view() {
  const place = el("div");
  const form = toolForm("核对章程", [
    field("组织类型", select("type", TYPES)),
    el("label.choice", { "data-field": "charity" }, el("input", { type: "checkbox", name: "charity" }), el("span", {}, "同时登记或认定为慈善组织")),
    field("章程文件", el("input.field", { type: "file", name: "file", accept: ".docx,.pdf,.md,.txt,.html" }), "docx、pdf 或文本文件，不超过 5 MB"),
    field("或者把章程文字贴在这里", el("textarea.field", { name: "text", rows: 8, maxLength: 200000 })),
  ], send, (answer) => show(place, answer));
  return [form, place];
}

function send(form) {
  const { type, charity, file, text } = form.elements;
  const chosen = file.files[0];
  if (chosen && chosen.size > LARGEST) throw new api.Problem({ status: 422, detail: `“${chosen.name}”超过 5 MB，请另存为较小的文件或把文字贴进来`, field: "file" });
  if (chosen) return api.charterFile(chosen, type.value, charity.checked);
  if (!text.value.trim()) throw new api.Problem({ status: 422, detail: "请选择章程文件，或把章程文字贴进来。", field: "file" });
  return api.tool("charter", { text: text.value, type: type.value, charity: charity.checked });
}

function show(place, answer) {
  showResult(place, el("span", {}, verdictTag(answer.verdict), `${answer.kind}章程`), answer,
    answer.blanks.length ? el("p.notice", { "data-tone": "warn" }, el("strong.notice-tag", {}, "注意"), `还有没填的空格：${answer.blanks.join("、")}`) : null,
    findings(answer.clauses.map(({ row }) => row), answer.citations));
}
