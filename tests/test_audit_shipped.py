"""Forty errors planted into the shipped digests and guides are found with the texts imported; forty right lines are not."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from kites import line

from corpus.audit import audit
from corpus.finding import Finding, Kind
from corpus.library import Library

TODAY = date(2026, 11, 23)
Knowledge = dict[str, dict[str, Any]]
Mutation = Callable[[Knowledge], None]

SHETUAN, MINFEI, JIJINHUI, CISHAN = "社会团体登记管理条例", "民办非企业单位登记管理暂行条例", "基金会管理条例", "慈善法"
MUJUAN, JINGWAI, NIANJIAN = "慈善组织公开募捐管理办法", "境外非政府组织境内活动管理法", "民办非企业单位年度检查办法"


def swap(law: str, old: str, new: str) -> Mutation:
    """Change the first point of a digest that has these words; they must be there."""

    def mutate(known: Knowledge) -> None:
        rows = known["digests"][f"{law}.yaml"]["articles"]
        point = next(point for row in rows for point in row["points"] if old in point["say"])
        point["say"] = point["say"].replace(old, new)

    return mutate


def say(law: str, article: str, text: str, at: str = "") -> Mutation:
    """Plant one more point into an article's digest."""
    return lambda known: row(known, law, article)["points"].append({"say": text, "at": at})


def figure(law: str, article: str, value: object, unit: str) -> Mutation:
    """Plant a figure into the first point of an article's digest."""
    planted = {"of": "植入", "op": "≤", "value": value, "unit": unit}
    return lambda known: row(known, law, article)["points"][0].setdefault("figures", []).append(planted)


def row(known: Knowledge, law: str, article: str) -> dict[str, Any]:
    return next(row for row in known["digests"][f"{law}.yaml"]["articles"] if row["article"] == article)


def relabel(law: str, article: str, other: str) -> Mutation:
    return lambda known: row(known, law, article).update(article=other)


def guide(slug: str, text: str, *cites: str, section: str = "notes") -> Mutation:
    """Plant one more line into a guide."""
    return lambda known: known["guides"][f"{slug}.yaml"].setdefault(section, []).append(line(text, *cites))


def catalog(law: str, **fields: Any) -> Mutation:
    return lambda known: entry(known, law).update(fields)


def edition(law: str, **fields: Any) -> Mutation:
    return lambda known: entry(known, law)["editions"][-1].update(fields)


def entry(known: Knowledge, law: str) -> dict[str, Any]:
    return next(row for rows in known["catalog"].values() for row in rows if row["title"] == law)


