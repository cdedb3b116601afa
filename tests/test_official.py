"""The shipped catalog's addresses, and finding an edition at the two services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import lantern
import official_site
import pytest
from official_site import DATABASE, GOV, SEARCH, STORE, Site, answer, database, library

from corpus.catalog import Catalog, load_catalog
from corpus.dial import OFFICIAL_HOSTS
from corpus.errors import NotFetched
from corpus.official import find_sources, sources_at

FLK = f"https://{DATABASE}/"
LIBRARY = f"https://{GOV}/zhengce/zhengcewenjianku/"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"))
    yield site
    site.close()


@pytest.fixture
def site(served: Site) -> Site:
    served.routes.clear()
    served.seen.clear()
    return served


@pytest.fixture
def law(catalog: Catalog):
    return replace(catalog.get(lantern.LAW), url=FLK)


def test_every_address_in_the_catalog_is_https_on_an_official_host():
    laws = list(load_catalog())
    urls = [url for law in laws for url in (law.url, *(edition.url for edition in law.editions)) if url]
    assert len(urls) >= 157
    assert {(urlsplit(url).scheme, urlsplit(url).netloc in OFFICIAL_HOSTS) for url in urls} == {("https", True)}


def test_laws_regulations_and_local_ones_are_looked_up_in_the_database():
    by_rank = {law.rank: set() for law in load_catalog()}
    for law in load_catalog():
        by_rank[law.rank].add(urlsplit(law.url).hostname)
    assert by_rank["法律"] == by_rank["地方性法规"] == {DATABASE}
    assert by_rank["部门规章"] == {GOV}


def test_the_database_gives_the_file_of_the_edition_asked_for(site, law):
    database(site, "花灯会登记办法", {lantern.OLD: "旧", lantern.NEW: "新"}, 6)
    with site.downloader() as downloader:
        source = next(find_sources(law, law.editions[0], downloader))
    assert source.url == f"https://{STORE}/prod/{lantern.OLD}.docx?X-Amz-Signature=abc"
    assert (source.page, source.title, source.date, source.articles) == (f"{FLK}detail?id=key20100301", "花灯会登记办法", lantern.OLD, 6)
    assert source.later == ""
    asked = next(request for request in site.seen if request.path == "/law-search/search/list")
    assert (asked.method, '"searchContent":"花灯会登记办法"' in asked.body.decode()) == ("POST", True)


def test_the_pdf_is_asked_for_only_where_the_word_file_was_of_no_use(site, law):
    database(site, "花灯会登记办法", {lantern.NEW: "新"}, 7)
    with site.downloader() as downloader:
        sources = find_sources(law, law.editions[1], downloader)
        assert next(sources).url.partition("?")[0].endswith(".docx")
        assert not any("format=pdf" in path for path in site.paths(DATABASE))
        assert next(sources).url.partition("?")[0].endswith(".pdf")


def test_an_edition_the_database_does_not_have_is_told_with_those_it_has(site, law):
    database(site, "花灯会登记办法", {lantern.OLD: "旧"}, 6)
    with site.downloader() as downloader, pytest.raises(NotFetched, match="有 2010-03-01 的文本，没有 2019-11-05 的"):
        next(find_sources(law, law.editions[1], downloader))


def test_a_law_the_database_does_not_have_is_told(site, law):
    database(site, "花灯会年检办法", {lantern.OLD: "旧"}, 6)
    with site.downloader() as downloader, pytest.raises(NotFetched, match="没有叫《花灯会登记办法》的文件"):
        next(find_sources(law, law.editions[1], downloader))


def test_a_later_edition_than_the_catalog_knows_is_found_and_named(site, law):
    database(site, "花灯会登记办法", {lantern.NEW: "新", "2026-03-17": "更新"}, 7)
    with site.downloader() as downloader:
        assert next(find_sources(law, law.editions[1], downloader)).later == "2026-03-17"
        assert next(find_sources(law, None, downloader)).date == "2026-03-17"
    database(site, "花灯会登记办法", {lantern.NEW: "新"}, 7)
    with site.downloader() as downloader, pytest.raises(NotFetched, match="最新的仍是 2019-11-05 的文本"):
        next(find_sources(law, None, downloader))


def test_details_that_contradict_the_search_are_not_trusted(site, law):
    database(site, "花灯会登记办法", {lantern.NEW: "新"}, 7)
    site.routes[DATABASE, "/law-search/search/flfgDetails"] = answer({"code": 200, "data": {"title": "花灯会登记办法", "gbrq": "2024-01-01"}})
    with site.downloader() as downloader, pytest.raises(NotFetched, match="检索结果与详情不一致"):
        next(find_sources(law, law.editions[1], downloader))


@pytest.mark.parametrize(
    ("listing", "said"),
    [
        ({"code": 500, "msg": "系统异常"}, "系统异常"),
        ([], "不合约定"),
        ({"rows": [{"title": "花灯会登记办法", "gbrq": "2019-11-05", "bbbs": "../x"}]}, "没有可用的文件编号"),
        ({"rows": [None, {"title": 5}]}, "没有叫"),
    ],
)
def test_a_database_that_answers_otherwise_is_told(site, law, listing, said):
    site.routes[DATABASE, "/law-search/search/list"] = answer(listing)
    with site.downloader() as downloader, pytest.raises(NotFetched, match=said):
        next(find_sources(law, law.editions[1], downloader))


def test_no_address_of_a_file_is_told(site, law):
    database(site, "花灯会登记办法", {lantern.NEW: "新"}, 7)
    site.routes[DATABASE, "/law-search/download/pc"] = answer({"code": 200, "data": {}})
    with site.downloader() as downloader, pytest.raises(NotFetched, match="没有给出这个文件的下载地址"):
        next(find_sources(law, law.editions[1], downloader))


def test_the_library_gives_pages_of_the_law_or_of_the_notice_that_issues_it(site, law):
    rows = [
        {"title": "《<em>花灯会登记办法</em>》解读", "url": f"https://{GOV}/1.htm", "pcode": ""},
        {"title": "花灯局关于印发《花灯会登记办法》的通知", "url": f"http://{GOV}/2.htm", "pcode": "灯发〔2010〕1号"},
        {"title": "<em>花灯会登记办法</em>", "url": f"https://{GOV}/3.htm", "pcode": "花灯局令第9号"},
        {"title": "关于修改《花灯会登记办法》的决定", "url": f"https://{GOV}/4.htm"},
        {"title": "花灯会登记办法", "url": ""},
    ]
    library(site, rows)
    with site.downloader() as downloader:
        sources = list(find_sources(replace(law, url=LIBRARY, number="花灯局令第9号"), law.editions[1], downloader))
    assert [source.url for source in sources] == [f"https://{GOV}/3.htm", f"https://{GOV}/2.htm"]
    assert parse_qs(urlsplit(site.paths(SEARCH)[1]).query)["q"] == ["花灯会登记办法"]


def test_a_library_without_the_law_says_where_to_look(site, law):
    library(site, [])
    with site.downloader() as downloader, pytest.raises(NotFetched, match=f"没有叫《花灯会登记办法》的文件，请到 {LIBRARY} 查找"):
        list(find_sources(replace(law, url=LIBRARY), law.editions[1], downloader))


@pytest.mark.parametrize("listing", [[], {"searchVO": {}}, {"catMap": 3}])
def test_a_library_that_answers_otherwise_is_told(site, law, listing):
    site.routes[SEARCH, "/search-gov/data"] = answer(listing)
    with site.downloader() as downloader, pytest.raises(NotFetched, match="不合约定"):
        list(find_sources(replace(law, url=LIBRARY), law.editions[1], downloader))


def test_without_an_address_nothing_is_asked(site, law):
    with site.downloader() as downloader, pytest.raises(NotFetched, match="目录中没有官方网址"):
        next(find_sources(replace(law, url=""), law.editions[0], downloader))
    assert site.seen == []


def test_the_edition_s_own_page_comes_before_any_search(site, law):
    edition = replace(law.editions[1], url=f"https://{GOV}/own.htm")
    with site.downloader() as downloader:
        assert [source.url for source in find_sources(law, edition, downloader)] == [f"https://{GOV}/own.htm"]
    assert site.seen == []


def test_a_page_of_the_database_leads_to_its_file(site):
    database(site, "花灯会登记办法", {lantern.NEW: "新"}, 7)
    with site.downloader() as downloader:
        source = next(sources_at(f"{FLK}detail?id=key20191105&title=x", downloader))
    assert (urlsplit(source.url).netloc, source.date) == (STORE, lantern.NEW)
    assert official_site.STORE in OFFICIAL_HOSTS
