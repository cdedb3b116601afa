"""checklist and the one-time notice: which guide, which lines, every line cited, and the same data as JSON, page and Word file."""

import io
import json
import re
import zipfile
from datetime import date
from html.parser import HTMLParser

import pytest
from days import TODAY
from shelf import assert_rests_on_law, library

from assistant.tools import checklist, notice, sheet_docx, sheet_page
from assistant.tools.checklist import Checklist
from assistant.tools.findings import ToolProblem, as_json
from assistant.tools.notice import Notice
from assistant.tools.sheet import LINES, STEPS, TICKS, Entry, Part, Sheet
from corpus.extract import extract_bytes
from corpus.office import Office, Promise

NASTY = '<script>alert(1)</script>&"'


def made(kind: str = "社会团体", matter: str = "成立", **said: object) -> Checklist:
    return checklist.checklist(library(), kind, matter, on=TODAY, **said)  # type: ignore[arg-type]


def told(lacking: dict[int, str], received: date = date(2026, 11, 20)) -> Notice:
    return notice.notice(library(), made(), lacking, applicant="某筹备组", received=received)


def lines(found: Checklist, key: str) -> list[str]:
    section = found.section(key)
    return [item.say for item in section.items] if section else []


@pytest.mark.parametrize(
    ("kind", "matter", "circumstances", "guide"),
    [
        ("社会团体", "成立", [], "shehui-tuanti-chengli"),
        ("民办非企业单位", "成立", [], "minfei-chengli"),
        ("基金会", "成立", [], "jijinhui-chengli"),
        ("行业协会商会", "成立", [], "hangye-xiehui-shanghui-chengli"),
        ("社会团体", "成立", ["异地商会"], "yidi-shanghui-chengli"),
        ("行业协会商会", "变更", [], "shehui-tuanti-biangeng"),
        ("基金会", "注销", [], "jijinhui-zhuxiao"),
        ("民非", "年审", [], "minfei-nianjian"),
        ("社团", "换届", [], "shetuan-huanjie-fuzeren"),
    ],
    ids=range(9),
)
def test_the_guide_made_for_the_case_is_chosen(kind: str, matter: str, circumstances: list[str], guide: str) -> None:
    assert made(kind, matter, circumstances=circumstances).guide == guide


@pytest.mark.parametrize("guide", library().guides, ids=[guide.slug for guide in library().guides])
def test_every_guide_makes_a_checklist_whose_lines_are_cited(guide: object) -> None:
    found = made(guide.types[0], guide.matter, guide=guide.slug)  # type: ignore[attr-defined]
    assert found.sections
    for section in found.sections:
        assert [item.n for item in section.items] == list(range(1, len(section.items) + 1))
        for item in section.items:
            assert item.cites or item.unheld or section.key == "portal", item
    assert_rests_on_law((), found.citations)


def test_lines_for_another_level_are_left_out_and_named() -> None:
    local, national = made(level="市级"), made(level="全国性")
    (only,) = [line for line in lines(national, "portal") if line.startswith("全国性社会组织网上办理")]
    assert only in local.left_out
    assert only not in lines(local, "portal")
    assert made().left_out == ()


def test_circumstances_leave_out_what_other_cases_need() -> None:
    whole, some = made(matter="变更"), made(matter="变更", circumstances=["法定代表人"])
    names = [item.name for item in some.section("materials").items]  # type: ignore[union-attr]
    assert "财务审计报告（换法定代表人）" in names
    assert not any("住所" in name for name in names)
    assert len(lines(some, "materials")) < len(lines(whole, "materials"))
    assert set(lines(whole, "materials")) == set(lines(some, "materials")) | (set(some.left_out) & set(lines(whole, "materials")))


def test_level_and_region_name_the_registrar() -> None:
    assert made(level="全国性").registrar == "民政部"
    assert made(level="省级", region="浙江省宁波市").registrar == "浙江省民政部门"
    assert made(level="市级", region="浙江省宁波市").registrar.startswith("浙江省宁波市民政部门")
    assert made().registrar == "登记管理机关"


def test_local_instruments_of_the_region_are_named() -> None:
    luoyang = made(region="河南省洛阳市").local_laws
    assert any("洛阳市社会团体登记管理办法" in law for law in luoyang)
    assert made(region="青海省西宁市").local_laws == ()


def test_a_line_about_another_region_is_left_out() -> None:
    home = made("行业协会商会", region="上海市")
    away = made("行业协会商会", region="浙江省宁波市")
    only = set(lines(home, "local")) - set(lines(away, "local"))
    assert only
    assert all("上海" in line for line in only)
    assert only <= set(away.left_out)


def test_promised_limits_stand_beside_the_statutory_ones() -> None:
    office = Office("示例窗口", promises=(Promise("shehui-tuanti-chengli", 20),))
    found = made(office=office)
    assert found.promised == "20 个工作日"
    assert any("60 日" in line for line in lines(found, "limits"))


