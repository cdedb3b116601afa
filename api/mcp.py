"""MCP at /mcp (streamable HTTP, stateless): tools and resources over the same library. The only module that names mcp."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import date as day
from importlib import import_module
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

import anyio
from fastapi import FastAPI
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import Resource, ToolAnnotations
from pydantic import Field
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api import logbook, problems
from api.guard import LARGEST
from api.passages import article_page, guide_page, guide_text, passages
from api.problems import UNFORESEEN, Problem
from api.service import Service
from api.sources import article_json, edition_json, known_edition, law_json
from corpus.article import Address, Edition, Law
from corpus.library import Library
from corpus.references import parse_cite
from corpus.timeline import warnings

READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
INSTRUCTIONS = (
    "社会组织（社会团体、基金会、社会服务机构等）登记管理法规和办事指南。先用 search_regulations 找条文，再用 get_article 读原文；"
    "回答时写明文件、条号和版本。source 为 digest 的是编写的要点，不是原文。"
)
TEXT = "text/markdown"
MOST = 20
NUMBER = re.compile(r"[0-9]{1,4}|[一二三四五六七八九十百零〇]+")

Question = Annotated[str, Field(description="用日常的话写的问题", min_length=1, max_length=2000)]
Day = Annotated[str, Field(description="适用日期，如 2020-01-01；不写就是今天", max_length=10)]
Region = Annotated[str, Field(description="地区，如 浙江省宁波市；不写就用本单位的", max_length=40)]
Result = TypeVar("Result")


@contextmanager
def own_logging() -> Iterator[None]:
    """Leave the process's logging as it is: an MCPServer puts a handler of its own on it, which would print what is asked."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


class Server(MCPServer):
    """The MCP server of one office; its list of resources follows the release that is served."""

    def __init__(self, office: Service) -> None:
        with own_logging():
            super().__init__("shezu", title="社组登记助手", instructions=INSTRUCTIONS, website_url=office.settings.public_url or None, version="0.1.0")
        self.office = office

    async def list_resources(self) -> list[Resource]:
        """Every law."""
        catalog = self.office.assistant.search.library.catalog
        return [Resource(uri=f"law://{quote(law.slug, safe='')}", name=law.slug, title=law.title, description=law.rank, mime_type=TEXT) for law in catalog]


def server(office: Service) -> MCPServer:
    """The tools and resources of an office."""
    made = Server(office)
    _add_sources(made, office)
    _add_tools(made, office)
    _add_resources(made, office)
    return made


def _add_sources(made: MCPServer, office: Service) -> None:
    @made.tool(title="检索法规", annotations=READS)
    async def search_regulations(question: Question, date: Day = "", region: Region = "", top: Annotated[int, Field(ge=1, le=MOST)] = 8) -> dict[str, Any]:
        """按问题检索施行中的条文和办事指南，最相关的在前，每条带文件名、条号、版本、效力状态和链接。"""
        return await _thread(lambda: _search(office, question, _on(date, office), region, top))

    @made.tool(title="读一条法规", annotations=READS)
    async def get_article(
        law: Annotated[str, Field(description="文件名、简称或编号，如 慈善法", max_length=120)],
        article: Annotated[str, Field(description="条号，如 第二十二条；规划用章节名", max_length=120)],
        date: Annotated[str, Field(description="适用日期或版本日期，如 2016-09-01；不写就是今天施行的版本", max_length=10)] = "",
    ) -> dict[str, Any]:
        """读一条法规：原文（已导入的）、要点、效力状态、提示和前后条。"""
        return await _thread(lambda: _article(office, law, article, date))

    @made.tool(title="读办事指南", annotations=READS)
    async def get_guide(guide: Annotated[str, Field(description="指南编号、标题，或要办的事，如 基金会成立", max_length=120)]) -> dict[str, Any]:
        """读一份办事指南：条件、材料、步骤、时限、收费、办理机关，每行带依据。"""
        return await _thread(lambda: _guide(office, guide))


