// 名称自查: a proposed name, rule by rule.

import * as api from "./api.js";
import { el } from "./element.js";
import { findings, showResult, verdictTag } from "./findings.js";
import { choices, field, select, text, toolForm } from "./form.js";
import { chosenRegion } from "./settings.js";

const BRANCH = "分支机构";
const TYPES = [["", "按名称结尾判断"], ["社会团体", "社会团体"], ["民办非企业单位", "社会服务机构（民办非企业单位）"], ["基金会", "基金会"], [BRANCH, "分支（代表）机构"]];
const LEVELS = [["", "还不确定"], ...["全国性", "省级", "市级", "县级"].map((level) => [level, level])];

export const title = "名称自查";
export const lead = "写下拟用的名称，逐条对照名称管理规定。查不了重名，重名请到全国社会组织信用信息公示平台查。";

/** The form and the place of its result. */
export function view() {
  const place = el("div");
  const parent = field("所属组织的全称", text("parent"));
  parent.hidden = true;
  const form = toolForm("核对名称", [
    field("拟用名称", text("name", { maxLength: 60, required: true, placeholder: "如 宁波市阳光养老服务中心" })),
    choices("type", "组织类型", TYPES),
    parent,
    field("登记级别", select("level", LEVELS)),
    field("登记地", text("region", { value: chosenRegion(), placeholder: "如 浙江省宁波市" }), "可不填；写到市或县的全称"),
    field("名称里用到的人名", text("persons"), "可不填；捐赠人、发起人等，几个人用顿号隔开"),
  ], send, (answer) => show(place, answer));
  form.addEventListener("change", () => { parent.hidden = form.elements.type.value !== BRANCH; });
  return [form, place];
}

function send(form) {
  const { name, type, level, region, parent, persons } = form.elements;
  if (!name.value.trim()) throw new api.Problem({ status: 422, detail: "请先写下拟用的名称。", field: "name" });
  return api.tool("name", {
    name: name.value.trim(), type: type.value, level: level.value, region: region.value.trim(),
    parent: type.value === BRANCH ? parent.value.trim() : "",
    persons: persons.value.split(/[、，,\s]+/).filter(Boolean),
  });
}

function show(place, answer) {
  showResult(place, el("span", {}, verdictTag(answer.verdict), answer.name), answer,
    el("dl.facts.inline", {}, [["组织类型", answer.kind], ...answer.parts].map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)))),
    findings(answer.rows, answer.citations));
}
