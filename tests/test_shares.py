from __future__ import annotations

import pytest

from corpus.digest import Digest, Point
from index.shares import Shares
from index.tokens import tokens

WEIGHTS = {"灯": 2.0, "油": 3.0, "船": 5.0}
WORDS = {word: number for number, word in enumerate(sorted({*tokens("花灯油船几盏条")}))}


def digest(*points: tuple[str, tuple[str, ...]], topic: str = "") -> Digest:
    return Digest("l", "2020-01-01", "第三条", topic, (), (), tuple(Point(say, ask) for say, ask in points))


@pytest.mark.parametrize(
    ("say", "asks", "share"),
    [
        ("花灯", (), 0.2),
        ("花灯油船", (), 1.0),
        ("几盏", (), 0.0),
        ("", (), 0.0),
        ("花灯", ("油几盏",), (0.5 * 3 + 0.5 * 5) / 10),
        ("花灯", ("油", "船"), (0.5 * 5 + 0.5 * 7) / 10),
        ("花灯油", ("油",), 0.5),
    ],
)
def test_a_point_holds_what_it_says_and_the_better_of_its_questions(say, asks, share):
    assert Shares(WORDS).of(WEIGHTS).points(digest((say, asks))) == pytest.approx([share])


def test_each_point_counts_alone_and_the_topic_counts_for_all():
    found = Shares(WORDS).of(WEIGHTS).points(digest(("油", ()), ("几", ("灯",)), ("几", ()), topic="船"))
    assert found == pytest.approx([0.8, (0.5 * 5 + 0.5 * 7) / 10, 0.5])


def test_a_token_that_no_text_holds_counts_only_in_the_whole():
    assert Shares(WORDS).of(WEIGHTS | {"龙": 10.0}).points(digest(("花灯油船", ()))) == pytest.approx([0.5])


def test_a_question_without_known_tokens_has_no_share_in_anything():
    assert Shares(WORDS).of({}).points(digest(("花灯", ("船",)))) == [0.0]


def test_other_questions_are_weighed_by_the_same_sets():
    shares, asked = Shares(WORDS), digest(("花灯", ()), ("船", ()))
    assert [shares.of(weights).points(asked) for weights in ({"灯": 1.0}, {"船": 4.0})] == [[1.0, 0.0], [0.0, 1.0]]


@pytest.mark.parametrize(("text", "share"), [("花灯油几盏", 0.5), ("船，船，船", 0.5), ("", 0.0), ("几盏", 0.0)])
def test_a_text_without_digest_holds_each_token_once(text, share):
    assert Shares(WORDS).of(WEIGHTS).text(text) == pytest.approx(share)