# kind, law that the finding names, words that it says, the error
PLANTED: list[tuple[Kind, str, str, Mutation]] = [
    (Kind.NO_SUPPORT, SHETUAN, "200 个", swap(SHETUAN, "50 个以上", "200 个以上")),
    (Kind.NO_SUPPORT, SHETUAN, "25 日", swap(SHETUAN, "社会团体清算结束之日起 15 日内", "社会团体清算结束之日起 25 日内")),
    (Kind.NO_SUPPORT, MINFEI, "90 日", swap(MINFEI, "要在 60 日内决定", "要在 90 日内决定")),
    (Kind.NO_SUPPORT, MINFEI, "6 月 30 日", swap(MINFEI, "5 月 31 日前", "6 月 30 日前")),
    (Kind.NO_SUPPORT, JIJINHUI, "15 人", swap(JIJINHUI, "5 人到 25 人", "3 人到 15 人")),
    (Kind.NO_SUPPORT, JIJINHUI, "300 万元", swap(JIJINHUI, "最少 200 万元", "最少 300 万元")),
    (Kind.NO_SUPPORT, CISHAN, "二年", swap(CISHAN, "满一年的慈善组织", "满二年的慈善组织")),
    (Kind.NO_SUPPORT, CISHAN, "30 万元", swap(CISHAN, "罚 2 万元以上 20 万元以下", "罚 2 万元以上 30 万元以下")),
    (Kind.NO_SUPPORT, MUJUAN, "15 日", swap(MUJUAN, "公开募捐开始 10 日前", "公开募捐开始 15 日前")),
    (Kind.NO_SUPPORT, NIANJIAN, "4 年", swap(NIANJIAN, "连续 2 年不参加", "连续 4 年不参加")),
    (Kind.NO_SUPPORT, JINGWAI, "45 日", swap(JINGWAI, "同意之日起 30 日内", "同意之日起 45 日内")),
    (Kind.NO_SUPPORT, CISHAN, "77 日", figure(CISHAN, "第五条", 77, "日")),
    (Kind.NO_SUPPORT, "信托法", "88 日", guide("cishan-xintuo", "公益信托 88 日内公告。", "信托法 第六十七条")),
    (Kind.NO_SUPPORT, SHETUAN, "30 日", guide("shehui-tuanti-zhuxiao", "社会团体清算结束之日起 30 日内办注销登记。", f"{SHETUAN} 第二十一条")),
    (Kind.FIGURES_DIFFER, JIJINHUI, "10 %", figure(JIJINHUI, "第二十九条", 10, "%")),
    (Kind.FIGURES_DIFFER, CISHAN, "20 日", figure(CISHAN, "第十条", 20, "日")),
    (Kind.FIGURES_DIFFER, SHETUAN, "100000 元", figure(SHETUAN, "第十条", 100000, "元")),
    (Kind.NO_ARTICLE, "外国商会管理暂行规定", "第八十条", relabel("外国商会管理暂行规定", "第一条", "第八十条")),
    (Kind.NO_ARTICLE, MUJUAN, "第六十条", guide("gongkai-mujuan-zige", "公募资格每年复核。", f"{MUJUAN} 第六十条")),
    (Kind.NO_ARTICLE, "志愿服务条例", "第四十五条", guide("zhiyuan-jilu-zhengming", "志愿者要宣誓。", "志愿服务条例 第四十五条")),
    (Kind.NO_ARTICLE, "社会组织评估管理办法", "要点99", guide("shehui-zuzhi-pinggu", "评估要交自评报告。", "社会组织评估管理办法 要点99")),
    (Kind.NO_PART, SHETUAN, "第九项", guide("shehui-tuanti-chengli", "协会要有网站。", f"{SHETUAN} 第十条第一款第九项")),
    (Kind.NO_PART, JIJINHUI, "第五款", guide("jijinhui-lishihui-jianshi", "理事会要有印章。", f"{JIJINHUI} 第二十二条第五款")),
    (Kind.NO_PART, MINFEI, "第三款", say(MINFEI, "第十三条", "民办非企业单位不能设分支机构。", "第三款")),
    (Kind.UNRESOLVED, CISHAN, "第二百条", say("志愿服务条例", "第一条", "志愿者捐款另看《慈善法》第二百条。")),
    (Kind.UNRESOLVED, JIJINHUI, "第五十九条", guide("jijinhui-zhuxiao", "剩余财产见《基金会管理条例》第五十九条。", f"{JIJINHUI} 第三十三条")),
    (Kind.UNRESOLVED, CISHAN, "只有文件名", guide("cishan-dengji-rending", "慈善组织要守法。", CISHAN)),
    (Kind.UNRESOLVED, "", "按老规矩", guide("minfei-biangeng", "变更要先打招呼。", "按老规矩")),
    (Kind.NOT_IN_CATALOG, "捐赠管理通则办法", "捐赠管理通则办法", say("公益事业捐赠法", "第一条", "捐赠另看《捐赠管理通则办法》。")),
    (Kind.NOT_IN_CATALOG, "募捐通则", "募捐通则", guide("gongkai-mujuan-zige", "慈善组织要把募捐方案备案。", "募捐通则 第三条")),
    (Kind.NOT_IN_CATALOG, "民发〔2031〕9号", "民发〔2031〕9号", guide("minfei-nianjian", "年检格式见民发〔2031〕9号。", f"{NIANJIAN} 第四条")),
    (Kind.NEWER, JIJINHUI, "2026-06-01", catalog(JIJINHUI, newer={"date": "2026-06-01", "confidence": "高", "note": "已公布"})),
    (Kind.NEWER, "工会法", "2026-05-01", catalog("工会法", newer={"date": "2026-05-01", "confidence": "中", "note": " "})),
    (Kind.LAPSED, "红十字会法", "2025-12-31", edition("红十字会法", in_force_to="2025-12-31")),
    (Kind.LAPSED, "档案法", "2024-06-30", edition("档案法", in_force_to="2024-06-30")),
    (Kind.NOT_YET, "国家赔偿法", "2030-01-01", edition("国家赔偿法", in_force_from="2030-01-01")),
    (Kind.NO_DIGEST, "外国商会管理暂行规定", "第一条", lambda known: None),
    (Kind.NO_DIGEST, MUJUAN, "第二十八条", lambda known: known["digests"][f"{MUJUAN}.yaml"]["articles"].remove(row(known, MUJUAN, "第二十八条"))),
    (Kind.AGAINST_LAW, SHETUAN, "单位会员要有 50 个", guide("shehui-tuanti-chengli", "单位会员要有 50 个。", f"{SHETUAN} 第十条第一款第一项")),
    (Kind.AGAINST_LAW, JIJINHUI, "400 万元", guide("jijinhui-chengli", "非公募基金会的原始基金最少 400 万元。", f"{JIJINHUI} 第八条")),
    (
        Kind.GUIDES_DIFFER,
        "",
        "免税资格",
        guide("shuiqian-kouchu-zige", "免税资格有效期 3 年，期满后 6 个月内申请复审。", "关于非营利组织免税资格认定管理有关问题的通知 要点2"),
    ),
    (Kind.GUIDES_DIFFER, "", "关联交易", guide("guanlian-jiaoyi-touzi", "慈善组织有关联交易的，发生后 60 日内要公开。", "慈善组织信息公开办法 第十四条")),
    (Kind.MOVED, SHETUAN, "像《社会团体登记管理条例》第二十六条", guide("changjian-wuqu", "侵占、私分或者挪用社会团体资产违法。", f"{SHETUAN} 第十六条")),
]