def test_foundations_below_the_province_get_a_word_of_warning() -> None:
    assert any("第六条" in text for text in made("基金会", level="县级").notices)
    assert not any("第六条" in text for text in made("基金会", level="省级").notices)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"kind": "公司"}, "没有“公司”的办事指南"),
        ({"matter": "上市"}, "社会团体没有“上市”"),
        ({"region": "某某地"}, "不认识地区"),
        ({"level": "乡级"}, "不认识登记级别"),
        ({"circumstances": ["搬桌子"]}, "不认识情形"),
        ({"guide": "nope"}, "没有“nope”"),
    ],
    ids=["type", "matter", "region", "level", "circumstance", "guide"],
)
def test_what_is_not_known_is_refused(said: dict[str, object], message: str) -> None:
    with pytest.raises(ToolProblem, match=message):
        made(**({"kind": "社会团体", "matter": "成立"} | said))  # type: ignore[arg-type]


def test_the_notice_lists_what_lacks_and_by_when_it_must_be_told() -> None:
    found = told({3: "缺第二页", 1: "没有签字"})
    assert [(item.material.n, item.reason) for item in found.lacking] == [(1, "没有签字"), (3, "缺第二页")]
    assert found.tell_by == date(2026, 11, 27)
    assert_rests_on_law(found.rows, found.citations)
    cited = {(citation.title, citation.address.article) for citation in found.citations}
    assert {("行政许可法", "第三十二条"), ("行政许可法", "第八十二条")} <= cited
    assert all(item.cites for item in found.lacking)


def test_the_notice_refuses_numbers_that_are_none_and_nothing_lacking() -> None:
    with pytest.raises(ToolProblem, match="没有第 99 项"):
        told({99: "缺"})
    with pytest.raises(ToolProblem, match="应当受理"):
        told({})


def test_a_notice_after_the_calendar_leaves_the_last_day_open() -> None:
    found = told({1: "没有签字"}, received=date(2026, 12, 30))
    assert found.tell_by is None
    assert "最晚" not in found.rows[0].text


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _ in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def parsed(markup: str) -> Tags:
    parser = Tags()
    parser.feed(markup)
    return parser


def test_the_page_prints_on_a4_without_script_or_foreign_content() -> None:
    page = sheet_page.page(checklist.sheet(made(level="市级", region="浙江省宁波市")))
    found = parsed(page)
    assert "size: A4" in page
    assert "script" not in found.tags
    assert not {"src", "href", "style", "onclick"} & set(found.attributes)
    assert found.text.count("☐") == sum(len(made(level="市级", region="浙江省宁波市").section(key).items) for key in ("conditions", "materials"))  # type: ignore[union-attr]
    assert "以登记机关要求为准" in found.text
    assert not re.search(r"url\(|@import|https?:", page)


def test_the_page_escapes_every_text() -> None:
    sheet = Sheet(NASTY, ((NASTY, NASTY),), (Part(NASTY, TICKS, (Entry(NASTY, NASTY, NASTY),)),), (), (NASTY,), (NASTY,), (NASTY,))
    found = parsed(sheet_page.page(sheet))
    assert "script" not in found.tags
    assert found.text.count("<script>") == 11


def test_the_policy_allows_only_the_style_of_the_page() -> None:
    policy = sheet_page.policy()
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_the_word_file_holds_the_same_text_on_a4() -> None:
    sheet = checklist.sheet(made())
    data = sheet_docx.document(sheet)
    text = extract_bytes(data, "checklist.docx").text
    for part in sheet.parts:
        assert part.title in text
        for entry in part.entries:
            assert entry.text in text
    assert text.count("☐") == sum(len(part.entries) for part in sheet.parts if part.kind == TICKS)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        document, styles = archive.read("word/document.xml").decode(), archive.read("word/styles.xml").decode()
    assert 'w:w="11906"' in document
    assert 'w:h="16838"' in document
    assert 'w:eastAsia="宋体"' in styles


def test_the_notice_has_places_to_sign_in_both_forms() -> None:
    sheet = notice.sheet(told({1: "没有签字"}), Office("示例窗口", phones=("12345",)))
    assert "申请人签收" in parsed(sheet_page.page(sheet)).text
    assert "申请人签收" in extract_bytes(sheet_docx.document(sheet), "n.docx").text
    assert ("咨询电话", "12345") in sheet.facts


def test_steps_are_numbered_and_notes_are_not_ticked() -> None:
    kinds = {part.title: part.kind for part in checklist.sheet(made()).parts}
    assert kinds["步骤"] == STEPS
    assert kinds["材料"] == TICKS
    assert kinds["时限"] == LINES


def test_results_are_plain_json() -> None:
    shown = json.loads(json.dumps(as_json(made()), ensure_ascii=False))
    assert shown["sections"][0]["items"][0]["cites"]
    assert json.loads(json.dumps(as_json(told({1: "没有签字"})), ensure_ascii=False))["tell_by"] == "2026-11-27"


def test_what_can_be_asked_for_is_listed() -> None:
    table = {row["type"]: [guide["matter"] for guide in row["guides"]] for row in checklist.options(library())}
    assert {"成立", "变更", "注销"} <= set(table["社会团体"])
    assert "全部" not in table


def test_the_guide_named_after_the_matter_goes_before_its_neighbours() -> None:
    assert checklist.choose(library(), "慈善组织", "公开募捐").slug == "gongkai-mujuan-zige"
