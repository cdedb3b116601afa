"""A page for each article at /laws/…: where the links of citations lead that other programs show."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse

from api.chat import service
from api.passages import article_page
from api.problems import Problem
from api.sources import known_edition
from corpus.article import Address
from corpus.library import Entry, Library
from corpus.timeline import status, warnings

router = APIRouter(include_in_schema=False)
Part = Annotated[str, Path(max_length=120)]


@router.get("/laws/{slug}/{edition}/{label}", response_class=HTMLResponse)
def page(slug: Part, edition: Part, label: Part, request: Request) -> HTMLResponse:
    """The article's page, without script. Raises Problem 404."""
    office = service(request)
    shelf = office.assistant.search.library
    law, found = known_edition(shelf, slug, edition)
    entry = shelf.entry(Address(law.slug, found.date, label))
    if entry is None:
        raise Problem(404, f"《{law.title}》{found.date} 文本里没有“{label}”", field="label", value=label)
    return HTMLResponse(html(entry, shelf, office.today()), headers={"Cache-Control": "no-cache"})


def html(entry: Entry, shelf: Library, today: date) -> str:
    """The page of an entry: how its edition stands, warnings, the text or our digest, neighbours."""
    law, edition = entry.law, entry.edition
    title = f"《{law.title}》{entry.label}"
    facts = {"状态": status(law, edition, today), "文本": f"{edition.date} 文本", "施行日期": edition.in_force_from.isoformat()}
    facts |= {"停止施行": edition.in_force_to.isoformat() if edition.in_force_to else "", "发布机关": law.issuer, "文号": law.number, "效力": law.rank}
    rows = "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts.items() if value)
    warned = "".join(f'<p class="notice" data-tone="warn">{escape(words)}</p>' for words in warnings(law, edition, today))
    headings = " › ".join(entry.article.headings) if entry.article else ""
    return PAGE.format(
        title=escape(title),
        headings=f'<p class="quiet">{escape(headings)}</p>' if headings else "",
        rows=rows,
        warned=warned,
        text=_text(entry),
        neighbours=_neighbours(entry, shelf),
    )


def _text(entry: Entry) -> str:
    parts = []
    if entry.article:
        lines = "".join(f"<p>{escape(line)}</p>" for line in entry.article.text.split("\n") if line.strip())
        parts.append(f'<section class="law"><h2>原文</h2>{lines}</section>')
    if entry.digest:
        points = "".join(f"<li>{escape(f'{point.at} ' if point.at else '')}{escape(point.say)}</li>" for point in entry.digest.points)
        name = "要点" if entry.article else "要点（未导入原文）"
        parts.append(f'<section class="law prose"><h2>{name}</h2><ul>{points}</ul></section>')
    if not entry.article:
        parts.append('<p class="quiet">本系统没有导入这一条的原文，以上是编写的要点，请以官方公布的文本为准。</p>')
    return "".join(parts)


def _neighbours(entry: Entry, shelf: Library) -> str:
    labels = shelf.labels(entry.law, entry.edition)
    place = labels.index(entry.label)
    links = []
    for words, at in (("上一条", place - 1), ("下一条", place + 1)):
        if 0 <= at < len(labels):
            path = article_page(Address(entry.law.slug, entry.edition.date, labels[at]))
            links.append(f'<a class="button" href="{escape(path)}">{words}：{escape(labels[at])}</a>')
    return "".join(links)


PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/css/page.css">
</head>
<body>
<header class="top"><p class="brand"><strong>社会组织登记问答</strong></p><a href="/">去提问</a></header>
<div class="scroller"><main class="page">
<h1>{title}</h1>
{headings}<dl class="facts">{rows}</dl>
{warned}{text}
<nav class="neighbours" aria-label="相邻条文">{neighbours}</nav>
</main></div>
</body>
</html>
"""
