"""Charts as inline SVG, each with a title, a description for readers who do not see it, and a table of the same numbers."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

WIDTH, ROW, LABEL, VALUE = 720, 26, 210, 150
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, value (0–1, or any size where `most` is given to the chart), interval and number of cases, and an earlier value."""

    name: str
    value: float
    low: float = math.nan
    high: float = math.nan
    cases: int = 0
    before: float = math.nan


def said(value: float) -> str:
    """A number as the report shows it: 0.913, 41.5, or a dash where there is none."""
    if math.isnan(value):
        return "—"
    return f"{value:.3f}" if abs(value) <= 1 else f"{value:.1f}"


def bars(title: str, rows: Sequence[Bar], *, most: float = 1.0, unit: str = "") -> str:
    """Horizontal bars with 95 % whiskers and, where there is one, a mark at the earlier value; the table of the numbers follows."""
    height = ROW * len(rows) + 8
    number = next(_numbers)
    drawn = "".join(_bar(row, place, most) for place, row in enumerate(rows))
    text = "；".join(f"{row.name} {said(row.value)}{unit}" for row in rows)
    return (
        f'<figure><figcaption>{html.escape(title)}</figcaption><svg viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="t{number} d{number}"><title id="t{number}">{html.escape(title)}</title>'
        f'<desc id="d{number}">{html.escape(text)}</desc>{drawn}</svg>{numbers(rows, unit)}</figure>'
    )


def _bar(row: Bar, place: int, most: float) -> str:
    top, scale = place * ROW + 4, (WIDTH - LABEL - VALUE) / (most or 1)

    def at(value: float) -> float:
        return round(LABEL + max(0.0, min(value, most)) * scale, 1)

    middle = top + ROW / 2 - 2
    parts = [
        f'<text x="{LABEL - 8}" y="{middle + 4}" text-anchor="end">{html.escape(row.name)}</text>',
        f'<rect x="{LABEL}" y="{top}" width="{at(row.value) - LABEL if not math.isnan(row.value) else 0:.1f}" height="{ROW - 8}" class="bar"/>',
    ]
    if not math.isnan(row.low):
        parts.append(f'<path d="M{at(row.low)} {middle}H{at(row.high)}M{at(row.low)} {middle - 4}v8M{at(row.high)} {middle - 4}v8" class="whisker"/>')
    if not math.isnan(row.before):
        parts.append(f'<path d="M{at(row.before)} {top - 2}v{ROW - 4}" class="before"/>')
    shown = said(row.value) + (f"（{row.cases} 题）" if row.cases else "")
    parts.append(f'<text x="{WIDTH - VALUE + 10}" y="{middle + 4}">{html.escape(shown)}</text>')
    return "".join(parts)


def numbers(rows: Sequence[Bar], unit: str = "") -> str:
    """The same numbers as a table."""
    before = any(not math.isnan(row.before) for row in rows)
    head = ["项目", f"数值{unit}", "95% 区间", "题数", *(["上一次"] if before else [])]
    body = [
        [
            row.name,
            said(row.value),
            "—" if math.isnan(row.low) else f"{said(row.low)}–{said(row.high)}",
            str(row.cases or "—"),
            *([said(row.before)] if before else []),
        ]
        for row in rows
    ]
    return f"<details><summary>看数字表</summary>{sheet(head, body)}</details>"


def sheet(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """A table whose first column names the row."""
    top = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in head)
    lines = "".join(f'<tr><th scope="row">{html.escape(row[0])}</th>' + "".join(f"<td>{html.escape(cell)}</td>" for cell in row[1:]) + "</tr>" for row in body)
    return f'<div class="sheet"><table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table></div>'
