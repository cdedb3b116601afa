// What the forms of digests, guides, catalog entries and the office's card consist of.

const pairs = (words) => words.map((word) => [word, word]);
const DETAIL = { name: "名称", form: "形式", copies: "份数", issuer: "出具方", template: "样式", who: "办理人", limit: "时限", when: "何时" };
const USUAL = { materials: ["name", "form", "copies", "issuer", "template"], steps: ["who", "limit"] };

export const TITLES = { digests: "要点", guides: "办事指南", catalog: "目录条目", office: "办事机构", texts: "原文" };

const figures = (options) => ({ kind: "rows", name: "figures", label: "数额", unit: "个", fields: [
  { kind: "text", name: "of", label: "数的是什么", needed: true, short: true },
  { kind: "select", name: "op", label: "比较", options: pairs(options.operators), short: true },
  { kind: "number", name: "value", label: "数", hint: "3 万写 30000", needed: true, short: true },
  { kind: "text", name: "unit", label: "单位", needed: true, short: true },
  { kind: "text", name: "per", label: "每", short: true },
] });

export const SPECS = {
  digests: (options) => [
    { kind: "text", name: "topic", label: "主题", needed: true, most: 80 },
    { kind: "ticks", name: "types", label: "组织类型", options: options.types },
    { kind: "ticks", name: "matters", label: "事项", options: options.matters },
    { kind: "select", name: "confidence", label: "可信度", options: pairs(options.confidence), short: true },
    { kind: "rows", name: "points", label: "要点", unit: "句", fields: [
      { kind: "area", name: "say", label: "一句话", hint: "能单独站住：谁、做什么、多少、几天；用自己的话", needed: true },
      { kind: "lines", name: "ask", label: "群众怎么问", hint: "一行一个，写口语" },
      { kind: "text", name: "at", label: "在哪一款哪一项", hint: "如 第一款第二项", short: true },
      { kind: "select", name: "confidence", label: "可信度", options: pairs(options.confidence), short: true },
      figures(options),
    ] },
    { kind: "tick", name: "verified", label: "对照过原文", otherwise: true },
  ],
  guides: (options) => [
    { kind: "text", name: "title", label: "标题", needed: true, most: 80 },
    { kind: "select", name: "matter", label: "事项", options: pairs(options.matters), needed: true, short: true },
    { kind: "ticks", name: "types", label: "组织类型", options: options.types },
    { kind: "lines", name: "ask", label: "群众怎么问" },
    ...Object.entries(options.sections).map(([name, label]) => ({ kind: "rows", name, label, unit: "行", fields: (row) => line(options, name, row) })),
  ],
  catalog: (options) => [
    { kind: "text", name: "title", label: "名称", hint: "不写书名号和“中华人民共和国”", needed: true, most: 200 },
    { kind: "select", name: "rank", label: "效力层级", options: pairs(options.ranks), needed: true, short: true },
    { kind: "text", name: "number", label: "文号", short: true },
    { kind: "text", name: "issuer", label: "制定机关", short: true },
    { kind: "text", name: "region", label: "地区", hint: "全国的不填", short: true },
    { kind: "lines", name: "aliases", label: "别名" },
    { kind: "text", name: "url", label: "网址" },
    { kind: "select", name: "confidence", label: "可信度", options: pairs(options.confidence), short: true },
    { kind: "tick", name: "core", label: "核心文件（每条都要有要点）" },
    { kind: "rows", name: "editions", label: "版本", unit: "个", fields: [
      { kind: "day", name: "date", label: "公布或修改", needed: true, short: true },
      { kind: "day", name: "in_force_from", label: "施行", needed: true, short: true },
      { kind: "day", name: "in_force_to", label: "最后施行日", short: true },
      { kind: "day", name: "period_to", label: "规划期至", short: true },
      { kind: "select", name: "text", label: "原文", options: [["held", "可导入"], ["missing", "没有"], ["known-newer-edition", "知道有新文本"]], short: true },
      { kind: "text", name: "replaced_by", label: "被哪个版本取代", short: true },
      { kind: "text", name: "note", label: "备注" },
      { kind: "text", name: "url", label: "网址" },
    ] },
    { kind: "group", name: "newer", label: "听说还有更新的文本", fields: [
      { kind: "day", name: "date", label: "日期", short: true },
      { kind: "select", name: "confidence", label: "可信度", options: pairs(options.confidence), short: true },
      { kind: "text", name: "note", label: "怎样提醒读者" },
    ] },
  ],
  office: (options, guides) => [
    { kind: "text", name: "name", label: "名称", needed: true, most: 120 },
    { kind: "text", name: "region", label: "地区", short: true },
    { kind: "text", name: "hours", label: "办公时间", short: true },
    { kind: "text", name: "address", label: "地址" },
    { kind: "lines", name: "phones", label: "电话" },
    { kind: "text", name: "portal", label: "网上办理", short: true },
    { kind: "text", name: "supervision", label: "监督电话", short: true },
    { kind: "area", name: "note", label: "备注" },
    { kind: "rows", name: "promises", label: "承诺时限", unit: "条", fields: [
      { kind: "select", name: "guide", label: "办事指南", options: guides, needed: true, short: true },
      { kind: "number", name: "days", label: "天数", needed: true, short: true },
      { kind: "tick", name: "working_days", label: "按工作日算", otherwise: true, short: true },
      { kind: "text", name: "note", label: "备注", short: true },
    ] },
  ],
};

function line(options, section, row) {
  const details = options.details.filter((name) => USUAL[section]?.includes(name) || row[name] !== undefined);
  const named = details.includes("name") ? [{ kind: "text", name: "name", label: DETAIL.name, short: true }] : [];
  return [
    ...named,
    { kind: "area", name: "say", label: named.length ? "说明" : "内容", needed: !named.length },
    { kind: "lines", name: "cite", label: "依据", hint: options.uncited.includes(section) ? "可以不写" : "一行一条，如 社会团体登记管理条例 第十条第一款第一项" },
    ...details.filter((name) => name !== "name").map((name) => ({ kind: "text", name, label: DETAIL[name], short: true })),
  ];
}
