"""What rests on changed articles, exactly: with invented editions, and with the real 慈善法 of 2016 and 2023 where the texts are at hand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import lantern
import pytest

from corpus.article import Address
from corpus.catalog import catalog_from
from corpus.citing import Citing
from corpus.impact import ANSWER, CASE, DIGEST, GUIDE, OTHER_EDITION, Rest, changed, impact, rests
from corpus.intake import Texts, import_files
from corpus.layer import Layer
from corpus.library import Library, shipped_knowledge

NOW = date(2024, 1, 1)
TODAY = date(2026, 11, 23)
CHARITY = "ci-shan-fa"


def knowledge(*, newer: bool = True) -> dict:
    """The invented knowledge, as it is or before anybody knew of the newer edition."""
    known = lantern.knowledge()
    if not newer:
        law = known["catalog"]["lantern.yaml"][0]
        law["editions"] = [{"date": lantern.OLD, "in_force_from": "2010-05-01"}]
        del known["digests"]["new.yaml"]
    return known


@pytest.fixture(scope="module")
def texts(tmp_path_factory) -> list[Path]:
    """Two folders: one with the older text alone, one with both."""
    files = lantern.write_files(tmp_path_factory.mktemp("files"))
    folders = [tmp_path_factory.mktemp("old"), tmp_path_factory.mktemp("both")]
    for folder, chosen in zip(folders, (files[:1], files), strict=True):
        import_files(chosen, Texts(folder), catalog_from(lantern.knowledge()["catalog"]))
    return folders


def told(found) -> list[tuple[str, str, str, str, str]]:
    return [(t.rest.kind, t.rest.id.rpartition("/")[2], t.rest.address.article, t.what, t.now) for t in found]


def on_article(kind: str, name: str, edition: str, article: str) -> Rest:
    return Rest(kind, name, name, Address(lantern.LAW, edition, article))


def test_a_newer_edition_touches_what_was_written_from_the_older_one(texts):
    others = [on_article(ANSWER, f"a{label}", lantern.OLD, label) for label in ("第二条", "第三条", "第五条")]
    others += [on_article(CASE, f"c{label}", lantern.OLD, label) for label in ("第二条", "第六条")]
    assert told(impact(Library(knowledge(newer=False), texts[0]), Library(knowledge(newer=False), texts[1]), NOW, others)) == [
        (DIGEST, "第三条", "第三条", "改动", "第三条"),
        (DIGEST, "第四条", "第四条", "改动", "第四条"),
        (GUIDE, "huadenghui-dengji", "第三条", "改动", "第三条"),
        (GUIDE, "huadenghui-dengji", "第四条", "改动", "第四条"),
        (ANSWER, "a第三条", "第三条", "改动", "第三条"),
        (ANSWER, "a第五条", "第五条", "删去", ""),
        (CASE, "c第六条", "第六条", "改动", "第六条"),
    ]


def test_what_was_already_written_for_the_newer_edition_is_listed_too(texts):
    before, after = Library(knowledge(), texts[0]), Library(knowledge(), texts[1])
    found = [(t.rest.kind, t.rest.address.edition, t.rest.address.article) for t in impact(before, after, NOW)]
    assert found == [(DIGEST, edition, label) for edition in (lantern.OLD, lantern.NEW) for label in ("第三条", "第四条")] + [
        (GUIDE, lantern.NEW, label) for label in ("第三条", "第四条")
    ]


def test_the_same_text_again_touches_nothing(texts):
    library = Library(knowledge(), texts[1])
    assert impact(library, Library(knowledge(), texts[1]), NOW) == []


def test_an_older_edition_that_comes_later_touches_nothing_of_the_newer(tmp_path):
    files = lantern.write_files(tmp_path / "files")
    for name, chosen in (("new", files[1:]), ("both", files)):
        import_files(chosen, Texts(tmp_path / name), catalog_from(lantern.knowledge()["catalog"]))
    assert impact(Library(knowledge(), tmp_path / "new"), Library(knowledge(), tmp_path / "both"), NOW) == []


def test_a_digest_that_changes_touches_the_guides_answers_and_cases_on_its_article():
    shipped = lantern.knowledge()
    row = {"article": "第四条", "topic": "答复", "types": ["社会团体"], "matters": ["成立"], "points": [{"say": "20 日答复。"}]}
    after = Library(Layer({("digests", f"{lantern.LAW}/{lantern.NEW}/第四条"): row}).over(shipped))
    others = [on_article(CASE, "c4", lantern.NEW, "第四条"), on_article(CASE, "c3", lantern.NEW, "第三条"), on_article(ANSWER, "a4", lantern.OLD, "第四条")]
    assert told(impact(Library(shipped), after, NOW, others)) == [
        (DIGEST, "第四条", "第四条", "要点改动", "第四条"),
        (GUIDE, "huadenghui-dengji", "第四条", "要点改动", "第四条"),
        (CASE, "c4", "第四条", "要点改动", "第四条"),
    ]


def test_an_edition_without_text_touches_what_follows_the_edition_in_force():
    shipped = lantern.knowledge()
    row = {**shipped["catalog"]["lantern.yaml"][0]}
    row["editions"] = [*row["editions"][:1], {**row["editions"][1], "in_force_to": "2023-12-31"}, {"date": "2023-11-01", "in_force_from": "2024-01-01"}]
    after = Library(Layer({("catalog", lantern.LAW): row}).over(shipped))
    follows = Rest(CASE, "follows", "", Address(lantern.LAW, lantern.NEW, "第一条"), dated=False)
    stays = Rest(CASE, "stays", "", Address(lantern.LAW, lantern.NEW, "第一条"))
    assert {(t.rest.kind, t.rest.id, t.what) for t in impact(Library(shipped), after, NOW, [follows, stays])} == {
        (GUIDE, "huadenghui-dengji", OTHER_EDITION),
        (CASE, "follows", OTHER_EDITION),
    }


def test_digests_rest_on_the_articles_that_they_name():
    shipped = lantern.knowledge()
    shipped["digests"]["ferry.yaml"]["articles"][0]["points"][0]["say"] = "渡船按花灯会登记办法第四条答复，也按它的第一条办。"
    named = [r.address for r in rests(Library(shipped), NOW) if r.kind == DIGEST and r.where]
    assert named == [Address(lantern.LAW, lantern.NEW, "第四条"), Address(lantern.LAW, lantern.NEW, "第一条")]


@pytest.fixture(scope="module")
def charity(official_texts, tmp_path_factory) -> tuple[Path, Path]:
    """Folders with the 慈善法 of 2016, and with that of 2023 beside it."""
    files = sorted((official_texts / "法律").glob("慈善法(*.md"))
    assert [file.stem for file in files] == ["慈善法(2016-03-16)", "慈善法(2023-12-29)"]
    folders = tmp_path_factory.mktemp("charity-2016"), tmp_path_factory.mktemp("charity-both")
    for folder, chosen in zip(folders, (files[:1], files), strict=True):
        import_files(chosen, Texts(folder), catalog_from(shipped_knowledge()["catalog"]))
    return folders


def bare(text: str) -> str:
    """The characters that a reader reads: letters and numbers, whatever the width of the marks between them."""
    return re.sub(r"\W+", "", unicodedata.normalize("NFKC", text))


def differing(folder: Path) -> dict[str, set[str]]:
    """By edition the labels that do not stand in the other edition with the same words, told without any of the code under test."""
    held = {edition: Texts(folder).read(CHARITY, edition) for edition in ("2016-03-16", "2023-12-29")}
    words = {edition: {article.label: bare(article.text) for article in text.text.articles} for edition, text in held.items() if text}
    old, new = words["2016-03-16"], words["2023-12-29"]
    return {
        "2016-03-16": {label for label in old if new.get(label) != old[label]},
        "2023-12-29": {label for label in new if old.get(label) != new[label]},
    }


def before_2023() -> dict:
    """What ships, as an office had it that knew the edition of 2016 alone: its digests, and the guides citing its numbers."""
    known = shipped_knowledge()
    known["catalog"] = {
        name: [{**row, "editions": [{"date": "2016-03-16", "in_force_from": "2016-09-01"}]} if row["slug"] == CHARITY else row for row in rows or []]
        for name, rows in known["catalog"].items()
    }
    known["digests"] = {name: file for name, file in known["digests"].items() if (file["law"], file["edition"]) != ("慈善法", "2023-12-29")}
    return known


def expected(library: Library, labels: dict[str, set[str]], others: Iterable[Rest]) -> set[tuple[str, str, str, str]]:
    """Who cites a differing article: digests by their own address, and all else by the reading of cross-references that the look-up page uses."""
    found = {
        (DIGEST, f"{d.law}/{d.edition}/{d.article}", d.edition, d.article)
        for d in library.digests
        if d.law == CHARITY and d.article in labels.get(d.edition, ())
    }
    citing = Citing(library)
    for edition, changed_labels in labels.items():
        for label in changed_labels:
            for citer in citing.to(Address(CHARITY, edition, label), TODAY):
                own = citer.address
                if citer.kind == "guide":
                    found.add((GUIDE, own.law, edition, label))
                elif citer.kind == "digest":
                    found.add((DIGEST, f"{own.law}/{own.edition}/{own.article}", edition, label))
    return found | {(o.kind, o.id, o.address.edition, o.address.article) for o in others if o.address.article in labels.get(o.address.edition, ())}


@pytest.mark.parametrize("known", ["before", "ahead"])
def test_the_charity_law_of_2023_over_2016_lists_exactly_what_rests_on_changed_articles(charity, known):
    shipped = before_2023() if known == "before" else shipped_knowledge()
    before, after = Library(shipped, charity[0]), Library(shipped, charity[1])
    labels = differing(charity[1])
    numbers = [article.label for article in before.held[CHARITY, "2016-03-16"].text.articles]
    others = [Rest(kind, f"{kind}{label}", "", Address(CHARITY, "2016-03-16", label)) for kind in (ANSWER, CASE) for label in numbers]
    found = {(t.rest.kind, t.rest.id, t.rest.address.edition, t.rest.address.article) for t in impact(before, after, TODAY, others)}
    assert found == expected(before, labels, others)
    assert {kind for kind, *_ in found} == {DIGEST, GUIDE, ANSWER, CASE}
    same = [label for label in numbers if label not in labels["2016-03-16"]]
    assert same
    assert not [one for one in found if one[2] == "2016-03-16" and one[3] in same]


def test_renumbered_articles_of_the_charity_law_are_followed(charity):
    fates = changed(Library(shipped_knowledge(), charity[0]), Library(shipped_knowledge(), charity[1]))
    assert fates[CHARITY, "2016-03-16", "第二十二条"].what == "改动"
    assert fates[CHARITY, "2016-03-16", "第二十二条"].now == "第二十二条"
    moved = {label: fate.now for (_, edition, label), fate in fates.items() if edition == "2016-03-16" and fate.what == "条号变动"}
    assert moved
    assert all(label != now for label, now in moved.items())
