from __future__ import annotations

from dataclasses import replace
from datetime import date

import lantern
import pytest

from corpus.article import Address, Article, Edition, Law, Text
from corpus.catalog import catalog_from
from corpus.errors import BadKnowledge, UnknownLaw
from corpus.intake import Held, Texts, import_files
from corpus.library import Library, shipped_knowledge


def at(label: str, edition: str = lantern.NEW, law: str = lantern.LAW) -> Address:
    return Address(law, edition, label)


def test_entry_joins_the_text_and_the_digest_of_one_edition(lantern_library):
    entry = lantern_library.entry(at("第三条"))
    assert entry is not None
    assert "四十盏" in entry.article.text
    assert "40 盏" in entry.digest.points[0].say
    assert entry.verified
    assert entry.address == at("第三条")


def test_entry_of_the_older_edition_is_the_older_text(lantern_library):
    entry = lantern_library.entry(at("第三条", lantern.OLD))
    assert entry is not None
    assert "三十盏" in entry.article.text
    assert "30 盏" in entry.digest.points[0].say


def test_entry_may_be_text_alone_or_digest_alone(lantern_library):
    text, digest = lantern_library.entry(at("第一条")), lantern_library.entry(at("第八条", "2001-01-01", lantern.FERRY))
    assert (text.digest, text.verified) == (None, True)
    assert (digest.article, digest.verified) == (None, False)


@pytest.mark.parametrize("address", [at("第九十条"), at("第三条", "1999-01-01"), at("第三条", law="no-law")])
def test_nothing_stands_at_an_unknown_address(lantern_library, address):
    assert lantern_library.entry(address) is None


def test_laws_are_found_by_name_or_refused(lantern_library):
    assert lantern_library.law("花灯办法").slug == lantern.LAW
    with pytest.raises(UnknownLaw):
        lantern_library.law("灯笼法")


def test_editions_are_found_by_day_or_by_name(lantern_library):
    law = lantern_library.law(lantern.LAW)
    assert lantern_library.edition(law, date(2015, 1, 1)).date == lantern.OLD
    assert lantern_library.edition(law, lantern.OLD).date == lantern.OLD
    assert lantern_library.edition(law, date(1990, 1, 1)) is None


def test_labels_stand_in_the_order_of_the_text(lantern_library):
    law = lantern_library.law(lantern.LAW)
    assert lantern_library.labels(law, law.editions[1]) == ["第一条", "第二条", "第三条", "第三条之一", "第四条", "第五条", "第六条"]
    ferry = lantern_library.law(lantern.FERRY)
    assert lantern_library.labels(ferry, ferry.editions[0]) == ["第八条", "第九条"]


def test_entries_are_all_articles_of_all_editions_once(lantern_library):
    addresses = [entry.address for entry in lantern_library.entries()]
    assert len(addresses) == len(set(addresses)) == 6 + 7 + 1 + 2


def test_citations_resolve_to_the_edition_of_the_day(lantern_library):
    cite = "花灯会登记办法 第三条第一项"
    assert lantern_library.resolve(cite, date(2015, 1, 1)) == Address(lantern.LAW, lantern.OLD, "第三条", "第一项")
    assert lantern_library.resolve(cite, date(2024, 1, 1)) == Address(lantern.LAW, lantern.NEW, "第三条", "第一项")
    assert lantern_library.resolve(cite, date(1990, 1, 1)) == Address(lantern.LAW, lantern.NEW, "第三条", "第一项")
    assert lantern_library.resolve("灯笼法 第三条", date(2024, 1, 1)) is None


def test_guides_are_found_by_slug(lantern_library):
    assert lantern_library.guide("huadenghui-dengji").title == "花灯会登记"
    assert lantern_library.guide("none") is None


NEWEST = lantern.NEW_TEXT.replace("花灯局令第9号修订", "花灯局令第9号修订　2026年3月17日花灯局令第12号修订").replace("自2020年1月1日起", "自2026年5月1日起")


