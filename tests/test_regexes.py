from __future__ import annotations

import re
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
import regexes
from conftest import REPOSITORY

from assistant.pipeline import Assistant
from assistant.stages.screen import LIMIT
from assistant.tools import asked
from assistant.turn import Status
from corpus import sentences, stale, support
from corpus.digest import Figure
from index.search import Search

# Processor seconds that matching may take on a string of LENGTH characters. What grows with the square of the length takes some
# hundredths of one, what grows with the cube ten and more, what doubles with every character never ends. Three leave room for slow processors.
LENGTH, SECONDS = LIMIT // 2, 3.0


def named(expressions: list[regexes.Expression]) -> list[regexes.Expression]:
    return list({(one.pattern, one.flags): one for one in expressions}.values())


def slow(expressions: list[regexes.Expression]) -> list[str]:
    found = [(one, regexes.slowest(one, LENGTH, SECONDS)) for one in named(expressions)]
    return [f"{one.place} {one.pattern!r} stands still at {attack[:20]!r}…" for one, attack in found if attack]


def test_no_expression_of_the_source_can_be_made_to_stand_still():
    found, _ = regexes.expressions()
    assert len(found) > 250
    assert slow(found) == []


# Word lists that hold expressions, and what is put into them.
LISTS = [*sorted((REPOSITORY / "assistant" / "words").glob("*.yaml")), REPOSITORY / "corpus" / "data" / "stale.yaml"]
# What the source makes of a word list's strings at run time, as it writes it, file by file.
OF_WORDS = {
    "corpus/stale.py": {f"str(row['{name}'])" for name in ("says", "about", "unless")} | {"str(row['says']).replace('{N}', AMOUNT)"},
    "assistant/makers/guide_card.py": {"row['line']"},
    "assistant/spelling.py": {r"f'\\b{english}'"},
    "assistant/stages/route.py": {"pattern"},
    "assistant/tools/asked.py": {"pattern", """f"^(?:{'|'.join(table['before'])})\"""", """f"(?:{'|'.join(table['after'])})$\""""},
    "assistant/tools/charter.py": {"pattern"},
    "assistant/tools/checklist.py": {"pattern", "table['case']", "table['heading']"},
    "assistant/tools/name_body.py": {"pattern"},
    "assistant/wording.py": {"p"},
}
# What it makes of anything else, and one of what comes out.
OF_ELSE = {
    ("corpus/sentences.py", "words"): [words for _, words in sentences.TYPE_WORDS],
    ("corpus/stale.py", "f\"{BEFORE_NAME}{re.escape(name)}{(AFTER_NAME if name[-1] not in '号令' else '')}\""): [stale.BEFORE_NAME + "甲" + stale.AFTER_NAME],
    ("corpus/support.py", "f'{value}\\\\s*[Aa]'"): [r"5\s*[Aa]"],
    ("corpus/support.py", "f'(?:{value}|{(to_chinese(int(value)) if value < 10000 else value)})\\\\s*{re.escape(unit)}'"): [r"(?:5|五)\s*甲"],
    ("assistant/exchange.py", "f'{verb[0]}[^，,？?吗呢要能会可]+'"): ["交给[^，,？?吗呢要能会可]+"],
    ("assistant/follow_up.py", "f'{role}(?!会)'"): ["理事(?!会)"],
    ("assistant/tools/asked.py", "ASKED_FOR.format(alias)"): [asked.ASKED_FOR.format("基金会")],
    ("evals/measures.py", "before + re.escape(option) + after"): [r"(?<![\d.])甲(?![\d.]*\d)"],
}


def test_no_expression_of_the_word_lists_can_be_made_to_stand_still():
    found = regexes.of_words(LISTS, {"{N}": stale.AMOUNT})
    assert len(found) > 30
    assert slow(found) == []


def test_every_expression_that_only_exists_at_run_time_is_known():
    """A new one belongs into OF_WORDS where a word list holds it, or into OF_ELSE with one that comes out."""
    _, unread = regexes.expressions()
    places = {(place.partition(":")[0], source) for place, source in unread.items()}
    known = {(file, source) for file, sources in OF_WORDS.items() for source in sources} | OF_ELSE.keys()
    assert places - known == set()
    assert slow([regexes.Expression(place[0], pattern, 0) for place, patterns in OF_ELSE.items() for pattern in patterns]) == []


