from __future__ import annotations

import argparse
import errno
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import lantern
import pytest
from official_site import (
    CAPTCHA,
    DATABASE,
    GOV,
    MINISTRY,
    SEARCH,
    STORE,
    WORD,
    Reply,
    Site,
    answer,
    database,
    gov_page,
    library,
    ministry_page,
    moved,
    page,
    word,
)

from api import command_fetch
from api.command import parser
from api.settings import Settings
from corpus.catalog import Catalog, catalog_from, load_catalog
from corpus.clean import repair
from corpus.errors import CorpusError, ImportInProgress, UnknownLaw
from corpus.extract import extract_file
from corpus.fetch import State, Target, fetch, import_address, wanted
from corpus.intake import Texts
from corpus.library import Library

OWN = f"https://{MINISTRY}/n1/ferry.html"
FERRY_TEXT = """渡船规则

（2001年1月1日渡船局令第3号公布　自2001年2月1日起施行）

第一条 为了渡船平安，渡船局定下本规则，渡口、船夫和乘客都要照办，花灯会期间也不例外。

第二条 渡船天黑以后停航，花灯会期间可以晚两个时辰，船上要备两盏灯。

第三条 渡船每年春天上一遍桐油，费用由渡口承担，账目在渡口张贴十日。

第四条 本规则自2001年2月1日起施行。
"""


def plain(markdown: str) -> str:
    return markdown.replace("#", "").strip()


OLD_TEXT, NEW_TEXT = plain(lantern.OLD_TEXT), plain(lantern.NEW_TEXT)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"))
    yield site
    site.close()


@pytest.fixture
def site(served: Site) -> Site:
    served.routes.clear()
    served.seen.clear()
    served.slept.clear()
    return served


def knowledge() -> dict:
    """The invented laws, the lanterns published in the database and the ferry on a page of the ministry."""
    found = lantern.knowledge()
    lanterns, local, ferry = found["catalog"]["lantern.yaml"]
    lanterns["url"] = f"https://{DATABASE}/"
    ferry["number"] = "渡船局令第3号"
    ferry["editions"][0]["url"] = OWN
    assert "url" not in local
    return found


@pytest.fixture
def catalog() -> Catalog:
    return catalog_from(knowledge()["catalog"])


@pytest.fixture
def texts(tmp_path: Path) -> Texts:
    return Texts(tmp_path / "texts")


class Run:
    """Fetching in a home of the test's own."""

    def __init__(self, site: Site, catalog: Catalog, texts: Texts) -> None:
        self.site, self.catalog, self.texts = site, catalog, texts
        self.state = State(texts.folder.parent / "fetch.json")

    def __call__(self, *names: str, labels: dict | None = None, **manners: float):
        with self.state.held() as state, self.site.downloader(**({"delay": 0.0, "tries": 2} | manners)) as downloader:
            return fetch(wanted(self.catalog, names, self.texts), downloader, self.texts, labels or {}, state)

    def files(self) -> list[str]:
        return sorted(path.name for path in self.texts.folder.rglob("*") if path.is_file() and path.name != ".lock")


@pytest.fixture
def run(site: Site, catalog: Catalog, texts: Texts) -> Run:
    return Run(site, catalog, texts)


def ferry(run: Run, reply: Reply | None = None, **manners: float):
    if reply:
        run.site.routes[MINISTRY, "/n1/ferry.html"] = reply
    (fetched,) = run("渡船规则", **manners)
    return fetched


def test_word_files_of_the_database_come_in_both_editions(run):
    database(run.site, "花灯会登记办法", {lantern.OLD: OLD_TEXT, lantern.NEW: NEW_TEXT}, 0)
    old, new = run("花灯会登记办法", labels={(lantern.LAW, lantern.NEW): ["第三条", "第六条"]})
    assert (old.outcome, old.edition, old.articles) == ("已取得", lantern.OLD, 6)
    assert (new.outcome, new.edition, new.articles) == ("已取得", lantern.NEW, 7)
    assert new.url == f"https://{DATABASE}/detail?id=key20191105"
    assert new.checks == ("标题和版本与目录相符", "拆分还原一致", "条号连续")
    held = run.texts.read(lantern.LAW, lantern.NEW)
    assert held is not None
    assert held.source == new.url
    assert held.text.articles[0].text == "为了让花灯会办得热闹又安全，花灯局定下本办法。"
    assert run.files() == [f"{lantern.OLD}.json", f"{lantern.NEW}.json"]


