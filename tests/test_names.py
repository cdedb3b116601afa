"""check-name on invented names: what each rule says, what it rests on, and the committed cases."""

import json
from datetime import date
from pathlib import Path

import pytest
from days import TODAY
from hypothesis import given
from hypothesis import strategies as st
from shelf import assert_rests_on_law, figures_without_source, library

from assistant.tools import names
from assistant.tools.findings import ToolProblem, Verdict, as_json
from assistant.tools.name_parts import split, trade_name
from assistant.tools.names import NameCheck
from assistant.tools.places import divisions, inside, leading, short_name
from assistant.wording import words
from corpus.library import Library

CASES = Path(__file__).parent.parent / "evals" / "cases" / "names.jsonl"
SOCIETY, SERVICE, FOUNDATION, BRANCH = "社会团体", "民办非企业单位", "基金会", "分支机构"


def check(name: str, kind: str = "", **said: object) -> NameCheck:
    return names.check(library(), name, kind, on=TODAY, **said)  # type: ignore[arg-type]


def flagged(found: NameCheck) -> dict[str, str]:
    return {row.rule: row.verdict.value for row in found.rows if row.verdict in (Verdict.PROBLEM, Verdict.DOUBT)}


SOUND = [
    ("嘉兴市皮影戏学会", SOCIETY),
    ("山西省醋业协会", SOCIETY),
    ("徐州市鼓楼区围棋协会", SOCIETY),
    ("云南省大理州扎染研究会", SOCIETY),
    ("宁夏回族自治区枸杞行业协会", SOCIETY),
    ("上海浦东新区邻里互助促进会", SOCIETY),
    ("海口市黎族文化研究会", SOCIETY),
    ("杭州市西湖龙井茶产业协会", SOCIETY),
    ("泉州市甘肃商会", SOCIETY),
    ("湖北省安徽商会", SOCIETY),
    ("张家界市永定区导游协会", SOCIETY),
    ("东莞市国际物流协会", SOCIETY),
    ("开封市中国书法学会", SOCIETY),
    ("北京市第一中学校友会", SOCIETY),
    ("烟台市芝罘区海鸥养老服务中心", SERVICE),
    ("兰州市城关区白塔山社会工作服务中心", SERVICE),
    ("太原市小店区向日葵幼儿园", SERVICE),
    ("石家庄市长安区萤火虫自闭症儿童康复中心", SERVICE),
    ("贵阳市南明区甲秀职业培训学校", SERVICE),
    ("乌鲁木齐市天山区雪莲体育俱乐部", SERVICE),
    ("拉萨市城关区格桑花残疾人托养中心", SERVICE),
    ("河北省太行山公益基金会", FOUNDATION),
    ("辽宁省红松生态保护基金会", FOUNDATION),
    ("上海纸鸢助学基金会", FOUNDATION),
    ("山西省醋业协会陈醋专业委员会", BRANCH),
    ("山西省醋业协会质量工作委员会", BRANCH),
    ("山西省醋业协会上海办事处", BRANCH),
    ("河北省太行山公益基金会助学专项基金管理委员会", BRANCH),
    ("嘉兴市皮影戏学会秘书处", BRANCH),
]

