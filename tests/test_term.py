from __future__ import annotations

from datetime import date

import pytest

from corpus.audit import audit
from corpus.errors import BadKnowledge
from corpus.library import Library, shipped_knowledge
from corpus.term import ASPECTS, all_terms, found

LINE = {"say": "灯要挂在门外", "cite": ["花灯办法 第二条"]}
LAMP = {"names": ["花灯", "灯"], "says": {"期限": LINE, "是什么": {"say": "过节挂的灯", "cite": ["花灯办法 第一条"]}}}


def test_lines_come_in_the_order_of_the_aspects() -> None:
    (term,) = all_terms({"terms.yaml": [LAMP]})
    assert [aspect for aspect, _ in term.lines()] == ["是什么", "期限"]
    assert term.says["期限"].cites == ("花灯办法 第二条",)


def test_a_term_is_found_by_each_of_its_names() -> None:
    terms = all_terms({"terms.yaml": [LAMP]})
    assert found(terms, "灯") is found(terms, "花灯") is terms[0]
    assert found(terms, "风筝") is None


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"names": [], "says": {"期限": LINE}}, "没有 names 或 says"),
        ({"names": ["灯"], "says": {}}, "没有 names 或 says"),
        ({"names": ["灯"], "says": {"颜色": LINE}}, "不认识的方面：颜色"),
        ({"names": ["灯"], "says": {"期限": {"say": "三天", "cite": []}}}, "期限“三天”没有内容或没有依据"),
        ({"names": "灯", "says": {"期限": LINE}}, "应写成列表"),
        ({"says": {"期限": LINE}}, "名词有误"),
    ],
)
def test_a_bad_term_is_refused_with_its_place(row: dict[str, object], complaint: str) -> None:
    with pytest.raises(BadKnowledge, match=complaint):
        all_terms({"terms.yaml": [row]})


def test_a_name_belongs_to_one_term() -> None:
    with pytest.raises(BadKnowledge, match="名词“灯”写了两次"):
        all_terms({"a.yaml": [LAMP], "b.yaml": [{**LAMP, "names": ["宫灯", "灯"]}]})


def test_a_column_of_a_telephone_holds_every_shipped_line() -> None:
    for term in Library().terms:
        assert set(term.says) <= set(ASPECTS)
        assert all(len(line.say) <= 48 and not line.say.endswith("。") for line in term.says.values())


def test_an_audit_finds_a_wrong_figure_and_a_wrong_article_of_a_term() -> None:
    known = shipped_knowledge()
    known["terms"] = {"terms.yaml": [{"names": ["注销"], "says": {"期限": {"say": "清算结束之日起 16 日内", "cite": ["社会团体登记管理条例 第二十一条"]}}}]}
    known["terms"]["terms.yaml"].append({"names": ["取缔"], "says": {"后果": {"say": "没收", "cite": ["社会团体登记管理条例 第九十九条"]}}})
    wrong = [f.what for f in audit(Library(known), date(2026, 11, 23)) if f.where.startswith("名词")]
    assert len(wrong) == 2
    assert any("16 日" in what for what in wrong)
    assert any("第九十九条" in what for what in wrong)
