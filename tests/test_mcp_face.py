from __future__ import annotations

import asyncio
import json
import logging
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import httpx
import httpx2
import lantern
import live
import pytest
from fastapi.testclient import TestClient
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from patience import PATIENCE

from api import app as assembly
from api.settings import Settings

JAVASCRIPT = Path(__file__).parent / "mcp"
Result = TypeVar("Result")


@pytest.fixture(scope="module")
def chosen(shipped_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return live.settings(shipped_home, tmp_path_factory.mktemp("mcp"), public_url="https://wen.example.gov.cn")


@pytest.fixture(scope="module")
def address(chosen: Settings) -> Iterator[str]:
    with live.serving(chosen) as found:
        yield found


@asynccontextmanager
async def connected(address: str, key: str, mode: str = "auto") -> AsyncIterator[Client]:
    async with (
        httpx2.AsyncClient(headers={"Authorization": f"Bearer {key}"}, timeout=PATIENCE) as http,
        Client(streamable_http_client(f"{address}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def ask(address: str, chosen: Settings) -> Callable[[Callable[[Client], Awaitable[Result]]], Result]:
    key = live.token(chosen, "mcp")

    def run(what: Callable[[Client], Awaitable[Result]], mode: str = "auto") -> Result:
        async def session() -> Result:
            async with connected(address, key, mode) as client:
                return await what(client)

        return asyncio.run(session())

    return run


def call(ask, tool: str, /, **arguments: object) -> dict:
    found = ask(lambda client: client.call_tool(tool, arguments))
    assert not found.is_error, found.content
    assert json.loads(found.content[0].text) == found.structured_content
    return found.structured_content


def refused(ask, tool: str, /, **arguments: object) -> str:
    found = ask(lambda client: client.call_tool(tool, arguments))
    assert found.is_error
    return found.content[0].text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_tools_are_listed_and_only_read(ask, mode: str):
    tools = {tool.name: tool for tool in ask(lambda client: client.list_tools(), mode).tools}
    assert set(tools) == {"search_regulations", "get_article", "get_guide", "check_name", "deadline"}
    assert all(tool.annotations.read_only_hint and tool.description for tool in tools.values())
    assert "question" in tools["search_regulations"].input_schema["required"]


def test_search_gives_articles_that_can_be_cited(ask):
    found = call(ask, "search_regulations", question="设立基金会的原始基金最低多少", top=5)
    assert found["date"] == live.TODAY.isoformat()
    assert len(found["results"]) == 5
    first = next(each for each in found["results"] if each["kind"] == "article")
    assert first["name"] == f"《{first['title']}》{first['article']}"
    assert first["source"] == "digest"
    assert first["text"].startswith("要点（未导入原文）")
    assert first["url"].startswith("https://wen.example.gov.cn/laws/")


def test_search_on_a_day_gives_what_was_in_force(ask):
    found = call(ask, "search_regulations", question="慈善组织公开募捐资格", date="2018-01-01", top=20)
    editions = {each["edition"] for each in found["results"] if each["title"] == "慈善法"}
    assert editions == {"2016-03-16"}


@pytest.mark.parametrize("article", ["第八条", "第8条", "8"], ids=["chinese", "arabic", "bare"])
def test_an_article_is_read_however_its_number_is_written(ask, article: str):
    found = call(ask, "get_article", law="《基金会管理条例》", article=article)
    assert found["label"] == "第八条"
    assert found["digest"]["points"]
    assert found["url"].endswith(quote("第八条"))


def test_an_article_is_read_in_the_edition_of_a_day_or_of_its_name(ask):
    assert call(ask, "get_article", law="慈善法", article="第二十二条", date="2018-01-01")["edition"]["date"] == "2016-03-16"
    assert call(ask, "get_article", law="慈善法", article="第二十二条", date="2016-03-16")["edition"]["date"] == "2016-03-16"
    assert call(ask, "get_article", law="慈善法", article="第二十二条")["edition"]["date"] == "2023-12-29"


def test_a_guide_is_found_by_slug_title_or_matter(ask, shipped_home: Path):
    by_matter = call(ask, "get_guide", guide="基金会成立登记要准备什么")
    assert "基金会" in by_matter["types"]
    assert "材料：" in by_matter["text"]
    assert "依据：" in by_matter["text"]
    assert call(ask, "get_guide", guide=by_matter["slug"]) == by_matter
    assert call(ask, "get_guide", guide=by_matter["title"]) == by_matter


def test_a_name_is_checked_rule_by_rule(ask):
    found = call(ask, "check_name", name="中国某某市长寿基金会", level="市级")
    assert found["verdict"] == "problem"
    assert any(row["verdict"] == "problem" and row["cites"] for row in found["rows"])
    assert found["citations"]


def test_a_deadline_is_counted_and_explained(ask):
    tools = {tool.name: tool for tool in ask(lambda client: client.list_tools()).tools}
    listed = tools["deadline"].description.split("event 可用：")[1]
    key = listed.split("（")[0]
    found = call(ask, "deadline", event=key, start="2026-11-23")
    assert found["event"]["key"] == key
    assert found["rows"]
    assert found["citations"]


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("get_article", {"law": "没有的法", "article": "第一条"}, "没有“没有的法”这部文件"),
        ("get_article", {"law": "慈善法", "article": "第九百条"}, "第九百条"),
        ("get_article", {"law": "慈善法", "article": "第一条", "date": "去年"}, "不是日期"),
        ("get_article", {"law": "慈善法", "article": "第一条", "date": "1990-01-01"}, "已知：2016-03-16"),
        ("search_regulations", {"question": "会员", "date": "去年"}, "不是日期"),
        ("search_regulations", {"question": ""}, "question"),
        ("check_name", {"name": "某某协会", "level": "乡级"}, "登记级别"),
        ("deadline", {"event": "没有的事件", "start": "2026-11-23"}, "起算事件"),
    ],
)
def test_what_is_wrong_with_arguments_is_said_to_the_model(ask, name: str, arguments: dict, words: str):
    assert words in refused(ask, name, **arguments)


def test_laws_are_resources_and_lead_to_their_articles(ask):
    resources = ask(lambda client: client.list_resources()).resources
    law = next(each for each in resources if each.title == "基金会管理条例")
    contents = ask(lambda client: client.read_resource(str(law.uri))).contents[0]
    assert contents.mime_type == "text/markdown"
    assert contents.text.startswith("# 基金会管理条例")
    link = next(line.split()[1] for line in contents.text.splitlines() if line.endswith(" 第八条"))
    article = ask(lambda client: client.read_resource(link)).contents[0].text
    assert article.startswith("# 《基金会管理条例》第八条")
    assert "要点（未导入原文）" in article
    templates = ask(lambda client: client.list_resource_templates()).resource_templates
    assert {template.uri_template for template in templates} == {"law://{law}", "law://{law}/{edition}/{article}"}


def test_a_resource_of_an_imported_law_holds_its_text(lantern_home: Path, tmp_path: Path):
    chosen = live.settings(lantern_home, tmp_path)
    with live.serving(chosen) as address:

        async def read() -> str:
            async with connected(address, live.token(chosen, "mcp")) as client:
                return (await client.read_resource(f"law://{lantern.LAW}/{lantern.OLD}/{quote('第三条')}")).contents[0].text

        text = asyncio.run(read())
    assert "有三十盏以上的花灯" in text
    assert "2019-12-31 后不再施行" in text


@pytest.mark.parametrize("uri", ["law://nothing", "law://nothing/2020-01-01/x", "other://x"])
def test_a_resource_that_is_not_there_is_an_error(ask, uri: str):
    with pytest.raises((MCPError, ExceptionGroup)) as found:
        ask(lambda client: client.read_resource(uri))
    error = found.value
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, MCPError)


@pytest.mark.parametrize("scopes", [(), ("chat",)], ids=["no key", "another scope"])
def test_without_a_key_for_it_nothing_is_said(address: str, chosen: Settings, scopes: tuple[str, ...]):
    headers = {"Accept": "application/json, text/event-stream"}
    if scopes:
        headers["Authorization"] = f"Bearer {live.token(chosen, *scopes)}"
    answer = httpx.post(f"{address}/mcp", json={"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, headers=headers, timeout=PATIENCE)
    assert answer.status_code == (403 if scopes else 401)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_key_for_mcp_has_its_quota(address: str, chosen: Settings):
    headers = {"Accept": "application/json, text/event-stream", "Authorization": f"Bearer {live.token(chosen, 'mcp', per_minute=1)}"}
    body = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    answers = [httpx.post(f"{address}/mcp", json=body, headers=headers, timeout=PATIENCE) for _ in range(2)]
    assert [answer.status_code for answer in answers][1] == 429
    assert answers[0].headers["ratelimit-limit"] == "1"


def test_the_logging_of_the_process_stays_as_it_is(chosen: Settings):
    root = logging.getLogger()
    before = list(root.handlers), root.level
    with TestClient(assembly.create_app(chosen)):
        assert (list(root.handlers), root.level) == before


def test_without_the_package_the_way_out_is_named(chosen: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(assembly, "_mcp", lambda: None)
    with TestClient(assembly.create_app(chosen)) as client:
        answer = client.post("/mcp", json={})
    assert answer.status_code == 501
    assert "shezu[mcp]" in answer.json()["detail"]


def test_the_javascript_client_gets_the_same(address: str, chosen: Settings):
    node = shutil.which("node")
    if node is None or not (JAVASCRIPT / "node_modules").is_dir():
        pytest.skip("the JavaScript client is not here: it needs Node 20 and `npm ci --prefix tests/mcp`")
    command = [node, str(JAVASCRIPT / "client.mjs"), f"{address}/mcp", live.token(chosen, "mcp")]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=PATIENCE).stdout)
    assert set(found["tools"]) >= {"search_regulations", "get_article", "get_guide"}
    assert found["resources"] >= 100
    assert found["first"].startswith("《")
    assert found["article"] in found["first"]
    assert found["wrong"]["isError"] is True
    assert "没有的法" in found["wrong"]["text"]
    assert found["read"].startswith("# ")
