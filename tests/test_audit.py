"""Errors planted into an invented law's digests and guides are all found, under their kind; what is right stays silent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import kites
import pytest
from kites import BELLS, HISTORY, KITES, NEW, OLD, line

from corpus.audit import audit, notices
from corpus.finding import Kind
from corpus.stale import Repealed, Stale

TODAY = date(2026, 11, 23)
RULES = "纸鸢会登记规则"
DIGEST = "纸鸢会登记规则.yaml"
Knowledge = dict[str, dict[str, Any]]
Mutation = Callable[[Knowledge], None]


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    return kites.import_texts(tmp_path_factory.mktemp("kites") / "home")


def findings(known, texts, on=TODAY, stale=None):
    return list(audit(kites.library(known, texts), on, stale or Stale()))


def article(known: Knowledge, label: str) -> dict[str, Any]:
    return next(row for row in known["digests"][DIGEST]["articles"] if row["article"] == label)


def say(label: str, text: str, at: str = "") -> Mutation:
    """Plant one more point into an article's digest."""
    return lambda known: article(known, label)["points"].append({"say": text, "at": at})


def figure(label: str, of: str, value: float, unit: str) -> Mutation:
    """Plant a figure into the first point of an article's digest."""
    return lambda known: article(known, label)["points"][0]["figures"].append({"of": of, "op": "≥", "value": value, "unit": unit})


def relabel(label: str, other: str) -> Mutation:
    return lambda known: article(known, label).update(article=other)


def guide(text: str, *cites: str, file: str = "sheli.yaml", section: str = "notes") -> Mutation:
    """Plant one more line into a guide."""
    return lambda known: known["guides"][file].setdefault(section, []).append(line(text, *cites))


def law(slug: str, **fields: Any) -> Mutation:
    return lambda known: next(row for row in known["catalog"]["kites.yaml"] if row["slug"] == slug).update(fields)


def edition(slug: str, number: int, **fields: Any) -> Mutation:
    return lambda known: next(row for row in known["catalog"]["kites.yaml"] if row["slug"] == slug)["editions"][number].update(fields)


def unhistoric(known: Knowledge) -> None:
    known["digests"]["旧.yaml"] = known["digests"].pop(HISTORY)


def both_in_force(known: Knowledge) -> None:
    unhistoric(known)
    for row in known["catalog"]["kites.yaml"][0]["editions"]:
        row.pop("in_force_to", None)
        row.update(in_force_from="2008-05-01")


def no_digests(known: Knowledge) -> None:
    del known["digests"][DIGEST]
    known["guides"].clear()


def drop(label: str) -> Mutation:
    def mutate(known: Knowledge) -> None:
        rows = known["digests"][DIGEST]["articles"]
        rows[:] = [row for row in rows if row["article"] != label]
        known["guides"].clear()

    return mutate