FLAWED = [
    ("中国皮影戏服务中心", SERVICE, {}, "reserved_front"),
    ("全国皮影戏学会", SOCIETY, {"level": "县级"}, "reserved_front"),
    ("中华纸鸢助学基金会", FOUNDATION, {"level": "省"}, "reserved_front"),
    ("中国嘉兴市皮影戏学会", SOCIETY, {}, "reserved_front"),
    ("嘉兴市最高皮影戏学会", SOCIETY, {}, "misleading"),
    ("嘉兴市国家级皮影戏学会", SOCIETY, {}, "misleading"),
    ("常州市瞿秋白文化研究会", SOCIETY, {}, "leader"),
    ("中山市孙中山养老服务中心", SERVICE, {}, "leader"),
    ("嘉兴市皮影戏研究院", SOCIETY, {}, "form"),
    ("嘉兴市皮影戏有限公司", SOCIETY, {}, "form"),
    ("烟台市海鸥养老商会", SERVICE, {}, "form"),
    ("烟台市海鸥养老基金会", SERVICE, {}, "form"),
    ("河北省太行山公益协会", FOUNDATION, {}, "form"),
    ("河北省太行山公益", FOUNDATION, {}, "form"),
    ("烟台市养老服务中心", SERVICE, {}, "trade_name"),
    ("河北省教育公益基金会", FOUNDATION, {}, "trade_name"),
    ("烟台市学会", SOCIETY, {}, "field"),
    ("海鸥烟台市养老服务中心", SERVICE, {}, "order"),
    ("皮影戏浙江省学会", SOCIETY, {}, "order"),
    ("皮影戏学会", SOCIETY, {"level": "市级"}, "division"),
    ("嘉兴市皮影戏学会", SOCIETY, {"level": "省级"}, "level"),
    ("浙江省皮影戏学会", SOCIETY, {"level": "县级"}, "level"),
    ("嘉兴市皮影戏学会", SOCIETY, {"region": "浙江省杭州市"}, "level"),
    ("嘉兴市皮影戏专业委员会", SOCIETY, {}, "branch_form"),
    ("泉州市甘肃企业家联合会", SOCIETY, {}, "away_chamber"),
    ("陈醋专业委员会", BRANCH, {}, "parent"),
    ("陈醋专业委员会", BRANCH, {"parent": "山西省醋业协会"}, "parent"),
    ("山西省醋业协会大同分会", BRANCH, {}, "regional"),
    ("山西省醋业协会太原市分会", BRANCH, {}, "regional"),
    ("山西省醋业协会华北分会", BRANCH, {}, "regional"),
    ("山西省醋业协会陈醋研究院", BRANCH, {}, "body_style"),
    ("山西省醋业协会质量工作委员会陈醋分会", BRANCH, {}, "nested"),
    ("烟台市芝罘区海鸥养老服务中心莱山分会", BRANCH, {}, "parent_kind"),
    ("嘉兴市算命文化研究会", SOCIETY, {}, "conduct"),
]

UNCLEAR = [
    ("中国皮影戏学会", SOCIETY, {}, "reserved_front"),
    ("中国皮影戏学会", SOCIETY, {"level": "全国性"}, "reserved_front"),
    ("皮影戏学会", SOCIETY, {}, "division"),
    ("和平区皮影戏学会", SOCIETY, {}, "division"),
    ("长治养老院", SERVICE, {}, "division"),
    ("浙江省皮影戏学会", SOCIETY, {"level": "民政部"}, "division"),
    ("嘉兴市国际少年促进会", SOCIETY, {}, "reserved_middle"),
    ("嘉兴市茅盾研究会", SOCIETY, {}, "person"),
    ("河北省刘建国助学基金会", FOUNDATION, {}, "person"),
    ("河北省欧阳小雪助学基金会", FOUNDATION, {"persons": ("欧阳小雪",)}, "person"),
    ("嘉兴市ABC学会", SOCIETY, {}, "characters"),
    ("嘉興市皮影戲學會", SOCIETY, {}, "characters"),
    ("嘉兴市自驾游俱乐部", SOCIETY, {}, "form"),
    ("嘉兴市唯一皮影戏学会", SOCIETY, {}, "misleading"),
    ("烟台市第一敬老院", SERVICE, {}, "misleading"),
    ("河北省星光基金会", FOUNDATION, {}, "field"),
    ("烟台市白石镇养老服务中心", SERVICE, {}, "trade_name"),
    ("石家庄市太行山公益基金会", FOUNDATION, {}, "level"),
    ("泉州市甘肃企业商会", SOCIETY, {}, "away_chamber"),
    ("山西省醋业协会陈醋小组", BRANCH, {}, "ending"),
    ("山西省醋业协会中国陈醋专业委员会", BRANCH, {}, "reserved_middle"),
    ("烟台市公安局老年服务中心", SERVICE, {}, "conduct"),
]


@pytest.mark.parametrize(("name", "kind"), SOUND, ids=range(len(SOUND)))
def test_a_sound_name_passes(name: str, kind: str) -> None:
    found = check(name, kind)
    assert flagged(found) == {}
    assert found.verdict is Verdict.OK
    assert_rests_on_law(found.rows, found.citations)