def _search(office: Service, question: str, on: day, region: str, top: int) -> dict[str, Any]:
    search = office.assistant.search
    hits = search.search(question, on, region=region or office.settings.region, top=top)
    found = passages(search.library, hits, on)
    results = [{"name": each.title, "text": each.text, "score": each.score, **each.linked(office.settings.base_url)} for each in found]
    return {"date": on.isoformat(), "results": results}


def _article(office: Service, law: str, article: str, date: str) -> dict[str, Any]:
    shelf = office.assistant.search.library
    found = shelf.catalog.find(law.strip().strip("《》"))
    if found is None:
        raise Problem(404, f"没有“{law}”这部文件，请用 search_regulations 检索")
    edition = _edition(shelf, found, date, office.today())
    asked = f"第{article.strip()}条" if NUMBER.fullmatch(article.strip()) else article.strip()
    read = parse_cite(f"{found.title} {asked}", shelf.catalog)
    label = read.article if read and read.article else asked
    url = office.settings.base_url + article_page(Address(found.slug, edition.date, label))
    return article_json(shelf, found, edition, label, office.today()) | {"url": url}


def _edition(shelf: Library, law: Law, date: str, today: day) -> Edition:
    named = shelf.edition(law, date) if date else None
    found = named or shelf.edition(law, _day(date) if date else today) or (None if date else law.editions[-1])
    if found is None:
        raise Problem(404, f"《{law.title}》在 {date} 没有施行中的版本，已知：{'、'.join(e.date for e in law.editions)}")
    return found


def _guide(office: Service, asked: str) -> dict[str, Any]:
    search, today = office.assistant.search, office.today()
    guides = search.library.guides
    found = next((each for each in guides if asked.strip() in (each.slug, each.title)), None)
    if found is None:
        hits = search.search(asked, today, region=office.settings.region, top=MOST * 5)
        found = next((each for hit in hits if hit.kind == "guide" and (each := search.library.guide(hit.address.law))), None)
    if found is None:
        raise Problem(404, f"没有“{asked}”的办事指南，请换个说法，或用 search_regulations 检索条文")
    others = [{"slug": each.slug, "title": each.title} for each in guides if each.matter == found.matter and each.slug != found.slug]
    url = office.settings.base_url + guide_page(found.slug)
    return {"slug": found.slug, "title": found.title, "types": list(found.types), "text": guide_text(found), "url": url, "same_matter": others}


def _add_tools(made: MCPServer, office: Service) -> None:
    """The tools that compute, where what they need is installed."""
    try:
        names, deadlines = import_module("assistant.tools.names"), import_module("assistant.tools.deadlines")
    except ImportError:
        return
    as_json = import_module("assistant.tools.findings").as_json
    events = "；".join(f"{each.key}（{each.event}）" for each in deadlines.events())

    @made.tool(title="名称自查", annotations=READS)
    async def check_name(
        name: Annotated[str, Field(description="拟用的完整名称", min_length=1, max_length=200)],
        kind: Annotated[str, Field(description="社会团体、基金会、民办非企业单位或分支机构；名称结尾看得出的可不写", max_length=20)] = "",
        level: Annotated[str, Field(description="登记级别：全国性、省级、市级、县级", max_length=10)] = "",
        region: Annotated[str, Field(description="登记地，如 浙江省宁波市", max_length=40)] = "",
    ) -> dict[str, Any]:
        """按名称管理规定逐项检查拟用名称，每项带结论和依据；查不了重名。"""
        return await _thread(lambda: _plain(as_json(names.check(_library(office), name, kind, on=office.today(), level=level, region=region))))

    @made.tool(title="期限计算", annotations=READS, description=f"从起算事件和日期算出法定期限的最后一天，写明怎么数、依据哪条。event 可用：{events}")
    async def deadline(
        event: Annotated[str, Field(description="起算事件，如上所列", max_length=80)],
        start: Annotated[str, Field(description="事件发生的日期，如 2026-11-23", max_length=10)],
    ) -> dict[str, Any]:
        return await _thread(lambda: _plain(as_json(deadlines.compute(_library(office), deadlines.event(event), _day(start)))))


def _library(office: Service) -> Library:
    return office.assistant.search.library