PLANTED: list[tuple[Kind, Mutation]] = [
    (Kind.NO_ARTICLE, relabel("第八条", "第九条")),
    (Kind.NO_ARTICLE, relabel("第一条", "第二条之一")),
    (Kind.NO_ARTICLE, guide("纸鸢会要晒竹篾。", f"{RULES} 第十二条")),
    (Kind.NO_ARTICLE, guide("风铃要擦亮。", "风铃规则 要点7")),
    (Kind.NO_ARTICLE, guide("河边的灯要挂高。", f"{RULES} 第三条之一")),
    (Kind.NO_PART, say("第二条", "纸鸢会要有纸。", "第四项")),
    (Kind.NO_PART, say("第三条", "纸鸢会要有线。", "第三款")),
    (Kind.NO_PART, guide("设立纸鸢会要有扎架的匠人。", f"{RULES} 第二条第七项")),
    (Kind.NO_PART, guide("河边的纸鸢会还要有小船。", f"{RULES} 第二条第三款")),
    (Kind.NO_SUPPORT, say("第二条", "设立纸鸢会要有 46 个匠人。")),
    (Kind.NO_SUPPORT, say("第二条", "买纸的本钱要 8 万元。")),
    (Kind.NO_SUPPORT, say("第三条", "纸鸢署 35 个工作日内答复。")),
    (Kind.NO_SUPPORT, say("第四条", "账本每年 4 月 30 日前交。")),
    (Kind.NO_SUPPORT, say("第四条", "买纸的钱至少占三分之二。")),
    (Kind.NO_SUPPORT, say("第七条", "会首任期五年。")),
    (Kind.NO_SUPPORT, figure("第五条", "木印", 3, "枚")),
    (Kind.NO_SUPPORT, figure("第六条", "罚款上限", 4000, "元")),
    (Kind.NO_SUPPORT, figure("第七条", "同意比例", 80, "%")),
    (Kind.NO_SUPPORT, guide("纸鸢署 40 日内答复设立申请。", f"{RULES} 第三条第一款")),
    (Kind.NO_SUPPORT, guide("风铃每户最多 12 个。", "风铃规则 要点1")),
    (Kind.NO_SUPPORT, guide("冒充纸鸢会收钱的，罚 500 元到 5000 元。", f"{RULES} 第六条")),
    (Kind.FIGURES_DIFFER, figure("第三条", "报告期限", 15, "日")),
    (Kind.FIGURES_DIFFER, figure("第二条", "放线的少年", 25, "个")),
    (Kind.LAPSED, unhistoric),
    (Kind.LAPSED, edition(KITES, 1, in_force_to="2025-12-31")),
    (Kind.LAPSED, edition(BELLS, 0, in_force_to="2010-12-31")),
    (Kind.NOT_YET, edition(BELLS, 0, in_force_from="2030-01-01")),
    (Kind.NEWER, law(KITES, newer={"date": "2026-01-01", "confidence": "高", "note": "署令已公布"})),
    (Kind.NEWER, law(BELLS, newer={"date": "2026-01-01", "confidence": "中", "note": " "})),
    (Kind.NEWER, both_in_force),
    (Kind.GUIDES_DIFFER, guide("换了会首的纸鸢会，35 日内告诉纸鸢署。", f"{RULES} 第三条")),
    (Kind.GUIDES_DIFFER, guide("纸鸢会散伙以后，会首 5 日内把木印交回纸鸢署。", f"{RULES} 第五条")),
    (Kind.GUIDES_DIFFER, guide("纸鸢署收到设立申请后 15 日内答复。", f"{RULES} 第三条", file="riji.yaml")),
    (Kind.AGAINST_LAW, guide("设立纸鸢会，扎架的匠人 25 个就行。", f"{RULES} 第二条", section="conditions")),
    (Kind.AGAINST_LAW, guide("设立纸鸢会要有放线的少年 45 个。", f"{RULES} 第二条", file="riji.yaml")),
    (Kind.UNRESOLVED, say("第五条", "散伙的纸鸢会照《纸鸢会登记规则》第二十条办。")),
    (Kind.UNRESOLVED, say("第五条", "散伙以后依第九条结账。")),
    (Kind.UNRESOLVED, guide("纸鸢会要看纸鸢规则第十五条。", f"{RULES} 第一条")),
    (Kind.UNRESOLVED, guide("放纸鸢要看风向。", RULES)),
    (Kind.UNRESOLVED, guide("放纸鸢要看天色。", "看天")),
    (Kind.NOT_IN_CATALOG, say("第一条", "灯谜另看《灯谜会管理条例》。")),
    (Kind.NOT_IN_CATALOG, say("第一条", "竹篾另看民发〔2031〕9号。")),
    (Kind.NOT_IN_CATALOG, guide("线轴照令第777号造。", f"{RULES} 第一条")),
    (Kind.NOT_IN_CATALOG, guide("灯谜会要交谜底。", "灯谜会管理条例 第三条")),
    (Kind.NO_DIGEST, drop("第五条")),
    (Kind.NO_DIGEST, no_digests),
    (Kind.MOVED, guide("冒充纸鸢会收钱的，要把收来的钱退还。", f"{RULES} 第八条")),
    (Kind.MOVED, guide("纸鸢会散伙，剩下的竹篾送村塾。", f"{RULES} 第七条")),
]

