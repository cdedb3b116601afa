"""Stale and contradictory sentences of a bureau's guide are found with the rule that holds; right ones raise no alarm."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import docx
import pytest

from corpus.errors import UnreadableFile
from corpus.finding import Kind
from corpus.library import Library
from corpus.outside import audit_outside, audit_text
from corpus.rulebook import Rulebook
from corpus.stale import load_stale

TODAY = date(2026, 11, 23)

PLANTED: list[tuple[Kind, str, str]] = [
    (Kind.STALE, "慈善组织申请公开募捐资格，应当依法登记满二年。", "慈善法"),
    (Kind.STALE, "登记满 2 年的慈善组织可以申领公开募捐资格证书。", "慈善法"),
    (Kind.STALE, "社会团体应于每年6月30日前完成上年度年检。", "社会组织登记管理常识"),
    (Kind.STALE, "民办非企业单位年度检查截止日期为 6 月 30 日。", "社会组织登记管理常识"),
    (Kind.STALE, "发起人应当先向民政局申请筹备，经批准筹备后再办理成立登记。", "社会团体登记管理条例"),
    (Kind.STALE, "社会团体的筹备期限不超过6个月。", "社会团体登记管理条例"),
    (Kind.STALE, "协会要在拿到批复后六个月内召开会员大会，通过章程并选举负责人。", "社会团体登记管理条例"),
    (Kind.STALE, "成立登记收费标准：登记费 100 元，公告费 200 元。", "行政许可法"),
    (Kind.STALE, "办理变更登记应缴纳工本费10元。", "行政许可法"),
    (Kind.STALE, "社会组织领取登记证书后，应到质监部门办理组织机构代码证。", "社会组织登记管理常识"),
    (Kind.STALE, "协会设立分支机构，应当向登记管理机关申请分支机构设立登记。", "国务院关于取消和下放一批行政审批项目的决定"),
    (Kind.STALE, "学会的分支机构登记证书由民政局颁发。", "国务院关于取消和下放一批行政审批项目的决定"),
    (Kind.STALE, "在《慈善法》公布前已经设立的基金会、社会团体，可以申请认定为慈善组织。", "慈善组织认定办法"),
    (Kind.STALE, "对评估结论有异议的，可以向评估复核委员会申请复核。", "社会组织评估管理办法"),
    (Kind.STALE, "境外非政府组织在本市设立代表机构，应当到民政部门办理登记。", "境外非政府组织境内活动管理法"),
    (Kind.STALE, "非营利组织应在免税资格期满前三个月内提出复审申请。", "关于非营利组织免税资格认定管理有关问题的通知"),
    (Kind.STALE, "企业捐赠支出超过年度利润总额12%的部分，不得结转以后年度扣除。", "企业所得税法"),
    (Kind.STALE, "公益性捐赠税前扣除资格每年认定一次。", "关于公益性捐赠税前扣除有关事项的公告"),
    (Kind.STALE, "成立外国商会须先经商务部审查同意。", "外国商会管理暂行规定"),
    (Kind.STALE, "依据《治安管理处罚法》第五十四条，对被取缔后仍以社会团体名义活动的人员予以拘留。", "治安管理处罚法"),
    (Kind.STALE, "民办非企业单位的举办者不少于3人。", "社会组织登记管理常识"),
    (Kind.STALE, "网上募捐只能在统一或者指定的慈善信息平台上做。", "慈善法"),
    (Kind.STALE, "申请认定为慈善组织的，申请前二年内受过行政处罚的不予认定。", "慈善组织认定办法"),
    (Kind.STALE, "社会组织年检须提交合并财务报表。", "民间非营利组织会计制度"),
    (Kind.STALE, "注销清算的，应当在报纸上依法公告45日。", "社会组织登记管理常识"),
    (Kind.STALE, "个人求助属于慈善募捐，要由慈善组织备案。", "慈善法"),
    (Kind.LAPSED, "慈善组织的认定条件按《慈善组织认定办法》（民政部令第58号）执行。", "慈善组织认定办法"),
    (Kind.LAPSED, "公开募捐活动依照59号令备案。", "慈善组织公开募捐管理办法"),
    (Kind.LAPSED, "信息公开按民政部令第61号执行。", "慈善组织信息公开办法"),
    (Kind.LAPSED, "非法组织按照《取缔非法民间组织暂行办法》查处。", "取缔非法社会组织办法"),
    (Kind.LAPSED, "会计核算执行财会〔2004〕7号。", "民间非营利组织会计制度"),
    (Kind.LAPSED, "年度支出和管理费用比例见民发[2016]189号。", "关于慈善组织开展慈善活动年度支出、管理费用和募捐成本的规定"),
    (Kind.STALE, "依据《社会组织登记管理条例》，社会组织实行统一登记。", "社会组织登记管理常识"),
    (Kind.LAPSED, "《慈善法》（2016年）规定的慈善组织条件见附件。", "慈善法"),
    (Kind.AGAINST_RULE, "成立社会团体须有200名以上个人会员。", "社会团体登记管理条例"),
    (Kind.AGAINST_RULE, "地方性社会团体活动资金不低于5万元。", "社会团体登记管理条例"),
    (Kind.AGAINST_RULE, "社会团体成立登记，登记机关收齐材料后 90 日内作出准予或者不予登记的决定。", "社会团体登记管理条例"),
    (Kind.AGAINST_RULE, "社会团体清算结束后30日内到登记机关办理注销登记。", "社会团体登记管理条例"),
    (Kind.AGAINST_RULE, "基金会理事会由3至15名理事组成。", "基金会管理条例"),
    (Kind.AGAINST_RULE, "全国性公募基金会的原始基金不低于500万元。", "基金会管理条例"),
    (Kind.AGAINST_RULE, "慈善组织应当在开展公开募捐活动20日前将募捐方案报民政部门备案。", "慈善组织公开募捐管理办法"),
    (Kind.AGAINST_RULE, "民办非企业单位连续三年不参加年检的，撤销登记。", "民办非企业单位年度检查办法"),
    (Kind.AGAINST_RULE, "申请行政复议的期限是知道行政行为之日起30日内。", "行政复议法"),
    (Kind.AGAINST_RULE, "公益性捐赠税前扣除资格的有效期为五年。", "关于公益性捐赠税前扣除有关事项的公告"),
    (Kind.AGAINST_RULE, "公开募捐资格审核期限为30日。", "慈善组织公开募捐管理办法"),
    (Kind.AGAINST_RULE, "社团登记需要会员100人。", "社会团体登记管理条例"),
    (Kind.AGAINST_RULE, "民办非企业单位登记证书副本有效期5年。", "民办非企业单位登记暂行办法"),
    (Kind.AGAINST_RULE, "擅自公开募捐情节严重的，处1万元以上10万元以下罚款。", "慈善法"),
    (Kind.AGAINST_RULE, "社会团体应于每年4月30日前将年度工作报告报送业务主管单位。", "社会团体登记管理条例"),
    (Kind.NO_ARTICLE, "根据《社会团体登记管理条例》第四十五条，逾期未年检的予以处罚。", "社会团体登记管理条例"),
    (Kind.NO_ARTICLE, "《基金会管理条例》第五十二条规定了年度检查的处罚。", "基金会管理条例"),
    (Kind.MOVED, "《慈善法》第一百零一条规定，擅自开展公开募捐的责令停止，情节严重的罚款2万元以上20万元以下。", "慈善法"),
    (Kind.MOVED, "社会团体的会员门槛见《社会团体登记管理条例》第十一条：个人会员50个以上，单位会员30个以上。", "社会团体登记管理条例"),
]

CLEAN = [
    "成立社会团体，个人会员应在50个以上，或者单位会员在30个以上。",
    "会员由个人会员、单位会员混合组成的，总数不得少于50个。",
    "全国性的社会团体活动资金10万元以上，地方性的社会团体3万元以上。",
    "我局承诺自受理之日起20个工作日内办结社会团体成立登记。",
    "法定办结时限：60日；承诺办结时限：15个工作日。",
    "社会团体年度工作报告3月31日前交业务主管单位，5月31日前交登记管理机关。",
    "2025年6月30日前登记成立的社会团体应当参加2025年度年检。",
    "登记、年检均不收取任何费用。",
    "慈善组织登记满一年，可以向办理其登记的民政部门申请公开募捐资格。",
    "评估等级3A以上；申请时成立不满2年的，不作评估等级要求。",
    "被列入活动异常名录满2年的，列入严重违法失信名单。",
    "社会团体应当自清算结束之日起15日内办理注销登记。",
    "社会团体的登记事项需要变更的，自业务主管单位同意之日起30日内申请变更登记。",
    "民办非企业单位登记证书副本有效期为4年。",
    "基金会理事为5人至25人，理事任期每届不得超过5年。",
    "原始基金：全国性公募基金会800万元以上，地方性公募基金会400万元以上，非公募基金会200万元以上。",
    "募捐方案应当在公开募捐活动开始的10日前报民政部门备案。",
    "慈善组织募捐活动结束后三个月内全面公开募捐情况。",
    "慈善组织的认定，自受理申请之日起二十日内作出决定。",
    "民政部令第59号已于2024年9月5日废止，现执行民政部令第74号。",
    "社会团体分支机构的设立由理事会决定，登记机关不再办理分支机构登记。",
    "原“申请筹备”环节已取消，发起人直接申请成立登记。",
    "无需办理组织机构代码证，登记证书上载有统一社会信用代码。",
    "申请行政复议，应当自知道该行政行为之日起60日内提出。",
    "对不予登记不服的，可以在6个月内直接向人民法院起诉。",
    "联系电话：0574-87654321，窗口设在政务服务中心3楼A12。",
    "办公时间：工作日上午8:30至11:30，下午13:30至17:00。",
    "会议应当有三分之二以上会员代表出席，决议须经到会代表二分之一以上表决通过。",
    "章程草案一式三份，加盖公章。",
    "验资报告由会计师事务所出具，费用由申请人与会计师事务所约定。",
    "场所使用权证明：租赁合同期限应在一年以上。",
    "民办非企业单位连续2年不参加年检的，由登记管理机关撤销登记并公告。",
    "境外非政府组织设立代表机构，向省级公安机关申请登记。",
    "理事会每年至少召开2次会议。",
    "公益性捐赠税前扣除资格全国有效，一次确认管三年。",
    "非营利组织免税优惠资格的有效期为五年，期满后6个月内提出复审申请。",
    "《慈善法》第二十二条规定，慈善组织开展公开募捐应当取得公开募捐资格。",
    "根据《社会团体登记管理条例》第十条，成立社会团体应当具备规范的名称和相应的组织机构。",
    "企业捐公益，年度利润总额12%以内的部分当年扣，超过部分结转以后三年内扣除。",
    "社会团体换届或者更换法定代表人之前，应当进行财务审计。",
    "本市社会组织评估每年开展一次，申报时间为每年4月至5月。",
    "民办学校类社会服务机构须先取得办学许可证。",
    "拟任法定代表人身份证复印件2份，一寸照片3张。",
    "异地商会单位会员30个以上，活动资金3万元以上。",
    "行业协会商会法定代表人不得兼任其他社会团体的法定代表人。",
    "宗教活动场所经批准筹备后方可筹建。",
    "10名以上会员联名提议的，应当召开临时会员大会。",
]


@pytest.fixture(scope="module")
def library() -> Library:
    """The shipped knowledge, without any text."""
    return Library()


@pytest.fixture(scope="module")
def rules(library) -> Rulebook:
    return Rulebook(library, TODAY)


def test_there_are_enough_planted_sentences_and_clean_lines():
    assert len(PLANTED) >= 40 and len(CLEAN) >= 40
    assert {kind for kind, _, _ in PLANTED} == {Kind.STALE, Kind.LAPSED, Kind.AGAINST_RULE, Kind.NO_ARTICLE, Kind.MOVED}


@pytest.mark.parametrize(("kind", "sentence", "law"), PLANTED, ids=range(len(PLANTED)))
def test_a_planted_sentence_is_found_with_the_rule_that_holds(rules, kind, sentence, law):
    found = list(audit_text(sentence, "指南.txt", rules))
    assert (kind, law) in {(f.kind, f.law) for f in found}
    told = next(f for f in found if f.kind == kind)
    assert told.where == "指南.txt 第 1 行" and sentence.rstrip("。")[:30] in told.what and "现行规定：" in told.what


@pytest.mark.parametrize("sentence", CLEAN, ids=range(len(CLEAN)))
def test_a_clean_line_raises_no_alarm(rules, sentence):
    assert [f.what for f in audit_text(sentence, "指南.txt", rules)] == []


def test_all_of_it_in_one_file_gives_one_finding_a_planted_line(rules):
    lines = [line for pair in zip((sentence for _, sentence, _ in PLANTED), CLEAN, strict=False) for line in pair]
    found = list(audit_text("\n".join(lines), "指南.txt", rules))
    wrong = {number for number, line in enumerate(lines, start=1) if line not in CLEAN}
    assert {int(f.where.split()[2]) for f in found} == wrong


def test_with_the_texts_imported_the_verdicts_are_the_same(official):
    rules = Rulebook(official, TODAY)
    for sentence in CLEAN:
        assert [f.what for f in audit_text(sentence, "指南.txt", rules)] == []
    for kind, sentence, law in PLANTED:
        assert (kind, law) in {(f.kind, f.law) for f in audit_text(sentence, "指南.txt", rules)}


def test_the_law_in_force_raises_no_alarm(official, official_texts):
    for path in [
        "法律/慈善法(2023-12-29).md",
        "行政法规/社会团体登记管理条例(2016-02-06).md",
        "行政法规/民办非企业单位登记管理暂行条例(1998-10-25).md",
        "行政法规/基金会管理条例(2004-03-08).md",
        "部门规章/慈善组织公开募捐管理办法(2024-09-05).md",
        "部门规章/民办非企业单位年度检查办法(2005-04-07).md",
    ]:
        assert [f.what for f in audit_outside(official_texts / path, official, TODAY)] == []


def test_a_replaced_text_is_recognised(official, official_texts):
    found = audit_outside(official_texts / "部门规章" / "慈善组织认定办法(2016-08-31).md", official, TODAY)
    assert {Kind.LAPSED, Kind.STALE} <= {f.kind for f in found}


def test_the_day_decides(library):
    before, after = Rulebook(library, date(2024, 9, 4)), Rulebook(library, date(2024, 9, 5))
    two_years = "慈善组织申请公开募捐资格，应当依法登记满二年。"
    assert list(audit_text(two_years, "指南.txt", before)) == []
    assert [f.kind for f in audit_text(two_years, "指南.txt", after)] == [Kind.STALE]
    order = "公开募捐活动依照59号令备案。"
    assert list(audit_text(order, "指南.txt", before)) == []
    assert [f.kind for f in audit_text(order, "指南.txt", after)] == [Kind.LAPSED]


def test_the_heading_tells_what_a_line_is_about(rules):
    assert list(audit_text("评估指南\n一、申请条件\n1. 依法登记满二年。\n", "指南.txt", rules)) == []
    text = "公开募捐资格办理指南\n一、申请条件\n1. 依法登记满二年。\n"
    assert [f.kind for f in audit_text(text, "指南.txt", rules)] == [Kind.STALE]


def test_a_text_of_uncertain_standing_says_so(rules):
    (found,) = audit_text("社会团体清算结束后30日内到登记机关办理注销登记。", "指南.txt", rules)
    assert "2016 年文本" in found.what and "第二十一条" in found.what


def write_docx(path: Path) -> None:
    document = docx.Document()
    document.add_heading("社会团体成立登记办事指南")
    document.add_paragraph("发起人应当先申请筹备。")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip((c for row in table.rows for c in row.cells), ("活动资金", "不低于5万元", "收费", "不收费"), strict=True):
        cell.text = text
    document.save(str(path))


def test_word_and_html_guides_are_read(library, tmp_path):
    write_docx(tmp_path / "指南.docx")
    found = audit_outside(tmp_path / "指南.docx", library, TODAY)
    assert [f.kind for f in found] == [Kind.STALE, Kind.AGAINST_RULE]
    assert "申请筹备" in found[0].what and "5万元" in found[1].what
    page = "<html><body><h1>社会团体年检</h1><p>每年 6月30日 前参加年检。</p><p>不收费。</p></body></html>"
    (tmp_path / "指南.html").write_text(page, encoding="utf-8")
    assert [f.kind for f in audit_outside(tmp_path / "指南.html", library, TODAY)] == [Kind.STALE]


def test_a_file_that_cannot_be_read_says_so(library, tmp_path):
    (tmp_path / "指南.zip").write_bytes(b"PK")
    with pytest.raises(UnreadableFile, match=r"指南\.zip"):
        audit_outside(tmp_path / "指南.zip", library, TODAY)


def test_every_stale_saying_is_tried_by_a_planted_sentence():
    said = ["".join(sentence.split()) for _, sentence, _ in PLANTED]
    tried = {one.id for one in load_stale().sayings for sentence in said if one.made_by(sentence, "", TODAY)}
    assert {one.id for one in load_stale().sayings} - tried == {"public-fundraising-two-years-heading"}