def test_a_page_of_the_policy_library_comes(run, catalog):
    law = replace(catalog.get(lantern.FERRY), url=f"https://{GOV}/zhengce/", editions=(replace(catalog.get(lantern.FERRY).editions[0], url=""),))
    run.catalog = Catalog([law])
    library(run.site, [{"title": "<em>渡船规则</em>", "url": f"https://{GOV}/content_1.htm", "pcode": "渡船局令第3号"}])
    run.site.routes[GOV, "/content_1.htm"] = page(gov_page("渡船规则", FERRY_TEXT))
    (fetched,) = run()
    assert (fetched.outcome, fetched.articles, fetched.url) == ("已取得", 4, f"https://{GOV}/content_1.htm")


def test_an_order_with_the_rules_behind_it_comes(run):
    order = "中华人民共和国渡船局令\n第3号\n《渡船规则》已经局务会议通过，现予公布，自2001年2月1日起施行。\n局长　甲乙\n2001年1月1日\n" + FERRY_TEXT.replace(
        "（2001年1月1日渡船局令第3号公布　自2001年2月1日起施行）\n", ""
    )
    fetched = ferry(run, page(ministry_page("渡船规则", order)))
    assert (fetched.outcome, fetched.articles) == ("已取得", 4)


def test_a_page_of_the_ministry_comes_and_where_it_only_announces_its_attachment(run):
    assert ferry(run, page(ministry_page("渡船规则", FERRY_TEXT))).outcome == "已取得"
    run.texts.path(lantern.FERRY, "2001-01-01").unlink()
    notice = page(ministry_page("渡船规则", "各渡口：现将渡船规则印发给你们，请照办。" * 8, attached="./P1.docx"))
    run.site.routes[MINISTRY, "/n1/P1.docx"] = Reply(200, word(FERRY_TEXT), WORD)
    fetched = ferry(run, notice)
    assert (fetched.outcome, fetched.articles, fetched.url) == ("已取得", 4, OWN)


def test_an_attached_form_is_not_taken_for_the_law(run):
    form = FERRY_TEXT.replace("渡船规则", "渡船登记表填写说明")
    run.site.routes[MINISTRY, "/n1/P1.docx"] = Reply(200, word(form), WORD)
    body = ministry_page("渡船规则", "各渡口：请填表。" * 30, attached="./P1.docx").replace("附件：渡船规则.docx", "附件：登记表.docx")
    fetched = ferry(run, page(body))
    assert fetched.failed
    assert run.files() == []


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (page(CAPTCHA), "要求验证（验证码），程序不绕过验证；请用浏览器下载后"),
        (moved("https://example.com/ferry.html"), "example.com 不在允许的网站之列"),
        (moved(f"https://{MINISTRY}/index.html"), f"网址已转到 https://{MINISTRY}/index.html，那里没有这个版本的正文"),
        (moved(f"https://{MINISTRY}/gone.html", 302), "没有这个网页，可能已搬走"),
        (Reply(404), "没有这个网页，可能已搬走"),
        (Reply(200, ministry_page("渡船规则", FERRY_TEXT).encode()[:900], cut=4000), "中途断开，内容不完整"),
        (page(ministry_page("渡船规则", FERRY_TEXT.partition("第四条")[0])), "正文到第三条为止，没有写施行日期的条款，疑被截断"),
        (page(ministry_page("渡船规则", FERRY_TEXT.replace("第三条 渡船每年春天上一遍桐油，费用由渡口承担，账目在渡口张贴十日。", ""))), "中间有缺"),
        (page(ministry_page("渡船规则", FERRY_TEXT.replace("2001年", "1991年").replace("第3号", "第2号"))), "没有 2001-01-01 这个日期"),
        (page(ministry_page("渡船规则", FERRY_TEXT.replace("公布　", "公布　2009年9月9日修订　"))), "网页上是 2009-09-09 的文本，不是要取的 2001-01-01 版本"),
        (page(ministry_page("渡口管理办法", FERRY_TEXT.replace("渡船规则", "渡口管理办法"))), "标题是“渡口管理办法”，不是《渡船规则》"),
        (Reply(200, b"GIF89a", "image/gif"), "内容类型是“image/gif”"),
        (Reply(200, b"PK\x03\x04broken", WORD), "不是完好的 Word 文档"),
        (Reply(200, ministry_page("渡船规则", FERRY_TEXT).encode() + b" " * 300_000), "MB"),
        (page(ministry_page("渡船规则", "")), ""),
    ],
)
def test_what_is_not_the_edition_is_refused_with_its_reason_and_leaves_nothing(run, reply, said):
    run.site.routes[MINISTRY, "/index.html"] = page("<html><head><title>民政部门户网站</title></head><body>" + "要闻 通知 公告\n" * 40 + "</body></html>")
    fetched = ferry(run, reply, max_bytes=200_000)
    assert fetched.failed
    assert said in fetched.reason
    assert fetched.reason
    assert run.files() == []