CLEAN: list[Mutation] = [
    say("第二条", "设立纸鸢会，匠人四十五个、少年二十五个、本钱 60000 元，一样不能少。"),
    say("第二条", "扎架的匠人要有 45 名以上。", "第一项"),
    say("第二条", "放线的少年 25 人以上。", "第一款第二项"),
    say("第二条", "河边的纸鸢会要备小船，别处的不用。", "第二款"),
    say("第三条", "纸鸢署 35 天内答复设立申请。", "第一款"),
    say("第三条", "换会首的纸鸢会十五日内报告纸鸢署。", "第二款"),
    say("第四条", "线轴账本 4 月 10 日前交。"),
    say("第四条", "买纸支出不低于全年花销的百分之七十。"),
    say("第四条", "买纸的钱要占 70% 以上。"),
    say("第五条", "木印在散伙后二十日内交回。"),
    say("第五条", "依第五条，竹篾归村塾。"),
    say("第六条", "冒充纸鸢会收钱，最少罚 500 元，最多罚 3000 元。"),
    say("第七条", "会首任期三年，最多连任 2 届。"),
    say("第七条", "罢免会首要 2/3 以上的匠人同意。"),
    say("第七条", "会首由匠人推举，一般三年一任。"),
    say("第八条", "纸鸢会登记规则 2018 年修订，2019-01-01 起施行。"),
    say("第一条", "这部规则有三类意思：放好纸鸢、少缠树枝、人人高兴。"),
    say("第一条", "设立条件看第二条，答复期限看第三条第一款。"),
    say("第一条", "写下《纸鸢会登记规则》的是纸鸢署，文号是纸鸢署令第8号。"),
    say("第一条", "纸鸢会自己的《放飞手册》不归这部规则管。"),
    guide("设立纸鸢会，扎架的匠人 45 个以上。", f"{RULES} 第二条", section="conditions"),
    guide("设立纸鸢会要有放线的少年 25 个。", f"{RULES} 第二条第一款第二项", file="riji.yaml"),
    guide("买纸的本钱 6 万元以上。", f"{RULES} 第二条", file="riji.yaml"),
    guide("河边的纸鸢会还要一条小船。", f"{RULES} 第二条第二款"),
    guide("纸鸢署 35 日内说行或者不行。", f"{RULES} 第三条", file="riji.yaml"),
    guide("换会首，15 日内告诉纸鸢署。", f"{RULES} 第三条第二款"),
    guide("设立的申请 35 日内答复，换会首 15 日内报告。", f"{RULES} 第三条"),
    guide("每年 4 月 10 日前交线轴账本。", f"{RULES} 第四条", section="steps"),
    guide("买纸的钱不少于全年花销的 70%。", f"{RULES} 第四条", file="riji.yaml"),
    guide("散伙的纸鸢会，会首 20 日内交回木印。", f"{RULES} 第五条"),
    guide("竹篾送给村塾。", f"{RULES} 第五条", file="riji.yaml"),
    guide("冒充纸鸢会收钱的，退钱并罚 500 元以上 3000 元以下。", f"{RULES} 第六条"),
    guide("会首任期三年。", f"{RULES} 第七条"),
    guide("罢免会首要三分之二以上的匠人点头。", f"{RULES} 第七条", file="riji.yaml"),
    guide("2019 年 1 月 1 日起照现行规则办。", f"{RULES} 第八条"),
    guide("每户屋檐下的风铃不超过 9 个。", "风铃规则 要点1", file="riji.yaml"),
    guide("设立看规则第二条，散伙看规则第五条。", f"{RULES} 第二条", f"{RULES} 第五条"),
    guide("《纸鸢会登记规则》第七条讲会首的任期。", f"{RULES} 第七条"),
    guide("会首连任不超过 2 届，散伙 20 日内交木印。", f"{RULES} 第七条", f"{RULES} 第五条"),
    law(KITES, newer={"date": "2026-03-17", "confidence": "中", "note": "据悉又有修改，请核对"}),
    law(KITES, newer={"date": "2030-01-01", "confidence": "高", "note": "还没到日子"}),
]


def test_there_are_enough_planted_errors_and_clean_lines():
    assert len(PLANTED) >= 40 and len(CLEAN) >= 40
    kinds = {kind for kind, _ in PLANTED}
    assert kinds == set(Kind) - {Kind.STALE, Kind.AGAINST_RULE, Kind.NOTICE, Kind.UNCITED}


def test_the_invented_knowledge_is_clean(texts):
    assert findings(kites.knowledge(), texts) == []


@pytest.mark.parametrize(("kind", "mutate"), PLANTED, ids=lambda value: value.name if isinstance(value, Kind) else "")
def test_a_planted_error_is_found(texts, kind, mutate):
    known = kites.knowledge()
    mutate(known)
    assert kind in {finding.kind for finding in findings(known, texts)}


