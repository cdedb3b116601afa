"""A sheet as one HTML file: A4, its own style, no script, every text escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape

from assistant.tools.sheet import STEPS, TABLE, TICKS, Entry, Part, Sheet, marks, source_line

STYLE = """
@page { size: A4; margin: 18mm 16mm; @bottom-right { content: "第 " counter(page) " 页 / 共 " counter(pages) " 页"; font-size: 9pt; } }
body { font: 11pt/1.6 "Noto Serif CJK SC", "Source Han Serif SC", SimSun, serif; color: #111; max-width: 178mm; margin: 8mm auto; padding: 0 4mm; }
h1 { font-size: 17pt; text-align: center; margin: 0 0 4mm; }
h2 { font-size: 12.5pt; border-bottom: 1pt solid #555; margin: 6mm 0 2mm; break-after: avoid; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 1mm 4mm; margin: 0 0 4mm; }
dt { font-weight: bold; }
dd { margin: 0; }
ul, ol { margin: 0; padding-left: 7mm; }
li { margin: 1.2mm 0; break-inside: avoid; }
ul.ticks { list-style: none; padding-left: 0; }
ul.ticks li { display: grid; grid-template-columns: 6mm 1fr; }
.box { font-size: 13pt; line-height: 1.2; }
table { border-collapse: collapse; width: 100%; font-size: 10.5pt; }
caption { text-align: left; font-size: 12.5pt; font-weight: bold; padding: 4mm 0 2mm; }
th, td { border: 0.75pt solid #555; padding: 1.2mm 2mm; text-align: left; vertical-align: top; }
th:first-child, td:first-child { width: 9mm; text-align: center; }
td:last-child { min-width: 11mm; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
.number { text-align: right; margin: 0; font-size: 10pt; }
.details { color: #444; font-size: 10pt; }
sup { color: #345; font-size: 8pt; }
.warn { border: 1pt solid #a60; padding: 2mm 3mm; margin: 4mm 0; font-size: 10pt; }
.sources { font-size: 9pt; list-style: none; padding-left: 0; }
.sign { display: grid; grid-template-columns: 1fr 1fr; gap: 9mm 8mm; margin: 10mm 0 4mm; break-inside: avoid; }
footer { font-size: 9pt; color: #333; border-top: 0.5pt solid #888; margin-top: 4mm; padding-top: 1mm; }
@media print { body { margin: 0; padding: 0; max-width: none; } }
"""

UNSAFE = re.compile(r"[^\w\u3400-\u9fff〔〕（） -]")


def page(sheet: Sheet) -> str:
    """The whole document."""
    facts = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in sheet.facts)
    parts = "".join(_part(part) for part in sheet.parts if part.entries)
    warnings = "".join(f"<p>{escape(text)}</p>" for text in sheet.warnings)
    sources = "".join(f"<li>{escape(source_line(citation))}</li>" for citation in sheet.citations)
    signatures = "".join(f"<span>{escape(text)}</span>" for text in sheet.signatures)
    numbered = f"<style>{_number_style(sheet.number)}</style>" if sheet.number else ""
    number = f'<p class="number">编号：{escape(sheet.number)}</p>' if sheet.number else ""
    return (
        f'<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(sheet.title)}</title><style>{STYLE}</style>{numbered}</head>'
        f"<body><main>{number}<h1>{escape(sheet.title)}</h1><dl>{facts}</dl>{parts}"
        + (f'<aside class="warn">{warnings}</aside>' if warnings else "")
        + (f'<h2>依据</h2><ul class="sources">{sources}</ul>' if sources else "")
        + (f'<div class="sign">{signatures}</div>' if signatures else "")
        + f"</main><footer>{''.join(f'<p>{escape(text)}</p>' for text in sheet.footer)}</footer></body></html>\n"
    )


def policy(number: str = "") -> str:
    """The Content-Security-Policy under which a page, with that serial number, shows with its own style and nothing else."""
    styles = [STYLE, *([_number_style(number)] if number else [])]
    allowed = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" for style in styles)
    return f"default-src 'none'; style-src {allowed}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"


def _number_style(number: str) -> str:
    """The serial number at the foot of every page: a page's margin takes its text from the style alone."""
    return f'@page {{ @bottom-left {{ content: "编号 {UNSAFE.sub("", number)}"; font-size: 9pt; }} }}'


def _part(part: Part) -> str:
    if part.kind == TABLE:
        return _table(part)
    tag = "ol" if part.kind == STEPS else "ul"
    name = ' class="ticks"' if part.kind == TICKS else ""
    return f"<section><h2>{escape(part.title)}</h2><{tag}{name}>{''.join(_entry(entry, part.kind) for entry in part.entries)}</{tag}></section>"


def _table(part: Part) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in part.columns)
    rows = "".join(
        f"<tr><td>{number}</td><td>{escape(entry.name)}</td><td>{escape(entry.text)}</td><td>{escape(entry.details)}</td><td>{escape(marks(entry.cites))}</td></tr>"
        for number, entry in enumerate(part.entries, 1)
    )
    return f"<table><caption>{escape(part.title)}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _entry(entry: Entry, kind: str) -> str:
    name = f"<strong>{escape(entry.name)}</strong>　" if entry.name else ""
    details = f'<br><span class="details">{escape(entry.details)}</span>' if entry.details else ""
    numbers = f"<sup>{escape(marks(entry.cites))}</sup>" if entry.cites else ""
    body = f"<div>{name}{escape(entry.text)}{numbers}{details}</div>"
    return f'<li><span class="box">☐</span>{body}</li>' if kind == TICKS else f"<li>{body}</li>"