CLEAN: list[Mutation] = [
    say(SHETUAN, "第十条", "办协会，个人会员 50 名以上，或者单位会员 30 家以上。", "第一款第一项"),
    say(SHETUAN, "第十条", "全国性社会团体的活动资金是十万元以上，地方性的三万元以上。", "第一款第五项"),
    say(SHETUAN, "第十二条", "登记管理机关六十日内给社会团体答复。"),
    say(SHETUAN, "第二十八条", "社会团体 3 月 31 日前报主管单位，5 月 31 日前报登记管理机关。"),
    say(SHETUAN, "第三十条", "社会团体的罚款是违法经营额的 1 倍到 3 倍，或者违法所得的三倍到五倍。"),
    say(MINFEI, "第十七条", "民办非企业单位清算完 15 天内办注销。"),
    say(MINFEI, "第三十一条", "老的民办非企业单位一年内补登记。"),
    say("民办非企业单位登记暂行办法", "第二十四条", "副本管四年。"),
    say("民办非企业单位登记暂行办法", "第十五条", "九十日内要找到新的业务主管单位。"),
    say(NIANJIAN, "第九条", "整改 3 个月。"),
    say(JIJINHUI, "第八条", "非公募基金会原始基金 2000000 元起。"),
    say(JIJINHUI, "第二十条", "领报酬的理事不超过理事总数的三分之一。"),
    say(JIJINHUI, "第二十九条", "公募基金会每年拿上年总收入的百分之七十做公益。"),
    say(JIJINHUI, "第二十四条", "外籍理事长每年在内地住满三个月。"),
    say(CISHAN, "第十条", "慈善组织的认定 20 日内决定，登记三十日内决定。"),
    say(CISHAN, "第七十二条", "救灾期间至少五日公开一次款物。"),
    say(CISHAN, "第一百一十二条", "责任人最少罚 20000 元，最多罚 20 万元。"),
    say(CISHAN, "第一百零五条", "检查的人不少于二人。"),
    say(MUJUAN, "第十二条", "募捐方案有变化，10 天内补正。"),
    say(MUJUAN, "第五条", "省级慈善组织的监事有 3 名以上。"),
    say(JINGWAI, "第十七条", "临时活动提前十五日备案，最长 1 年。"),
    say(JINGWAI, "第二十九条", "代表 1 名到 3 名。"),
    say("志愿服务条例", "第三十七条", "收报酬的罚一倍到五倍。"),
    say("行政复议法", "第二十条", "60 天内申请行政复议。"),
    say("关于慈善组织开展慈善活动年度支出、管理费用和募捐成本的规定", "第十三条", "管理费低于二十万元的不看比例。"),
    guide("shehui-tuanti-chengli", "个人会员 50 个以上才能登记。", f"{SHETUAN} 第十条第一款第一项", section="conditions"),
    guide("shehui-tuanti-zhuxiao", "清算完十五日内去办注销登记。", f"{SHETUAN} 第二十一条", section="limits"),
    guide("shehui-tuanti-biangeng", "业务主管单位同意后三十日内去办变更。", f"{SHETUAN} 第十八条", section="limits"),
    guide("minfei-chengli", "登记管理机关 60 日内决定准不准登记民办非企业单位。", f"{MINFEI} 第十一条", section="limits"),
    guide("minfei-nianjian", "年检不合格的整改三个月。", f"{NIANJIAN} 第九条"),
    guide("jijinhui-chengli", "非公募基金会的原始基金最少 200 万元。", f"{JIJINHUI} 第八条", section="conditions"),
    guide("jijinhui-lishihui-jianshi", "理事会每年最少开两次会。", f"{JIJINHUI} 第二十一条第二款"),
    guide("gongkai-mujuan-zige", "公开募捐资格 20 日内有结果。", f"{CISHAN} 第二十二条", f"{MUJUAN} 第七条"),
    guide("mujuan-beian-hezuo", "应急募捐开始后十日内补办备案。", f"{CISHAN} 第七十三条"),
    guide("cishan-dengji-rending", "认定慈善组织二十日内决定。", f"{CISHAN} 第十条第二款"),
    guide("jingwai-linshi-huodong", "紧急救灾不受提前 15 日的限制。", f"{JINGWAI} 第十七条"),
    guide("waiguo-shanghui", "民政部 60 日内答复外国商会。", "外国商会管理暂行规定 第七条"),
    guide("tingzheng-fuyi-susong", "六十日内可以申请行政复议。", "行政复议法 第二十条"),
    guide("mianshui-zige", "免税资格管五年。", "关于非营利组织免税资格认定管理有关问题的通知 要点2"),
    guide("changjian-wuqu", "旧的取缔非法民间组织暂行办法已经不用了。", "取缔非法社会组织办法 要点1"),
    guide("dangan-guanli", "电子档案和纸质档案一样有效。", "档案法 第三十七条"),
    catalog(JIJINHUI, newer={"date": "2030-01-01", "confidence": "高", "note": "还没到日子"}),
]