def test_robots_that_forbid_are_obeyed(run):
    run.site.routes[MINISTRY, "/robots.txt"] = Reply(200, b"User-agent: *\nDisallow: /n1/\n", "text/plain")
    fetched = ferry(run, page(ministry_page("渡船规则", FERRY_TEXT)))
    assert "robots.txt 不许程序取 /n1/ferry.html" in fetched.reason
    assert run.site.paths(MINISTRY) == ["/robots.txt"]


@pytest.mark.parametrize("status", [429, 503])
def test_a_site_busy_at_first_still_gives_its_text(run, status):
    replies = iter([Reply(status), page(ministry_page("渡船规则", FERRY_TEXT))])
    run.site.routes[MINISTRY, "/n1/ferry.html"] = lambda request: next(replies)
    assert ferry(run, back_off=3.0).outcome == "已取得"
    assert run.site.slept == [3.0]


def test_a_signed_address_inside_the_government_s_own_network_is_refused(run):
    database(run.site, "花灯会登记办法", {lantern.NEW: NEW_TEXT}, 7)
    inner = answer({"code": 200, "data": {"url": "https://flkoss.obs-bj2-internal.cucloud.cn/prod/1.docx", "urlIn": "http://172.16.220.27:38080/x"}})
    run.site.routes[DATABASE, "/law-search/download/pc"] = inner
    found = {fetched.edition: fetched.reason for fetched in run("花灯会登记办法")}
    assert "没有 2010-03-01 的" in found[lantern.OLD]
    assert "flkoss.obs-bj2-internal.cucloud.cn 不在允许的网站之列" in found[lantern.NEW]


def test_fewer_articles_than_the_database_lists_are_not_the_whole_text(run):
    database(run.site, "花灯会登记办法", {lantern.OLD: OLD_TEXT}, 8)
    assert "官网目录列出 8 条，取到的正文有 6 条，不完整" in {fetched.reason for fetched in run("花灯会登记办法")}