@pytest.mark.parametrize(("name", "kind", "said", "rule"), FLAWED, ids=range(len(FLAWED)))
def test_a_flawed_name_is_a_problem(name: str, kind: str, said: dict[str, object], rule: str) -> None:
    found = check(name, kind, **said)
    assert flagged(found).get(rule) == "problem", flagged(found)
    assert found.verdict is Verdict.PROBLEM
    assert_rests_on_law(found.rows, found.citations)


@pytest.mark.parametrize(("name", "kind", "said", "rule"), UNCLEAR, ids=range(len(UNCLEAR)))
def test_an_unclear_name_is_doubted(name: str, kind: str, said: dict[str, object], rule: str) -> None:
    found = check(name, kind, **said)
    assert flagged(found).get(rule) == "doubt", flagged(found)
    assert found.verdict is Verdict.DOUBT
    assert_rests_on_law(found.rows, found.citations)


def test_rows_state_no_figure_that_their_articles_lack() -> None:
    for name, kind in SOUND:
        found = check(name, kind)
        assert [figures_without_source(row, found.citations) for row in found.rows if row.rule in ("duplicate", "fit", "form")] == [[]] * sum(
            row.rule in ("duplicate", "fit", "form") for row in found.rows
        )


def test_duplicates_are_left_to_the_register_and_said_so() -> None:
    found = check("嘉兴市皮影戏学会", SOCIETY)
    duplicate = next(row for row in found.rows if row.rule == "duplicate")
    assert duplicate.verdict is Verdict.UNCHECKED
    assert "xxgs.chinanpo.mca.gov.cn" in duplicate.text
    assert any("查不了重名" in notice for notice in found.notices)


def test_the_parts_are_shown_in_order() -> None:
    assert check("烟台市芝罘区海鸥养老服务中心", SERVICE).parts == (
        ("行政区划", "烟台市芝罘区"),
        ("字号", "海鸥"),
        ("行（事）业领域", "养老"),
        ("组织形式", "服务中心"),
    )
    assert check("山西省醋业协会陈醋专业委员会").parts == (("所属组织", "山西省醋业协会"), ("自身名称", "陈醋专业委员会"))


def test_the_type_is_read_from_the_ending() -> None:
    assert check("嘉兴市皮影戏学会").kind == SOCIETY
    assert check("河北省太行山公益基金会").kind == FOUNDATION
    assert check("烟台市海鸥养老院").kind == SERVICE
    assert check("嘉兴市皮影戏学会", "社团").kind == SOCIETY
    with pytest.raises(ToolProblem, match="结尾看不出组织类型"):
        check("嘉兴市皮影戏大观")


def test_a_branch_is_measured_against_its_registered_parent() -> None:
    assert flagged(check("山西省醋业协会陈醋分会", BRANCH, parent="山西省醋业协会")) == {}
    assert flagged(check("山西醋业协会陈醋分会", BRANCH, parent="山西省醋业协会"))["parent"] == "problem"


@pytest.mark.parametrize(
    ("said", "message"),
    [({"kind": "公司"}, "不认识组织类型"), ({"level": "乡级"}, "不认识登记级别"), ({"region": "某某地"}, "不认识地区")],
    ids=["type", "level", "region"],
)
def test_what_is_not_known_is_refused_with_the_value(said: dict[str, str], message: str) -> None:
    with pytest.raises(ToolProblem, match=message) as caught:
        check("嘉兴市皮影戏学会", **({"kind": SOCIETY} | said))
    assert caught.value.value in said.values()


def test_empty_and_endless_names_are_refused() -> None:
    for name in ("", "会", "长" * 80):
        with pytest.raises(ToolProblem, match="个字"):
            check(name, SOCIETY)


def test_days_before_the_order_was_in_force_are_refused() -> None:
    with pytest.raises(ToolProblem, match="没有施行中的版本"):
        names.check(library(), "嘉兴市皮影戏学会", SOCIETY, on=date(2024, 4, 30))
    assert names.check(library(), "嘉兴市皮影戏学会", SOCIETY, on=date(2024, 5, 1)).verdict is Verdict.OK


