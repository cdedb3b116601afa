from __future__ import annotations

import json

import pytest

from corpus.errors import BadKnowledge
from corpus.guide import load_guides
from corpus.office import Promise, load_office

CARD = """name: 甲水省花灯局
region: 甲水省
phones: [0123-4567, 0123-7654]
promises:
- {guide: shetuan-chengli, days: 20}
- {guide: huanjie, days: 5, working_days: false, note: 当面办}
details: {公交: 灯桥站}
"""


def written(tmp_path, text: str):
    path = tmp_path / "office.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_card_is_read_with_its_promises(tmp_path):
    office = load_office(written(tmp_path, CARD))
    assert (office.name, office.region, office.phones) == ("甲水省花灯局", "甲水省", ("0123-4567", "0123-7654"))
    assert office.promised("huanjie") == Promise("huanjie", 5, False, "当面办")
    assert office.promised("none") is None
    assert json.loads(json.dumps(office.as_json(), ensure_ascii=False))["details"] == {"公交": "灯桥站"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("region: 甲水省", "缺少 name"),
        ("- name", "缺少 name"),
        ("", "缺少 name"),
        ("name: 灯局\nfax: 1", "不认识的字段 fax"),
        ("name: 灯局\npromises: [{guide: a}]", "promises 或 details 有误"),
        ("name: 灯局\npromises: [a]", "promises 或 details 有误"),
        ("name: 灯局\nphones: 0123-4567", "phones“0123-4567”应写成列表"),
        ("name: 灯局\ndetails: 灯桥站", "details 有误"),
        ("name: [", "读不出来"),
    ],
)
def test_a_card_against_the_schema_is_refused_by_file(tmp_path, text, complaint):
    with pytest.raises(BadKnowledge, match=rf"office\.yaml：.*{complaint}"):
        load_office(written(tmp_path, text))


def test_missing_card_is_refused_by_file(tmp_path):
    with pytest.raises(BadKnowledge, match=r"none\.yaml：读不出来"):
        load_office(tmp_path / "none.yaml")


def test_shipped_example_promises_only_for_guides_that_exist():
    office = load_office()
    assert office.name
    assert {promise.guide for promise in office.promises} <= {guide.slug for guide in load_guides()}
