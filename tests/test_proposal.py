"""Proposed changes: what stops them, field by field, and what they change."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import lantern
import pytest
from test_layer import FIFTH, GUIDE, THIRD, digest

from corpus.catalog import catalog_from
from corpus.errors import CorpusError
from corpus.extract import extract_bytes
from corpus.form import faults
from corpus.identity import identify
from corpus.intake import Texts, as_json, import_files, read_in
from corpus.layer import Layer
from corpus.library import shipped_knowledge
from corpus.proposal import TEXT, Ground, Proposal, checks, fallout, rows, standing_content, text_changes
from corpus.stale import load_stale

NOW = date(2024, 1, 1)
STALE = load_stale()


@pytest.fixture(scope="module")
def ground(tmp_path_factory) -> Ground:
    folder = tmp_path_factory.mktemp("ground")
    import_files(lantern.write_files(folder / "files"), Texts(folder / "texts"), catalog_from(lantern.knowledge()["catalog"]))
    return Ground(lantern.knowledge(), Layer({}), folder / "texts")


@pytest.fixture(scope="module")
def old_ground(tmp_path_factory) -> Ground:
    """An office that holds the older text alone."""
    folder = tmp_path_factory.mktemp("old-ground")
    import_files(lantern.write_files(folder / "files")[:1], Texts(folder / "texts"), catalog_from(lantern.knowledge()["catalog"]))
    return Ground(lantern.knowledge(), Layer({}), folder / "texts")


def proposed_text(ground: Ground, text: str = lantern.NEW_TEXT, name: str = f"花灯会登记办法({lantern.NEW}).md") -> Proposal:
    held, _, passed = read_in(extract_bytes(text.encode(), name), lambda parsed: identify(parsed, Path(name), ground.library.catalog))
    return Proposal(TEXT, f"{held.law}/{held.edition.date}", as_json(held) | {"checks": list(passed)})


def found(ground: Ground, kind: str, key: str, content: Any) -> list[tuple[str, str, bool]]:
    return [(check.field, check.kind, check.stops) for check in checks(ground, Proposal(kind, key, content), NOW, STALE)]


def test_a_digest_that_its_article_bears_out_passes(ground):
    assert found(ground, "digests", THIRD, digest("第三条", "登记要有灯，还要有 3 万元灯油钱。")) == []


def test_a_figure_that_the_article_does_not_hold_stops_the_digest_at_its_point(ground):
    row = digest("第三条", "灯油钱要 3 万元。")
    row["points"].append({"say": "灯油钱要 4 万元。", "ask": ["灯油钱多少"]})
    row["points"].append({"say": "灯油钱要 3 万元。", "figures": [{"of": "灯油钱", "op": "≥", "value": 50000, "unit": "元"}], "ask": []})
    assert found(ground, "digests", THIRD, row) == [("points.1.say", "数额无出处", True), ("points.2.say", "数额无出处", True)]


def test_references_of_a_digest_must_resolve(ground):
    assert found(ground, "digests", THIRD, digest("第三条", "依第九十九条办。")) == [("points.0.say", "引用不能解析", True)]


def test_a_digest_of_an_article_that_is_not_in_the_text_is_stopped(ground):
    key = THIRD.replace("第三条", "第九十条")
    assert ("points.0.say", "条文不存在", True) in found(ground, "digests", key, digest("第九十条", "灯要亮。"))


def test_a_digest_without_text_at_hand_is_told_so_and_not_stopped(ground):
    assert found(ground, "digests", f"{lantern.FERRY}/2001-01-01/第八条", digest("第八条", "渡船 99 点停航。")) == [("", "提示", False)]


def test_a_digest_of_a_lapsed_edition_is_told_so_and_not_stopped(ground):
    key = THIRD.replace(lantern.NEW, lantern.OLD)
    assert found(ground, "digests", key, digest("第三条", "灯油钱要 1 万元。")) == [("", "依据已失效", False)]


@pytest.mark.parametrize("key", [f"weizhi/{lantern.NEW}/第一条", f"{lantern.LAW}/1999-01-01/第一条"])
def test_a_digest_of_an_unknown_law_or_edition_is_stopped(ground, key):
    assert found(ground, "digests", key, digest("第一条", "灯要亮。")) == [("", "写法", True)]


def test_guide_lines_are_stopped_each_at_its_own_field(ground):
    guide = {**GUIDE, "limits": [{"say": "20 日内答复。", "cite": ["花灯会登记办法 第四条"]}, {"say": "15 日内答复。", "cite": ["花灯会登记办法 第四条"]}]}
    guide["fee"] = [{"say": "不收钱。", "cite": ["花灯会登记办法 第八十条"]}, {"say": "不收钱。", "cite": ["没有的办法 第一条"]}]
    assert found(ground, "guides", "saodeng", guide) == [
        ("limits.1.say", "数额无出处", True),
        ("fee.0.say", "条文不存在", True),
        ("fee.1.say", "目录缺文件", True),
        ("", "指南与条文矛盾", False),
    ]


def test_a_guide_that_contradicts_another_is_told_so(ground):
    guide = {**GUIDE, "types": ["社会团体"], "matter": "成立", "limits": [{"say": "30 日内有答复。", "cite": ["花灯会登记办法 第四条"]}]}
    assert ("limits.0.say", "数额无出处", True) in found(ground, "guides", "saodeng", guide)


def test_a_catalog_entry_that_takes_another_law_s_name_is_stopped(ground):
    row = {"slug": "longzhou", "title": "渡船规则", "rank": "部门规章", "editions": [{"date": "2020-01-01", "in_force_from": "2020-02-01"}]}
    assert found(ground, "catalog", "longzhou", row) == [("", "写法", True)]


def test_a_catalog_entry_that_drops_an_edition_with_digests_is_stopped(ground):
    row = {"slug": lantern.FERRY, "title": "渡船规则", "rank": "行政法规", "editions": [{"date": "2002-01-01", "in_force_from": "2002-02-01"}]}
    assert [check.what for check in checks(ground, Proposal("catalog", lantern.FERRY, row), NOW, STALE)] == [
        "ferry.yaml：《渡船规则》没有 2001-01-01 这个版本，目录里是 2002-01-01"
    ]


def test_a_card_promises_for_guides_that_there_are(ground):
    card = {"name": "花灯局", "promises": [{"guide": "huadenghui-dengji", "days": 5}, {"guide": "meiyou", "days": 5}]}
    assert found(ground, "office", "office", card) == [("promises.1.guide", "写法", True)]


def test_what_the_audit_would_find_elsewhere_is_told(ground):
    guide = {**GUIDE, "summary": [{"say": "渡船每年上桐油。", "cite": ["渡船规则 第九条"]}]}
    held = Ground(ground.shipped, ground.layer.replaced("guides", "saodeng", guide), ground.texts)
    key = f"{lantern.LAW}/{lantern.NEW}/第四条"
    assert fallout(held, Proposal("digests", key, digest("第四条", "答复要 20 日。")), NOW) == []
    row = {**standing_content(held, "catalog", lantern.FERRY)}
    row["editions"] = [{**row["editions"][0], "in_force_to": "2010-01-01"}]
    assert {(finding.kind.value, finding.where) for finding in fallout(held, Proposal("catalog", lantern.FERRY, row), NOW)} == {
        ("依据已失效", "办事指南 saodeng"),
        ("依据已失效", "要点 渡船规则 2001-01-01"),
    }


def test_a_text_is_compared_with_the_edition_before_it(old_ground):
    proposal = proposed_text(old_ground)
    assert proposal.key == f"{lantern.LAW}/{lantern.NEW}"
    assert [(check.kind, check.what) for check in checks(old_ground, proposal, NOW)] == [("通过", "拆分还原一致"), ("通过", "条号连续")]
    edition, told = text_changes(old_ground, proposal)
    assert edition == lantern.OLD
    assert [(change.kind, change.after.label if change.after else "") for change in told][:3] == [("改动", "第一条"), ("相同", "第二条"), ("改动", "第三条")]


def test_a_text_that_is_held_already_need_not_come_again(ground):
    assert [check.what for check in checks(ground, proposed_text(ground), NOW) if check.stops] == ["和已导入的文本一字不差，不用再导入"]
    other = proposed_text(ground, lantern.NEW_TEXT.replace("十日内清扫", "五日内清扫"))
    assert not [check for check in checks(ground, other, NOW) if check.stops]
    before = as_json(ground.library.held[lantern.LAW, lantern.NEW])
    edition, told = text_changes(ground, other, before)
    assert (edition, [change.kind for change in told if change.kind != "相同"]) == (lantern.NEW, ["改动"])


def test_a_text_without_a_date_is_stopped_until_it_has_one(ground):
    undated = "# 舞龙办法\n\n第一条 舞龙要有龙。\n\n第二条 龙要有鳞。\n"
    assert [(check.field, check.stops) for check in checks(ground, proposed_text(ground, undated, "舞龙办法.md"), NOW) if check.stops] == [
        ("edition.date", True)
    ]


def test_a_text_with_days_that_are_none_is_stopped(ground):
    proposal = proposed_text(ground, lantern.NEW_TEXT.replace("十日内清扫", "五日内清扫"))
    proposal.content["edition"]["in_force_from"] = "明年"
    assert [(check.kind, check.stops) for check in checks(ground, proposal, NOW)] == [("写法", True)]
    with pytest.raises(CorpusError, match="施行日期"):
        ground.after(proposal)


def test_rows_stand_side_by_side_with_what_went_and_came(ground):
    before = standing_content(ground, "digests", THIRD)
    after = digest("第三条", "登记要有 40 盏灯、三万元灯油钱和灯棚。")
    told = [row for row in rows(Proposal("digests", THIRD, after), before) if row.kind != "相同"]
    changed = next(row for row in told if row.before.startswith("要点"))
    assert changed.stretches == (("kept", "要点：登记要有 40 盏灯、"), ("gone", "3 "), ("come", "三"), ("kept", "万元灯油钱和灯棚。"))
    assert [row.kind for row in rows(Proposal("digests", FIFTH, digest("第五条", "扫街。")), None)] == ["新增"] * 6
    assert [row.after for row in rows(Proposal("digests", THIRD, {"withdrawn": True, "reason": "写错了"}), before) if row.after] == ["撤下：写错了"]


def test_what_stands_is_the_layer_s_before_what_ships(ground):
    assert standing_content(ground, "digests", THIRD)["points"][0]["say"] == "登记要有 40 盏灯、3 万元灯油钱和灯棚。"
    held = Ground(ground.shipped, ground.layer.replaced("digests", THIRD, digest("第三条", "改过。")), ground.texts)
    assert standing_content(held, "digests", THIRD)["points"][0]["say"] == "改过。"
    assert standing_content(ground, "office", "office") is None
    assert standing_content(ground, "guides", "huadenghui-dengji")["title"] == "花灯会登记"
    assert standing_content(ground, "catalog", lantern.FERRY)["title"] == "渡船规则"


def test_everything_that_ships_is_well_filled_in():
    shipped = shipped_knowledge()
    catalog = catalog_from(shipped["catalog"])
    wrong = [found for rows in shipped["catalog"].values() for row in rows for found in faults("catalog", row["slug"], row)]
    wrong += [found for guide in shipped["guides"].values() for found in faults("guides", guide["slug"], guide)]
    for file in shipped["digests"].values():
        law = catalog.get(file["law"]).slug
        wrong += [found for row in file["articles"] for found in faults("digests", f"{law}/{file['edition']}/{row['article']}", row)]
    assert wrong == []


WELL: dict[str, tuple[str, dict[str, Any]]] = {
    "digests": (THIRD, digest("第三条", "灯要 40 盏。")),
    "guides": ("saodeng", GUIDE),
    "catalog": ("a-b", {"slug": "a-b", "title": "甲乙办法", "rank": "部门规章", "editions": [{"date": "2020-01-01", "in_force_from": "2020-02-01"}]}),
    "office": ("office", {"name": "花灯局", "phones": ["12345"], "promises": [{"guide": "saodeng", "days": 3}]}),
}


@pytest.mark.parametrize("kind", WELL)
def test_a_well_filled_form_has_no_faults(kind):
    assert faults(kind, *WELL[kind]) == []


@pytest.mark.parametrize(
    ("kind", "change", "field"),
    [
        ("digests", {"topic": ""}, "topic"),
        ("digests", {"types": []}, "types"),
        ("digests", {"types": ["社团"]}, "types"),
        ("digests", {"matters": "成立"}, "matters"),
        ("digests", {"article": "第四条"}, "article"),
        ("digests", {"points": []}, "points"),
        ("digests", {"points": ["灯"]}, "points.0"),
        ("digests", {"points": [{"say": " "}]}, "points.0.say"),
        ("digests", {"points": [{"say": "灯", "ask": "几盏"}]}, "points.0.ask"),
        ("digests", {"points": [{"say": "灯", "figures": [{"of": "灯", "value": "三万", "unit": "盏"}]}]}, "points.0.figures.0.value"),
        ("digests", {"points": [{"say": "灯", "figures": [{"of": "灯", "value": True, "unit": "盏"}]}]}, "points.0.figures.0.value"),
        ("digests", {"points": [{"say": "灯", "figures": [{"of": "灯", "op": "多于", "value": 3, "unit": "盏"}]}]}, "points.0.figures.0.op"),
        ("digests", {"points": [{"say": "灯", "see": "第一条"}]}, "points.0.see"),
        ("digests", {"confidence": "很高"}, "confidence"),
        ("guides", {"title": None}, "title"),
        ("guides", {"matter": "扫地"}, "matter"),
        ("guides", {"summary": []}, "summary"),
        ("guides", {"summary": [{"say": "扫。", "cite": []}]}, "summary.0.cite"),
        ("guides", {"summary": [{"say": "", "cite": ["花灯会登记办法 第五条"]}]}, "summary.0.say"),
        ("guides", {"slug": "qita"}, "slug"),
        ("catalog", {"rank": "通知"}, "rank"),
        ("catalog", {"title": "《甲乙办法》"}, "title"),
        ("catalog", {"editions": []}, "editions"),
        ("catalog", {"editions": [{"date": "2020-13-01", "in_force_from": "2020-02-01"}]}, "editions.0.date"),
        ("catalog", {"editions": [{"date": "2020-01-01", "in_force_from": "2020-02-01", "in_force_to": "2019-01-01"}]}, "editions.0.in_force_to"),
        ("catalog", {"editions": [{"date": "2020-01-01", "in_force_from": "2020-02-01"}] * 2}, "editions.1.date"),
        ("catalog", {"newer": {"date": "2026-03-01", "confidence": "中"}}, "newer.note"),
        ("catalog", {"withdrawn": True}, "withdrawn"),
        ("office", {"name": ""}, "name"),
        ("office", {"fax": "1"}, "fax"),
        ("office", {"phones": "12345"}, "phones"),
        ("office", {"promises": [{"guide": "saodeng", "days": 0}]}, "promises.0.days"),
        ("office", {"promises": [{"guide": "saodeng", "days": True}]}, "promises.0.days"),
        ("office", {"details": {"公交": 3}}, "details"),
    ],
)
def test_a_fault_is_told_at_its_field(kind, change, field):
    key, content = WELL[kind]
    assert [path for path, _ in faults(kind, key, {**content, **change})] == [field]


def test_something_that_is_no_form_at_all_is_told_so():
    assert faults("digests", THIRD, ["灯"]) == [("", "内容应由各项组成")]
    assert faults("digests", THIRD, {"withdrawn": True}) == []
