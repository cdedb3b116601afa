from __future__ import annotations

from datetime import date
from pathlib import Path

import lantern
import pytest

from corpus.article import Address
from corpus.catalog import catalog_from
from corpus.citing import Citing
from corpus.intake import Texts, import_files
from corpus.library import Library

THEN, NOW = date(2015, 1, 1), date(2024, 1, 1)
FERRY_EIGHT = Address(lantern.FERRY, "2001-01-01", "第八条")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The invented laws, where a ferry's digest and a lantern text cite other articles."""
    folder: Path = tmp_path_factory.mktemp("citing")
    files = lantern.write_files(folder)
    newer = files[1].read_text(encoding="utf-8").replace("落灯以后十日内清扫街巷。", "落灯以后十日内照本办法第四条清扫街巷，按《扫街手册》第四条备扫帚。")
    files[1].write_text(newer, encoding="utf-8")
    known = lantern.knowledge()
    known["digests"]["ferry.yaml"] = lantern._digest(
        lantern.FERRY, "2001-01-01", {"第八条": "天黑停航；灯会当天照花灯会登记办法第四条第一款办，本规定第九条不适用。", "第九条": "每年春天上一遍桐油。"}
    )
    import_files(files, Texts(folder / "texts"), catalog_from(known["catalog"]))
    return Library(known, folder / "texts")


@pytest.fixture(scope="module")
def citing(library: Library) -> Citing:
    return Citing(library)


def cited(citing: Citing, law: str, edition: str, label: str, on: date = NOW) -> list[tuple[str, str, str, str]]:
    return [(c.kind, c.address.law, c.address.article, c.place) for c in citing.to(Address(law, edition, label), on)]


def test_an_article_s_digest_leads_to_the_articles_it_cites_in_the_edition_of_the_day(citing, library):
    entry = library.entry(FERRY_EIGHT)
    assert citing.of(entry, NOW) == (Address(lantern.LAW, lantern.NEW, "第四条", "第一款"), Address(lantern.FERRY, "2001-01-01", "第九条"))
    assert citing.of(entry, THEN)[0].edition == lantern.OLD


def test_what_cites_an_article_is_found_among_articles_digests_and_guides(citing):
    assert cited(citing, lantern.LAW, lantern.NEW, "第四条") == [
        ("article", lantern.LAW, "第五条", ""),
        ("digest", lantern.FERRY, "第八条", "第一款"),
        ("guide", "huadenghui-dengji", "limits", ""),
    ]
    assert citing.to(Address(lantern.LAW, lantern.NEW, "第三条"), NOW)[0].place == "第一项"


def test_the_sentence_that_cites_is_kept(citing):
    citer = citing.to(Address(lantern.FERRY, "2001-01-01", "第九条"), NOW)[0]
    assert citer.says == "灯会当天照花灯会登记办法第四条第一款办，本规定第九条不适用"


def test_what_means_the_law_of_the_day_does_not_cite_an_edition_that_no_longer_binds(citing):
    assert cited(citing, lantern.LAW, lantern.OLD, "第四条") == []
    assert ("guide", "huadenghui-dengji", "limits", "") in cited(citing, lantern.LAW, lantern.OLD, "第四条", THEN)


def test_an_article_of_an_unknown_instrument_is_not_taken_for_one_of_the_citing_law(citing):
    assert cited(citing, lantern.LAW, lantern.NEW, "第四条").count(("article", lantern.LAW, "第五条", "")) == 1


def test_mentions_carry_their_span(citing, library):
    text = library.entry(Address(lantern.LAW, lantern.NEW, "第五条")).article.text
    found = list(citing.mentions(text, Address(lantern.LAW, lantern.NEW, "第五条"), NOW))
    assert [text[m.start : m.end] for m in found] == ["第四条"]
    assert found[0].address == Address(lantern.LAW, lantern.NEW, "第四条")
