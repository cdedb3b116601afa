"""An invented law on kite clubs with digests and two guides, clean under audit; tests plant their errors into copies of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corpus.catalog import catalog_from
from corpus.intake import Texts, import_files
from corpus.library import Library

KITES, BELLS, ROPES = "zhiyuanhui-dengji-guize", "fengling-guize", "shengsuo-guize"
OLD, NEW = "2008-03-01", "2018-11-05"
HISTORY = f"纸鸢会登记规则@{OLD}.yaml"

OLD_TEXT = """# 纸鸢会登记规则

2008年3月1日纸鸢署令第3号公布　自2008年5月1日起施行

第一条 为了让大家放好纸鸢，纸鸢署写下本规则。

第二条 纸鸢会要有二十个匠人。

第三条 本规则自2008年5月1日起施行。
"""

NEW_TEXT = """# 纸鸢会登记规则

2008年3月1日纸鸢署令第3号公布　2018年11月5日纸鸢署令第8号修订　自2019年1月1日起施行

第一条 为了让大家放好纸鸢、少缠树枝，纸鸢署写下本规则。

第二条 设立纸鸢会，应当凑齐下面几样：

（一）扎架的匠人四十五个以上；

（二）放线的少年二十五个以上；

（三）买纸的本钱六万元以上。

河边的纸鸢会还要有一条小船。

第三条 纸鸢署收到设立纸鸢会的申请，在三十五日内说行或者不行。

纸鸢会换了会首，应当在十五日内告诉纸鸢署。

第四条 纸鸢会每年4月10日前把上一年的线轴账本交给纸鸢署，买纸的钱不少于全年花销的百分之七十。

第五条 纸鸢会散伙，剩下的竹篾要送给村塾，会首自散伙那天起二十日内把木印交回纸鸢署。

第六条 冒充纸鸢会收钱的，退还收来的钱，罚五百元以上三千元以下。

第七条 会首由全体匠人推举，任期三年，最多连任两届；罢免会首要三分之二以上的匠人点头。