def test_clean_lines_raise_no_alarm(texts):
    for number, mutate in enumerate(CLEAN):
        known = kites.knowledge()
        mutate(known)
        assert findings(known, texts) == [], number


def test_clean_lines_together_raise_no_alarm(texts):
    known = kites.knowledge()
    for mutate in CLEAN:
        mutate(known)
    assert findings(known, texts) == []


def test_a_finding_names_place_fault_and_law(texts):
    known = kites.knowledge()
    say("第三条", "纸鸢署 99 日内答复。")(known)
    (found,) = findings(known, texts)
    assert found.kind == Kind.NO_SUPPORT and found.law == RULES
    assert found.where == f"要点 {RULES} {NEW} 第三条" and "99 日" in found.what


def test_figures_are_not_checked_without_the_text():
    known = kites.knowledge()
    say("第三条", "纸鸢署 99 日内答复。")(known)
    assert findings(known, None) == []
    assert [notice.what for notice in notices(kites.library(known, None), TODAY)] == ["一件也没有导入，数额和条号没有对照"]


def test_a_text_that_could_be_imported_and_is_not_is_a_notice(texts):
    library = kites.library(kites.knowledge(), texts)
    del library.held[KITES, OLD]
    assert [(n.where, n.what) for n in notices(library, TODAY)] == [(f"要点 {RULES} {OLD}", "原文还没有导入，数额和条号没有对照")]


def test_digests_kept_as_history_may_have_lapsed(texts):
    assert any(finding.kind == Kind.LAPSED for finding in findings(kites.knowledge(), texts, date(2008, 6, 1))) is False
    library = kites.library(kites.knowledge(), texts)
    assert {d.edition for d in library.digests if d.law == KITES} == {OLD, NEW}


def test_hearsay_of_a_newer_edition_is_a_notice(texts):
    known = kites.knowledge()
    law(KITES, newer={"date": "2026-03-17", "confidence": "中", "note": "据悉又有修改"})(known)
    (notice,) = notices(kites.library(known, texts), TODAY)
    assert notice.kind == Kind.NOTICE and "据悉又有修改" in notice.what and notice.law == RULES
    assert notices(kites.library(known, texts), date(2026, 3, 16)) == []


def test_a_plan_past_its_period_is_a_notice(texts):
    known = kites.knowledge()
    edition(BELLS, 0, period_to="2025-12-31")(known)
    assert ["规划期" in notice.what for notice in notices(kites.library(known, texts), TODAY)] == [True]


def test_an_article_that_nobody_can_look_up_is_a_notice(texts):
    known = kites.knowledge()
    guide("绳索要打结。", "绳索规则 第一条")(known)
    assert findings(known, texts) == []
    (notice,) = notices(kites.library(known, texts), TODAY)
    assert notice.law == "绳索规则" and "第一条" in notice.what


def test_repealed_instruments_may_be_named(texts):
    known = kites.knowledge()
    say("第一条", "早先的《灯谜会管理条例》已经废止。")(known)
    gone = Repealed(("灯谜会管理条例",), "灯谜会管理条例", "没有了", (f"{RULES} 第一条",))
    assert findings(known, texts, stale=Stale((gone,))) == []


def test_the_list_of_stale_statements_must_rest_on_articles(texts):
    gone = Repealed(("灯谜会管理条例",), "灯谜会管理条例", "没有了", (f"{RULES} 第四十条",))
    (found,) = findings(kites.knowledge(), texts, stale=Stale((gone,)))
    assert found.kind == Kind.NO_ARTICLE and "stale.yaml" in found.where


def test_a_line_without_citation_is_found(texts):
    library = kites.library(kites.knowledge(), texts)
    first = library.guides[0]
    library.guides[0] = replace(first, sections={**first.sections, "notes": (replace(first.sections["notes"][0], cites=()),)})
    assert [finding.kind for finding in audit(library, TODAY, Stale())] == [Kind.UNCITED]


def test_the_shipped_knowledge_is_clean(official):
    assert [f"{f.kind} {f.where} {f.what}" for f in audit(official, TODAY)] == []


def test_the_known_newer_edition_is_told_at_every_audit(official):
    told = [notice.law for notice in notices(official, TODAY)]
    assert "社会团体登记管理条例" in told
