from __future__ import annotations

from copy import deepcopy

import lantern
import pytest

from corpus.catalog import load_catalog
from corpus.errors import BadKnowledge
from corpus.guide import SECTIONS, UNCITED, all_guides, guide_from, load_guides
from corpus.references import parse_cite

GUIDE = lantern.knowledge()["guides"]["lantern.yaml"]


def changed(**fields: object) -> dict[str, object]:
    return {**deepcopy(GUIDE), **fields}


def test_lines_come_in_the_order_of_the_sections():
    notes, summary = [{"say": "夜里小心火烛。", "cite": ["花灯办法 第二条"]}], [{"say": "备齐灯就能登记。", "cite": ["花灯办法 第三条"]}]
    guide = guide_from(changed(notes=notes, summary=summary), "a.yaml")
    assert [key for key, _ in guide.lines()] == ["summary", "conditions", "limits", "notes"]


def test_line_keeps_its_citations_and_details():
    material = {"name": "登记申请书", "form": "原件", "copies": 2, "issuer": "发起人", "cite": ["花灯办法 第三条", "花灯办法 第四条"]}
    (line,) = guide_from(changed(materials=[material]), "a.yaml").sections["materials"]
    assert line.say == "登记申请书"
    assert line.cites == ("花灯办法 第三条", "花灯办法 第四条")
    assert line.details == {"name": "登记申请书", "form": "原件", "copies": "2", "issuer": "发起人"}


def test_portal_alone_may_go_without_citation():
    assert set(SECTIONS) >= UNCITED == {"portal"}
    guide = guide_from(changed(portal=[{"say": "网上灯局", "cite": []}]), "a.yaml")
    assert guide.sections["portal"][0].cites == ()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (changed(types=["灯社"]), "不认识的组织类型或事项：灯社"),
        (changed(types=[]), "没有 types"),
        (changed(types="社会团体"), "types“社会团体”应写成列表"),
        (changed(matter="放灯"), "不认识的组织类型或事项：放灯"),
        (changed(ask="怎么登记"), "ask“怎么登记”应写成列表"),
        (changed(limits=[{"say": "20 日内有答复。"}]), "时限“20 日内有答复。”没有依据"),
        (changed(limits=[{"say": "20 日", "cite": "花灯办法 第四条"}]), "cite“花灯办法 第四条”应写成列表"),
        (changed(limits=[{"cite": ["花灯办法 第四条"]}]), "时限里有一行是空的"),
        (changed(limits=["20 日"]), "有误"),
        (changed(limits="20 日"), "有误"),
        (None, "有误"),
        ([], "有误"),
    ],
)
def test_guide_against_the_schema_is_refused_with_its_place(content, complaint):
    with pytest.raises(BadKnowledge, match=f"^a.yaml：.*{complaint}"):
        guide_from(content, "a.yaml")


@pytest.mark.parametrize("field", ["slug", "title", "matter"])
def test_guide_without_a_needed_field_is_refused(field):
    content = changed()
    del content[field]
    with pytest.raises(BadKnowledge, match=field):
        guide_from(content, "a.yaml")


def test_one_slug_for_two_guides_is_refused():
    with pytest.raises(BadKnowledge, match="huadenghui-dengji 有两份（花灯会登记、别的）"):
        all_guides({"a.yaml": changed(), "b.yaml": changed(title="别的")})


def test_shipped_guides_are_whole():
    guides = load_guides()
    assert len(guides) > 30
    for guide in guides:
        assert guide.asks, guide.slug
        assert all(len(ask) >= 2 for ask in guide.asks), guide.slug
        assert all(len(cite) >= 3 for _, line in guide.lines() for cite in line.cites), guide.slug


def test_every_citation_of_a_shipped_guide_names_a_known_law_and_an_article():
    catalog = load_catalog()
    for guide in load_guides():
        for _, line in guide.lines():
            for cite in line.cites:
                address = parse_cite(cite, catalog)
                assert address is not None, f"{guide.slug}: {cite}"
                assert catalog.get(address.law).editions, f"{guide.slug}: {cite}"