def test_the_result_is_plain_json() -> None:
    shown = json.loads(json.dumps(as_json(check("嘉兴市皮影戏学会", SOCIETY)), ensure_ascii=False))
    assert shown["verdict"] == "ok"
    assert shown["citations"][0]["title"]


@given(st.text(alphabet="中国全华际市省县区宁波浙江和平阳光养老协会学基金中心院第一最高王明（）A1·", min_size=2, max_size=40))
def test_any_characters_get_a_verdict_and_sources(name: str) -> None:
    for kind in (SOCIETY, SERVICE, FOUNDATION, BRANCH):
        try:
            found = check(name, kind)
        except ToolProblem:
            continue
        assert found.verdict in (Verdict.OK, Verdict.PROBLEM, Verdict.DOUBT)
        assert_rests_on_law(found.rows, found.citations)


def test_committed_cases_come_out_as_written() -> None:
    wrong = []
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    for case in cases:
        name, kind, *level = case["turns"][0].split("|")
        found = check(name, kind, level=level[0] if level else "")
        if found.verdict.value != case["verdict"] or not set(case["rules"]) <= set(flagged(found)):
            wrong.append((case["id"], found.verdict.value, flagged(found)))
    assert len(cases) == 150
    assert len(wrong) <= 0.05 * len(cases), wrong


def test_every_rule_cites_articles_that_are_known() -> None:
    for rule, entry in words("names")["rules"].items():
        for cites in entry["cite"].values():
            for cite in cites:
                address = library().resolve(cite, TODAY)
                assert address and library().entry(address), (rule, cite)


def test_no_word_stands_twice_in_a_list() -> None:
    table = words("names")
    for key in ("reserved", "limiters", "leaders", "figures", "no_persons", "fields", "unusual_forms", "outside_forms"):
        assert len(table[key]) == len(set(table[key])), key
    forms = [form for known in table["forms"].values() for form in known]
    assert len(forms) == len(set(forms))


def test_the_field_is_the_longest_tail_of_field_words() -> None:
    assert trade_name("海鸥养老服务") == ("海鸥", "养老服务")
    assert trade_name("养老服务") == ("", "养老服务")
    assert trade_name("海鸥") == ("海鸥", "")
    assert trade_name("") == ("", "")


@pytest.mark.parametrize(
    ("text", "written", "level"),
    [
        ("浙江省宁波市鄞州区书法", "浙江省宁波市鄞州区", 3),
        ("宁波书法", "宁波", 2),
        ("延边州泡菜", "延边州", 2),
        ("陵水县渔业", "陵水县", 3),
        ("内蒙古草原", "内蒙古", 1),
        ("杭州市西湖龙井", "杭州市", 2),
        ("仙桃市黄鳝", "仙桃市", 3),
        ("重庆市渝中区火锅", "重庆市渝中区", 3),
    ],
    ids=range(8),
)
def test_divisions_are_read_as_written(text: str, written: str, level: int) -> None:
    found = leading(text)
    assert found
    assert found.text == written
    assert min(place.level for place in found.places) == level


def test_a_lower_division_must_lie_inside_the_upper_one() -> None:
    found = leading("浙江省福州市")
    assert found
    assert found.text == "浙江省"
    assert leading("皮影戏") is None


def test_the_package_knows_the_divisions_of_the_country() -> None:
    levels = [place.level for place in divisions()]
    assert levels.count(1) == 34
    assert levels.count(2) == 333
    assert levels.count(3) > 2800
    assert short_name("陵水黎族自治县") == "陵水"
    assert short_name("赵县") == ""


def test_divisions_inside_a_text_are_found_once_each() -> None:
    assert [found.text for found in inside("皮影戏浙江省嘉兴市学会")] == ["浙江省嘉兴市"]
    assert list(inside("皮影戏学会")) == []


def test_a_cut_name_joins_again() -> None:
    for name, kind in SOUND:
        if kind != BRANCH:
            parts = split(name)
            division = parts.division.text if parts.division else ""
            assert parts.front + division + parts.body + parts.form == name


def test_official_texts_are_quoted_where_they_are_held(official: Library) -> None:
    found = names.check(official, "全国皮影戏学会", SOCIETY, on=TODAY, level="县级")
    assert_rests_on_law(found.rows, found.citations, official)
    assert "text" in {citation.source for citation in found.citations}