def test_an_old_word_file_gives_way_to_the_pdf_and_says_so_if_that_fails_too(run):
    database(run.site, "花灯会登记办法", {lantern.NEW: NEW_TEXT}, 7)
    run.site.routes[STORE, f"/prod/{lantern.NEW}.docx"] = Reply(200, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword")
    reasons = [fetched.reason for fetched in run("花灯会登记办法")]
    assert any("旧版 Word（.doc）" in reason for reason in reasons)
    assert f"/prod/{lantern.NEW}.pdf?X-Amz-Signature=abc" in run.site.paths(STORE)


def test_after_a_wall_the_site_is_left_alone_and_others_go_on(run):
    run.site.routes[DATABASE, "/law-search/search/list"] = page(CAPTCHA)
    run.site.routes[MINISTRY, "/n1/ferry.html"] = page(ministry_page("渡船规则", FERRY_TEXT))
    by_law = {(fetched.law, fetched.edition): fetched for fetched in run()}
    assert by_law["渡船规则", "2001-01-01"].outcome == "已取得"
    assert "验证码" in by_law["花灯会登记办法", lantern.OLD].reason
    assert "本次运行不再请求" in by_law["花灯会登记办法", lantern.NEW].reason
    assert "目录中没有官方网址" in by_law["甲水省花灯会条例", "2015-06-01"].reason
    assert run.site.paths(DATABASE) == ["/robots.txt", "/law-search/search/list"]


def test_what_came_stays_and_what_failed_is_tried_again(run):
    assert ferry(run, Reply(404)).failed
    assert json.loads(run.state.path.read_text())[f"{lantern.FERRY}/2001-01-01"]["outcome"] == "未取得"
    database(run.site, "花灯会登记办法", {lantern.OLD: OLD_TEXT, lantern.NEW: NEW_TEXT}, 0)
    run.site.routes[MINISTRY, "/n1/ferry.html"] = page(ministry_page("渡船规则", FERRY_TEXT))
    run.site.seen.clear()
    assert [fetched.law for fetched in run()] == ["花灯会登记办法", "花灯会登记办法", "甲水省花灯会条例", "渡船规则"]
    remembered = json.loads(run.state.path.read_text())[f"{lantern.FERRY}/2001-01-01"]
    assert (remembered["outcome"], remembered["tries"], remembered["url"]) == ("已取得", 2, OWN)
    run.site.seen.clear()
    assert [fetched.law for fetched in run()] == ["甲水省花灯会条例"]
    assert run.site.seen == []


def test_an_interrupted_run_keeps_what_came_and_goes_on_where_it_stopped(run):
    database(run.site, "花灯会登记办法", {lantern.OLD: OLD_TEXT, lantern.NEW: NEW_TEXT}, 0)

    def stop(request):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), run.state.held() as state, run.site.downloader(delay=0.0) as downloader:
        fetch(wanted(run.catalog, [lantern.LAW], run.texts), downloader, run.texts, {}, state, stop)
    assert run.files() == [f"{lantern.OLD}.json"]
    assert [fetched.edition for fetched in run(lantern.LAW)] == [lantern.NEW]


def test_a_damaged_memory_counts_as_none(run):
    run.state.path.write_text("{half")
    assert ferry(run, Reply(404)).failed
    run.state.path.write_text('["not", "ours"]')
    assert ferry(run, Reply(404)).failed


def test_a_home_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CorpusError, match="写不进去"), State(tmp_path / "file" / "fetch.json").held():
        pass


def test_a_full_disk_ends_the_run_with_its_reason(run, monkeypatch):
    def full(self, *given, **more):
        raise OSError(errno.ENOSPC, "No space left on device")

    run.site.routes[MINISTRY, "/n1/ferry.html"] = Reply(404)
    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(CorpusError, match=r"fetch\.json 写不进去（No space left on device）"):
        run("渡船规则")
    assert list(run.state.path.parent.glob("*.part")) == []


def test_two_runs_at_once_are_one_too_many(run):
    with run.state.held(), pytest.raises(ImportInProgress, match="另一个进程正在从官网取文件"), State(run.state.path).held():
        pass


def test_an_edition_that_only_the_database_knows_is_taken_as_a_new_one(run, texts):
    content = knowledge()
    content["catalog"]["lantern.yaml"][0]["newer"] = {"date": "2026-03-17", "confidence": "中", "note": "据悉又有修改"}
    run.catalog = catalog_from(content["catalog"])
    newest = NEW_TEXT.replace("修订　", "修订　2026年3月15日花灯局令第20号修订　").replace("二十日", "十五日")
    database(run.site, "花灯会登记办法", {lantern.OLD: OLD_TEXT, lantern.NEW: NEW_TEXT, "2026-03-15": newest}, 0)
    assert [(fetched.edition, fetched.outcome) for fetched in run(lantern.LAW)] == [(lantern.OLD, "已取得"), (lantern.NEW, "已取得"), ("2026-03-15", "已取得")]
    known = Library(content, texts.folder).law(lantern.LAW)
    assert [edition.date for edition in known.editions] == [lantern.OLD, lantern.NEW, "2026-03-15"]
    assert known.editions[1].in_force_to.isoformat() == "2026-03-14"
    assert wanted(run.catalog, [lantern.LAW], texts) == []