第八条 本规则自2019年1月1日起施行。
"""


def knowledge() -> dict[str, dict[str, Any]]:
    """Catalog, digests and guides, made anew for each caller."""
    return {
        "catalog": {"kites.yaml": _catalog()},
        "digests": {
            "纸鸢会登记规则.yaml": _digest(KITES, NEW, _new_points()),
            HISTORY: _digest(KITES, OLD, {"第二条": [_point("早先的纸鸢会要有 20 个匠人。")]}),
            "风铃规则.yaml": _digest(BELLS, "2001-01-01", {"要点1": [_point("风铃挂在屋檐下，每户最多 9 个。")]}, verified=False),
        },
        "guides": {"sheli.yaml": _guide(), "riji.yaml": _second_guide()},
    }


def _catalog() -> list[dict[str, Any]]:
    return [
        {
            "slug": KITES,
            "title": "纸鸢会登记规则",
            "aliases": ["纸鸢规则"],
            "number": "纸鸢署令第8号",
            "rank": "部门规章",
            "core": True,
            "editions": [
                {"date": OLD, "in_force_from": "2008-05-01", "in_force_to": "2018-12-31", "replaced_by": NEW, "text": "held"},
                {"date": NEW, "in_force_from": "2019-01-01", "text": "held"},
            ],
        },
        {"slug": BELLS, "title": "风铃规则", "rank": "行政法规", "editions": [{"date": "2001-01-01", "in_force_from": "2001-02-01"}]},
        {"slug": ROPES, "title": "绳索规则", "rank": "行政法规", "editions": [{"date": "2003-01-01", "in_force_from": "2003-02-01"}]},
    ]


def _new_points() -> dict[str, list[dict[str, Any]]]:
    return {
        "第一条": [_point("写下纸鸢会登记规则，是想让大家放好纸鸢，少缠树枝。")],
        "第二条": [
            _point("设立纸鸢会要有扎架的匠人 45 个。", "第一项", [("扎架的匠人", "≥", 45, "个")]),
            _point("设立纸鸢会要有放线的少年 25 个。", "第一款第二项", [("放线的少年", "≥", 25, "个")]),
            _point("设立纸鸢会买纸的本钱要 6 万元。", "第三项", [("买纸的本钱", "≥", 60000, "元")]),
            _point("河边的纸鸢会还得备一条小船。", "第二款"),
        ],
        "第三条": [
            _point("纸鸢署收到设立申请，35 日内答复行不行。", "第一款", [("答复期限", "≤", 35, "日")]),
            _point("纸鸢会换会首，15 日内告诉纸鸢署。", "第二款", [("报告期限", "≤", 15, "日")]),
        ],
        "第四条": [
            _point("纸鸢会每年 4 月 10 日前交上一年的线轴账本。", "", [("交账截止月", "=", 4, "月"), ("交账截止日", "=", 10, "日")]),
            _point("买纸的钱至少占全年花销的 70%。", "", [("买纸支出", "≥", 70, "%")]),
        ],
        "第五条": [_point("纸鸢会散伙，竹篾送村塾，木印 20 日内交回。", "", [("交回木印", "≤", 20, "日")])],
        "第六条": [_point("冒充纸鸢会收钱的要退钱，罚 500 元到 3000 元。", "", [("罚款下限", "≥", 500, "元"), ("罚款上限", "≤", 3000, "元")])],
        "第七条": [
            _point("会首由匠人推举，任期 3 年，连任不超过 2 届。", "", [("任期", "=", 3, "年")]),
            _point("罢免会首要三分之二的匠人同意。", "", [("同意比例", "≥", 0.6667, "分之")]),
        ],
        "第八条": [_point("现行纸鸢会登记规则 2019 年 1 月 1 日起施行。")],
    }


def _point(say: str, at: str = "", figures: list[tuple[str, str, float, str]] | None = None) -> dict[str, Any]:
    rows = [{"of": of, "op": op, "value": value, "unit": unit} for of, op, value, unit in figures or ()]
    return {"say": say, "ask": [f"{say[:6]}怎么办"], "at": at, "figures": rows}


def _digest(law: str, edition: str, points: dict[str, list[dict[str, Any]]], verified: bool = True) -> dict[str, Any]:
    articles = [{"article": label, "topic": f"{label}讲什么", "types": ["社会团体"], "matters": ["成立"], "points": said} for label, said in points.items()]
    return {"law": law, "edition": edition, "verified": verified, "articles": articles}


def _guide() -> dict[str, Any]:
    return {
        "slug": "zhiyuanhui-sheli",
        "title": "纸鸢会设立",
        "matter": "成立",
        "types": ["社会团体"],
        "ask": ["怎么办纸鸢会"],
        "conditions": [
            line("设立纸鸢会，扎架的匠人要有 45 个。", "纸鸢会登记规则 第二条第一项"),
            line("设立纸鸢会，放线的少年要有 25 个。", "纸鸢会登记规则 第二条第一款第二项"),
            line("买纸的本钱不少于 6 万元。", "纸鸢会登记规则 第二条第三项"),
        ],
        "limits": [line("纸鸢署收到设立申请后 35 日内答复。", "纸鸢会登记规则 第三条第一款")],
        "notes": [line("屋檐下的风铃每户最多 9 个。", "风铃规则 要点1")],
        "portal": [{"say": "网上也能看纸鸢。", "cite": []}],
    }


def _second_guide() -> dict[str, Any]:
    return {
        "slug": "zhiyuanhui-riji",
        "title": "纸鸢会日常",
        "matter": "变更",
        "types": ["社会团体"],
        "ask": ["换会首怎么办"],
        "limits": [line("换了会首的纸鸢会，15 日内告诉纸鸢署。", "纸鸢会登记规则 第三条第二款")],
        "notes": [line("纸鸢会散伙以后，会首 20 日内把木印交回纸鸢署。", "纸鸢会登记规则 第五条")],
    }


def line(say: str, *cites: str) -> dict[str, Any]:
    """A guide line as its file has it."""
    return {"say": say, "cite": list(cites)}


def import_texts(home: Path) -> Path:
    """Both editions imported; the folder of texts."""
    home.mkdir(parents=True, exist_ok=True)
    files = [home / f"纸鸢会登记规则({day}).md" for day in (OLD, NEW)]
    for file, text in zip(files, (OLD_TEXT, NEW_TEXT), strict=True):
        file.write_text(text, encoding="utf-8")
    reports = import_files(files, Texts(home / "texts"), catalog_from(knowledge()["catalog"]))
    assert not [report.reason for report in reports if report.failed]
    return home / "texts"


def library(known: dict[str, dict[str, Any]], texts: Path | None) -> Library:
    """The library of that knowledge over those texts."""
    return Library(known, texts)