def _plain(value: Any) -> dict[str, Any]:
    return dict(value)


def _add_resources(made: MCPServer, office: Service) -> None:
    @made.resource("law://{law}", name="law", title="文件：版本和条目", mime_type=TEXT)
    async def law(law: str) -> str:
        return await _thread(lambda: _contents(office, law), ResourceNotFoundError)

    @made.resource("law://{law}/{edition}/{article}", name="article", title="一条法规", mime_type=TEXT)
    async def article(law: str, edition: str, article: str) -> str:
        return await _thread(lambda: _written(office, law, edition, article), ResourceNotFoundError)


def _contents(office: Service, slug: str) -> str:
    shelf, today = _library(office), office.today()
    found = shelf.catalog.find(slug)
    if found is None:
        raise Problem(404, f"没有“{slug}”这部文件")
    facts = law_json(found)
    lines = [f"# {found.title}", "", "、".join(str(facts[key]) for key in ("rank", "issuer", "number", "region") if facts[key])]
    for edition in reversed(found.editions):
        told = edition_json(shelf, found, edition, today)
        lines += ["", f"## {edition.date} 文本（{told['status']}，{told['in_force_from']} 起施行）", *(f"- {w}" for w in warnings(found, edition, today))]
        lines += [f"- law://{found.slug}/{edition.date}/{quote(label, safe='')} {label}" for label in shelf.labels(found, edition)]
    return "\n".join(lines)


def _written(office: Service, slug: str, edition: str, label: str) -> str:
    shelf = _library(office)
    told = article_json(shelf, *known_edition(shelf, slug, edition), label, office.today())
    lines = [f"# 《{told['law']['title']}》{label}", "", f"{told['edition']['date']} 文本，{told['edition']['status']}", *(f"- {w}" for w in told["warnings"])]
    if told["text"]:
        lines += ["", "## 原文", "", told["text"]]
    if told["digest"]:
        lines += ["", "## 要点" if told["text"] else "## 要点（未导入原文）", "", *(f"- {point['at']} {point['say']}" for point in told["digest"]["points"])]
    return "\n".join(lines)


def _on(date: str, office: Service) -> day:
    return _day(date) if date else office.today()


def _day(text: str) -> day:
    try:
        return day.fromisoformat(text)
    except ValueError:
        raise Problem(422, f"“{text}”不是日期，请写成 2026-11-23 这样") from None


async def _thread(work: Callable[[], Result], as_error: type[Exception] = ToolError) -> Result:
    """Run work beside the event loop; what is wrong with the arguments is said to the model in Chinese."""
    from assistant.tools.findings import ToolProblem

    try:
        return await anyio.to_thread.run_sync(work)
    except Problem as problem:
        raise as_error(problem.detail) from None
    except ToolProblem as problem:
        raise as_error(str(problem)) from None
    except Exception as error:
        logbook.write("mcp_failed", error)
        raise as_error(UNFORESEEN) from None


class Face:
    """The ASGI app at /mcp: a key first, then the protocol."""

    def __init__(self) -> None:
        self._inner: ASGIApp | None = None
        self._office: Service | None = None

    @asynccontextmanager
    async def serving(self, app: FastAPI) -> AsyncIterator[None]:
        """Serve the running app's office while inside."""
        self._office = app.state.service
        made = server(app.state.service)
        # Whoever asks must show a key, which a page that was rebound to this host does not have.
        unbound = TransportSecuritySettings(enable_dns_rebinding_protection=False)
        self._inner = made.streamable_http_app(json_response=True, stateless_http=True, max_request_body_size=LARGEST // 2, transport_security=unbound)
        async with made.session_manager.run():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        assert self._inner and self._office
        try:
            key, headers = await anyio.to_thread.run_sync(self._office.keys.admit, Headers(scope=scope).get("authorization", ""), "mcp")
        except Problem as problem:
            await problems.response(problem)(scope, receive, send)
            return
        scope["state"]["headers"] |= headers
        scope["state"]["facts"]["key"] = key.id
        await self._inner(scope, receive, send)