def test_a_newer_edition_that_is_not_there_yet_is_said_so(run):
    content = knowledge()
    content["catalog"]["lantern.yaml"][0]["newer"] = {"date": "2026-03-17", "confidence": "中", "note": "据悉又有修改"}
    run.catalog = catalog_from(content["catalog"])
    database(run.site, "花灯会登记办法", {lantern.OLD: OLD_TEXT, lantern.NEW: NEW_TEXT}, 0)
    *_, newer = run(lantern.LAW)
    assert (newer.edition, newer.outcome) == ("更新文本", "未取得")
    assert "最新的仍是 2019-11-05 的文本" in newer.reason


def test_a_page_of_the_library_is_newer_only_if_it_says_so(run, texts):
    content = knowledge()
    lanterns = content["catalog"]["lantern.yaml"][0]
    lanterns |= {"url": f"https://{GOV}/zhengce/", "newer": {"date": "2026-03-17", "confidence": "中", "note": "据悉又有修改"}}
    run.catalog = catalog_from(content["catalog"])
    library(run.site, [{"title": "花灯会登记办法", "url": f"https://{GOV}/1.htm"}])
    run.site.routes[GOV, "/1.htm"] = page(gov_page("花灯会登记办法", NEW_TEXT))
    outcomes = {fetched.edition: (fetched.outcome, fetched.reason) for fetched in run(lantern.LAW)}
    assert outcomes["更新文本"] == ("未取得", "网页上仍是 2019-11-05 的文本，不是更新的")
    assert outcomes[lantern.NEW][0] == "已取得"
    newest = NEW_TEXT.replace("修订　", "修订　2026年3月15日花灯局令第20号修订　")
    run.site.routes[GOV, "/1.htm"] = page(gov_page("花灯会登记办法", newest))
    assert "2026-03-15" in {fetched.edition for fetched in run(lantern.LAW)}
    assert [path.stem for path in sorted((texts.folder / lantern.LAW).glob("*.json"))] == [lantern.NEW, "2026-03-15"]


def test_a_later_edition_seen_on_the_way_is_mentioned(run):
    database(run.site, "花灯会登记办法", {lantern.NEW: NEW_TEXT, "2026-03-15": NEW_TEXT}, 7)
    assert {fetched.note for fetched in run(lantern.LAW)} == {"", "官网另有 2026-03-15 的更新文本，目录还没有收录"}


def test_again_fetches_what_is_held_and_changes_only_what_differs(run, catalog):
    ferry(run, page(ministry_page("渡船规则", FERRY_TEXT)))
    before = run.texts.path(lantern.FERRY, "2001-01-01").stat().st_mtime_ns
    targets = wanted(catalog, ["渡船规则"], run.texts, again=True)
    with run.state.held() as state, run.site.downloader(delay=0.0) as downloader:
        (fetched,) = fetch(targets, downloader, run.texts, {}, state)
    assert fetched.outcome == "无变化"
    assert run.texts.path(lantern.FERRY, "2001-01-01").stat().st_mtime_ns == before


def test_names_are_those_of_the_catalog(catalog, texts):
    assert [target.law.slug for target in wanted(catalog, ["渡船令", "渡船规则"], texts)] == [lantern.FERRY]
    assert {target.key for target in wanted(catalog, [], texts)} == {
        f"{lantern.LAW}/{lantern.OLD}",
        f"{lantern.LAW}/{lantern.NEW}",
        f"{lantern.LOCAL}/2015-06-01",
        f"{lantern.FERRY}/2001-01-01",
    }
    assert Target(catalog.get(lantern.LAW), None).key == f"{lantern.LAW}/newer"
    with pytest.raises(UnknownLaw, match="马车规则"):
        wanted(catalog, ["马车规则"], texts)