@pytest.fixture
def amended(tmp_path) -> Library:
    texts = Texts(tmp_path / "texts")
    files = [*lantern.write_files(tmp_path), tmp_path / "花灯会登记办法.md"]
    files[-1].write_text(NEWEST.replace("四十盏", "五十盏"), encoding="utf-8")
    reports = import_files(files, texts, catalog_from(lantern.knowledge()["catalog"]))
    assert [report.edition for report in reports] == [lantern.OLD, lantern.NEW, "2026-03-17"]
    return Library(lantern.knowledge(), texts.folder)


def test_an_imported_amendment_takes_its_place_in_time(amended):
    law = amended.law(lantern.LAW)
    assert [edition.date for edition in law.editions] == [lantern.OLD, lantern.NEW, "2026-03-17"]
    days = {date(2019, 12, 31): lantern.OLD, date(2026, 4, 30): lantern.NEW, date(2026, 5, 1): "2026-03-17"}
    assert {day: amended.edition(law, day).date for day in days} == days
    assert [edition.in_force(date(2026, 6, 1)) for edition in law.editions] == [False, False, True]


def test_an_imported_amendment_leaves_the_older_texts_alone(amended):
    assert "四十盏" in amended.entry(at("第三条")).article.text
    newest = amended.entry(at("第三条", "2026-03-17"))
    assert "五十盏" in newest.article.text
    assert newest.digest is None


def kept(texts: Texts, slug: str, title: str, day: str = "2018-06-01") -> Held:
    edition = Edition(day, date.fromisoformat(day), text="held")
    articles = (Article("第一条", "舞龙。"), Article("第二条", "完。"))
    held = Held(slug, edition, Text(title, "", articles), "0", "a.md", Law(slug, title, "部门规章", (edition,)))
    texts.write(held)
    return held


def test_a_law_known_only_from_its_text_joins_the_catalog(tmp_path):
    texts = Texts(tmp_path)
    kept(texts, "import-1", "舞龙办法")
    library = Library(lantern.knowledge(), tmp_path)
    assert library.law("舞龙办法").slug == "import-1"
    assert library.entry(at("第一条", "2018-06-01", "import-1")).verified


def test_two_texts_of_a_law_outside_the_catalog_are_two_editions(tmp_path):
    texts = Texts(tmp_path)
    kept(texts, "import-1", "舞龙办法", "2018-06-01")
    kept(texts, "import-1", "舞龙办法", "2022-06-01")
    law = Library(lantern.knowledge(), tmp_path).law("舞龙办法")
    assert [(e.date, e.in_force_to) for e in law.editions] == [("2018-06-01", date(2022, 5, 31)), ("2022-06-01", None)]


def test_a_text_imported_before_the_catalog_knew_its_law_is_that_law_s(tmp_path):
    texts = Texts(tmp_path)
    kept(texts, "import-1", "渡船规则", "2001-01-01")
    kept(texts, "import-1", "渡船规则", "2018-06-01")
    library = Library(lantern.knowledge(), tmp_path)
    assert library.law("渡船规则").slug == lantern.FERRY
    assert library.entry(at("第一条", "2001-01-01", lantern.FERRY)).article.text == "舞龙。"
    assert library.entry(at("第一条", "2018-06-01", lantern.FERRY)).article.text == "舞龙。"


def test_knowledge_against_the_schema_is_refused():
    broken = lantern.knowledge()
    broken["digests"]["new.yaml"]["law"] = "灯笼法"
    with pytest.raises(BadKnowledge):
        Library(broken)


def test_library_of_the_shipped_knowledge_opens():
    library = Library(shipped_knowledge())
    assert len(library.digests) == len({(d.law, d.edition, d.article) for d in library.digests})
    assert sum(1 for _ in library.entries()) >= len(library.digests)
    assert replace(library.guides[0]) == library.guides[0]
