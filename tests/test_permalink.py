from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import lantern
import live
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.passages import article_page
from api.permalink import html
from corpus.article import Address
from corpus.library import Library


@pytest.fixture(scope="module")
def client(lantern_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with TestClient(create_app(live.settings(lantern_home, tmp_path_factory.mktemp("pages")))) as found:
        yield found


def test_a_page_shows_the_article_without_script(client: TestClient):
    page = client.get(article_page(Address(lantern.LAW, lantern.OLD, "第三条")))
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script" not in page.text
    assert "style=" not in page.text
    for words in ("《花灯会登记办法》第三条", "有三十盏以上的花灯", "2019-12-31 后不再施行", "登记要有 30 盏灯", "上一条：第二条", "下一条：第四条"):
        assert words in page.text
    link = page.text.split('<a class="button" href="')[1].split('"')[0]
    assert "第二条" in client.get(link).text


def test_a_page_of_what_is_not_there_is_a_problem(client: TestClient):
    answer = client.get(f"/laws/{lantern.LAW}/{lantern.NEW}/{quote('第九十条')}")
    assert answer.status_code == 404
    assert answer.json()["field"] == "label"


def test_a_page_of_a_digest_says_that_the_text_is_not_held(client: TestClient):
    page = client.get(article_page(Address(lantern.FERRY, "2001-01-01", "第八条"))).text
    assert "要点（未导入原文）" in page
    assert "没有导入这一条的原文" in page


def test_a_page_escapes_what_a_text_holds(lantern_library: Library):
    entry = lantern_library.entry(Address(lantern.LAW, lantern.NEW, "第三条"))
    point = replace(entry.digest.points[0], say="<b>灯</b>")
    page = html(replace(entry, digest=replace(entry.digest, points=(point,))), lantern_library, live.TODAY)
    assert "&lt;b&gt;灯&lt;/b&gt;" in page
    assert "<b>" not in page