def test_an_address_is_imported_through_the_same_downloader(site, catalog, texts):
    site.routes[MINISTRY, "/n1/ferry.html"] = page(ministry_page("渡船规则", FERRY_TEXT))
    database(site, "花灯会登记办法", {lantern.NEW: NEW_TEXT}, 7)
    with site.downloader(delay=0.0) as downloader:
        report = import_address(OWN, downloader, texts, catalog)
        assert (report.outcome, report.law, report.file) == ("已导入", "渡船规则", OWN)
        report = import_address(f"https://{DATABASE}/detail?id=key20191105", downloader, texts, catalog)
        assert (report.outcome, report.law, report.edition) == ("已导入", "花灯会登记办法", lantern.NEW)
        report = import_address("https://example.com/a.htm", downloader, texts, catalog)
        assert (report.outcome, report.failed) == ("未导入", True)
        assert "example.com 不在允许的网站之列" in report.reason


def test_an_address_of_a_notice_gives_the_attached_law_and_not_the_form_beside_it(site, catalog, texts):
    notice = ministry_page("关于印发渡船规则的通知", "各渡口：现将渡船规则印发给你们，请照办。" * 8, attached="./P2.docx")
    notice = notice.replace("<p><a", "<p><a href='./P1.docx'>附件1：登记表.docx</a><a").replace("附件：关于印发渡船规则的通知.docx", "附件2：渡船规则.docx")
    site.routes[MINISTRY, "/n1/ferry.html"] = page(notice)
    site.routes[MINISTRY, "/n1/P1.docx"] = Reply(200, word(FERRY_TEXT.replace("渡船规则", "渡船登记表填写说明")), WORD)
    with site.downloader(delay=0.0) as downloader:
        assert import_address(OWN, downloader, texts, catalog).failed
        site.routes[MINISTRY, "/n1/P2.docx"] = Reply(200, word(FERRY_TEXT), WORD)
        report = import_address(OWN, downloader, texts, catalog)
    assert (report.outcome, report.law, report.edition) == ("已导入", "渡船规则", "2001-01-01")


def test_an_imported_address_with_no_law_behind_it_leaves_nothing(site, catalog, texts):
    site.routes[MINISTRY, "/n1/ferry.html"] = page(ministry_page("渡船规则", "正在建设中，敬请期待。" * 12))
    with site.downloader(delay=0.0) as downloader:
        assert import_address(OWN, downloader, texts, catalog).failed
    assert not list(texts.folder.rglob("*.json"))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(Library, "at", classmethod(lambda cls, home: Library(knowledge(), home / "texts")))
    return Settings(home=tmp_path)


def command(settings: Settings, site: Site, **given: object) -> int:
    args = argparse.Namespace(**({"laws": [], "missing": False, "again": False, "limit": None, "json": False} | given))
    return command_fetch.run_fetch(args, settings, lambda settings: site.downloader(delay=0.0))


def test_the_command_tells_what_came_what_not_and_why(site, settings, capsys):
    database(site, "花灯会登记办法", {lantern.NEW: NEW_TEXT}, 7)
    assert command(settings, site, laws=["花灯会登记办法"]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("未取得 《花灯会登记办法》2010-03-01：国家法律法规数据库里的《花灯会登记办法》有 2019-11-05 的文本")
    assert said[1].startswith("已取得 《花灯会登记办法》2019-11-05：7 条；标题和版本与目录相符；拆分还原一致；条号连续；https://flk.npc.gov.cn/detail?id=")
    assert said[2].startswith("共 2 件：已取得 1，无变化 0，未取得 1；用时")
    assert said[3:] == ["没有取得的，下次运行会再试；也可以用浏览器下载后运行 shezu corpus import。", "运行 shezu index build 后，新取得的原文才会用于回答。"]


def test_the_command_ends_well_when_all_came_and_when_nothing_is_missing(site, settings, capsys):
    site.routes[MINISTRY, "/n1/ferry.html"] = page(ministry_page("渡船规则", FERRY_TEXT))
    assert command(settings, site, laws=["渡船规则"]) == 1
    assert "而要点引到第九条" in capsys.readouterr().out
    more = "".join(f"\n第{n}条 渡口的第{n}件事照老规矩办。\n" for n in "四五六七八")
    site.routes[MINISTRY, "/n1/ferry.html"] = page(ministry_page("渡船规则", FERRY_TEXT.replace("第四条 本规则", f"{more}\n第九条 本规则")))
    assert command(settings, site, laws=["渡船规则"], json=True) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["outcome"], row["law"], row["edition"], row["articles"], row["url"]) == ("已取得", "渡船规则", "2001-01-01", 9, OWN)
    assert command(settings, site, laws=["渡船规则"]) == 0
    assert "都已有原文，没有请求任何网站" in capsys.readouterr().out


