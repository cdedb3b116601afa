// Charts as SVG in the page's own colours, each with its numbers in a table below: nobody needs the picture to know what it says.

import { el } from "/js/element.js";
import { table } from "./shell.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [600, 200, 40, 22, 8];
const ROW = 26;

function draw(name, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** A round number that is not below the greatest: 1, 2 or 5 times a power of ten. */
export function roof(greatest) {
  if (greatest <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(greatest));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= greatest);
}

function framed(title, picture, names, heads, rows) {
  return el("section.chart", {},
    el("h2", {}, title),
    names.length > 1 ? el("p.legend", {}, names.map((name, index) => el(`span.s${index}`, {}, name))) : null,
    picture,
    el("details", {}, el("summary", {}, "看数字"), table(title, heads, rows)));
}

function canvas(title, height = HEIGHT) {
  // What the picture says stands in the table; to a screen reader it is one named image.
  return draw("svg", { viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": `${title}（数字见下面的表）` });
}

function axes(svg, most, days, unit) {
  const floor = HEIGHT - BOTTOM;
  for (const share of [0, 0.5, 1]) {
    const y = floor - share * (floor - TOP);
    svg.append(draw("line", { class: "axis", x1: LEFT, x2: WIDTH, y1: y, y2: y }), draw("text", { x: LEFT - 4, y: y + 4, "text-anchor": "end" }, `${+(share * most).toPrecision(3)}${unit}`));
  }
  const every = Math.ceil(days.length / 8);
  const step = (WIDTH - LEFT) / days.length;
  days.forEach((day, index) => {
    if (index % every === 0) svg.append(draw("text", { x: LEFT + (index + 0.5) * step, y: HEIGHT - 6, "text-anchor": "middle" }, day.slice(5)));
  });
  return { step, y: (value) => floor - (value / most) * (floor - TOP), floor };
}

/** Columns a day, the series one upon the other; series are [name, numbers]. */
export function columns(title, days, series) {
  const sums = days.map((_, index) => series.reduce((sum, [, numbers]) => sum + numbers[index], 0));
  const svg = canvas(title);
  const { step, y, floor } = axes(svg, roof(Math.max(...sums, 2)), days, "");
  days.forEach((day, index) => {
    let below = 0;
    series.forEach(([, numbers], order) => {
      if (!numbers[index]) return;
      const top = y(below + numbers[index]);
      svg.append(draw("rect", { class: `s${order}`, x: LEFT + index * step + step * 0.15, width: step * 0.7, y: top, height: (below ? y(below) : floor) - top }));
      below += numbers[index];
    });
  });
  return framed(title, svg, series.map(([name]) => name), ["日期", ...series.map(([name]) => name)], days.map((day, index) => [day, ...series.map(([, numbers]) => String(numbers[index]))]));
}

/** Lines over days; null leaves a gap. */
export function lines(title, days, series, unit = "") {
  const svg = canvas(title);
  const { step, y } = axes(svg, roof(Math.max(...series.flatMap(([, numbers]) => numbers.map((number) => number ?? 0)), 0)), days, unit);
  series.forEach(([, numbers], order) => {
    const points = numbers.map((number, index) => (number === null ? null : [LEFT + (index + 0.5) * step, y(number)]));
    const runs = points.reduce((found, point) => { if (point) found.at(-1).push(point); else found.push([]); return found; }, [[]]);
    for (const run of runs.filter(({ length }) => length)) {
      svg.append(draw("polyline", { class: `s${order * 2}`, points: run.map((point) => point.map((at) => at.toFixed(1)).join(",")).join(" ") }));
      for (const [cx, cy] of run) svg.append(draw("circle", { class: `s${order * 2}`, cx, cy, r: 2.5 }));
    }
  });
  const names = series.map(([name]) => name);
  const chart = framed(title, svg, [], ["日期", ...names], days.map((day, index) => [day, ...series.map(([, numbers]) => (numbers[index] === null ? "—" : `${numbers[index]}${unit}`))]));
  chart.querySelector("h2").after(el("p.legend", {}, names.map((name, order) => el(`span.s${order * 2}`, {}, name))));
  return chart;
}

/** Bars lying, one a row, longest text first read; rows are [name, number]. */
export function bars(title, head, rows) {
  const most = Math.max(...rows.map(([, number]) => number), 1);
  const svg = canvas(title, Math.max(1, rows.length) * ROW);
  rows.forEach(([name, number], index) => {
    const middle = index * ROW + ROW / 2;
    svg.append(
      draw("text", { class: "words", x: 0, y: middle + 4 }, name.length > 22 ? `${name.slice(0, 21)}…` : name),
      draw("rect", { class: "s0", x: 300, y: index * ROW + 5, width: Math.max(1, (number / most) * 240), height: ROW - 10 }),
      draw("text", { class: "words", x: 306 + (number / most) * 240, y: middle + 4 }, String(number)));
  });
  return framed(title, svg, [], [head, "次数"], rows.map(([name, number]) => [name, String(number)]));
}