@pytest.mark.parametrize("unit", ["(", "(甲+)+$"])
def test_a_unit_that_an_editor_typed_is_no_expression(unit):
    figure = Figure("花灯", "≥", Fraction(1), unit)
    assert not support.stands_in(figure, "1" + "甲" * 40 + "乙", [])
    assert support.stands_in(figure, f"挂 1 {unit}花灯", [])


QUESTIONS = (
    "成立社会团体需要多少会员？",
    "我2026年3月5日收到不予登记决定，3月20日还能复议吗",
    "杭州市西湖区可以成立基金会吗，原始基金二百万元够不够",
    "《慈善法》第二十二条第一款怎么说",
    "帮我看看“杭州市茶文化研究会”这个名字行不行",
    "民非年检要交哪些材料",
    "社会团体30个单位会员20个个人会员能不能成立？",
    "基金会支出4%、管理费10%合规吗",
)


@pytest.fixture(scope="module")
def made_at_run_time(shipped_home: Path) -> tuple[list[regexes.Expression], set[str]]:
    """What is compiled while questions of every kind are answered, and where it was asked for."""
    seen: dict[tuple[str, int], str] = {}
    places: set[str] = set()
    ours = str(REPOSITORY) + "/"
    compile_now = re._compile

    def noting(pattern, flags):
        frame = sys._getframe(1)
        while frame and frame.f_code.co_filename.endswith("/re/__init__.py"):
            frame = frame.f_back
        if frame and frame.f_code.co_filename.startswith(ours) and "/.venv/" not in frame.f_code.co_filename:
            place = f"{frame.f_code.co_filename.removeprefix(ours)}:{frame.f_lineno}"
            places.add(place)
            if isinstance(pattern, str):
                seen[pattern, int(flags)] = place
        return compile_now(pattern, flags)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(re, "_compile", noting)
        assistant = Assistant(Search.open(shipped_home))
        for question in QUESTIONS:
            assistant.ask(question, today=date(2026, 11, 23))
    return [regexes.Expression(place, pattern, flags) for (pattern, flags), place in seen.items()], places


def test_no_expression_made_at_run_time_can_be_made_to_stand_still(made_at_run_time):
    found, _ = made_at_run_time
    assert len(found) > 20
    assert slow(found) == []


@pytest.mark.parametrize(
    "question",
    [
        "一" * LIMIT,
        "百分之" * (LIMIT // 3),
        "1" * LIMIT,
        "1,111" * (LIMIT // 5),
        "第一条" * (LIMIT // 3),
        "《" * LIMIT,
        "《慈善法》第" + "一" * (LIMIT - 10),
        "呢吗" * (LIMIT // 2),
        "基金会" + "(" * (LIMIT - 10),
        "a@" + "a." * (LIMIT // 2 - 2),
        "2026年1月" * (LIMIT // 7),
        "社会团体" + " " * (LIMIT - 10) + "吗",
        "不" * LIMIT,
        "-—~" * (LIMIT // 3),
    ],
)
def test_a_question_made_to_be_slow_is_answered(shipped, question):
    """The whole pipeline, not its expressions alone: what grows with the cube of the length would not come back."""
    turn = shipped.ask(question, today=date(2026, 11, 23), history=(question,) * 8)
    assert turn.answer is not None
    assert turn.answer.status is not Status.ERROR


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(?:a|a)*b", r"\s*x?\s*x?\s*y", r"^(\d+)*,"])
def test_expressions_that_can_be_made_to_stand_still_are_seen(pattern):
    assert regexes.slowest(regexes.Expression("here", pattern, 0), LENGTH, SECONDS / 6)


@pytest.mark.parametrize("pattern", [r"a++$", r"[a-z]+@[a-z]+", r"(?:ab)*c", r"第\d+条"])
def test_expressions_that_cannot_are_not(pattern):
    assert not regexes.slowest(regexes.Expression("here", pattern, 0), LENGTH, SECONDS)