def test_a_limit_leaves_the_rest_for_the_next_run(site, settings, capsys):
    assert command(settings, site, missing=True, limit=1) == 1
    assert "还有 3 件没有轮到" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "said"), [({}, "请写文件名"), ({"laws": ["渡船规则"], "missing": True}, "两者选一"), ({"missing": True, "limit": 0}, "--limit 0 应是 1 以上")]
)
def test_a_command_that_does_not_say_what_to_get_is_refused(site, settings, capsys, given, said):
    words = [*given.get("laws", []), *(["--missing"] if "missing" in given else []), *(["--limit", "0"] if "limit" in given else [])]
    args = parser().parse_args(["corpus", "fetch", *words])
    with pytest.raises(SystemExit) as end:
        args.run(args, settings)
    assert end.value.code == 2
    assert said in capsys.readouterr().err


def test_the_office_s_own_hosts_are_added_to_the_official_ones(tmp_path):
    with command_fetch.downloader_for(Settings(home=tmp_path, fetch_hosts=("mzj.example.gov.cn",))) as downloader:
        assert {"mzj.example.gov.cn", DATABASE, SEARCH} <= downloader.hosts


def test_import_takes_addresses_beside_files(tmp_path, capsys):
    file = tmp_path / "渡船规则(2001-01-01).txt"
    file.write_text(FERRY_TEXT, encoding="utf-8")
    args = parser().parse_args(["corpus", "import", str(file), "https://example.com/a.htm", "http://www.gov.cn/b.htm", "--json"])
    assert args.run(args, Settings(home=tmp_path / "home")) == 1
    rows = json.loads(capsys.readouterr().out)
    assert [row["outcome"] for row in rows] == ["已导入", "未导入", "未导入"]
    assert "不在允许的网站之列" in rows[1]["reason"]
    assert "只从 https 网址取文件" in rows[2]["reason"]


def test_real_texts_come_as_from_files_by_word_and_by_page(site, official, official_texts, tmp_path):
    """Every tenth real text, served as the database or the policy library would, is kept article by article as the import of its file."""
    files = {path.name: path for path in official_texts.rglob("*") if path.is_file()}
    unlike, texts, shipped = [], Texts(tmp_path / "texts"), load_catalog()
    for (slug, day), held in list(official.held.items())[::10]:
        law, text = shipped.get(slug), repair(extract_file(files[held.source]).text).text
        if law.url == f"https://{DATABASE}/":
            database(site, law.title, {day: text}, 0)
        else:
            library(site, [{"title": law.title, "url": f"https://{GOV}/{slug}.htm", "pcode": law.number}])
            site.routes[GOV, f"/{slug}.htm"] = page(gov_page(law.title, text))
        target = next(target for target in wanted(shipped, [slug], texts) if target.edition and target.edition.date == day)
        with State(tmp_path / "fetch.json").held() as state, site.downloader(delay=0.0) as downloader:
            fetch([target], downloader, texts, {}, state)
        got = texts.read(slug, day)
        if got is None or [(a.label, a.text) for a in got.text.articles] != [(a.label, a.text) for a in held.text.articles]:
            unlike.append(law.title)
    assert unlike == []