@pytest.fixture(scope="module")
def shipped(official: Library) -> Callable[[list[Mutation]], list[Finding]]:
    """The audit of the shipped knowledge after some changes, with every official text at hand."""

    def findings(mutations: list[Mutation]) -> list[Finding]:
        known = deepcopy(official.knowledge)
        for mutate in mutations:
            mutate(known)
        library = Library(known)
        library.held.update(official.held)
        return list(audit(library, TODAY))

    return findings


@pytest.fixture(scope="module")
def found(shipped: Callable[[list[Mutation]], list[Finding]]) -> list[Finding]:
    return shipped([mutate for *_, mutate in PLANTED])


def test_there_are_forty_of_each_and_every_kind_that_knowledge_can_show():
    assert len(PLANTED) >= 40 and len(CLEAN) >= 40
    assert {kind for kind, *_ in PLANTED} == set(Kind) - {Kind.STALE, Kind.AGAINST_RULE, Kind.NOTICE, Kind.UNCITED}


@pytest.mark.parametrize(("kind", "law", "said"), [planted[:3] for planted in PLANTED], ids=range(len(PLANTED)))
def test_a_planted_error_is_found(found, kind, law, said):
    assert any(f.kind == kind and f.law == law and said in f.where + f.what for f in found), (kind, law, said)


def test_the_planted_errors_raise_no_other_alarm(found):
    """A planted figure may be called unsupported, against the law and unlike another guide at once; no untouched line is."""
    planted = {(kind, law) for kind, law, *_ in PLANTED}
    texts = [words for *_, mutate in PLANTED for words in _words(mutate)]
    stray = [f for f in found if (f.kind, f.law) not in planted and not any(text[:12] in f.what for text in texts)]
    assert stray == []


def _words(mutate: Mutation) -> list[str]:
    return [cell.cell_contents for cell in mutate.__closure__ or () if isinstance(cell.cell_contents, str)]


def test_forty_right_lines_raise_no_alarm(shipped):
    assert [f"{f.kind} {f.where} {f.what}" for f in shipped(CLEAN)] == []
