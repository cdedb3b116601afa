from __future__ import annotations

import numpy as np
import pytest

from index.errors import EmbedderSilent
from index.questions import REMEMBERED, REST, Questions


class Moody:
    """An embedder that fails while told to."""

    name = "moody"
    dimension = 2

    def __init__(self) -> None:
        self.fails = False
        self.asked: list[str] = []

    def questions(self, texts):
        self.asked += texts
        if self.fails:
            raise EmbedderSilent("没有应答")
        return np.array([[1, 0]] * len(texts), np.float32)

    passages = questions


@pytest.fixture
def moody() -> Moody:
    return Moody()


@pytest.fixture
def now() -> list[float]:
    return [100.0]


@pytest.fixture
def questions(moody, now) -> Questions:
    return Questions(moody, 2, clock=lambda: now[0])


def test_a_question_is_embedded_once_however_it_is_written(questions, moody):
    assert questions.vector("灯会ＡＢ").tolist() == [1, 0]
    assert questions.vector("燈會ab").tolist() == [1, 0]
    assert moody.asked == ["灯会ab"]
    questions.forget()
    questions.vector("灯会ab")
    assert len(moody.asked) == 2


def test_after_a_failure_the_embedder_is_left_alone_for_a_while(questions, moody, now):
    questions.vector("甲")
    moody.fails = True
    assert questions.vector("乙") is None
    assert questions.silent
    assert questions.vector("丙") is None
    assert questions.vector("甲") is not None  # what is known needs no embedder
    assert moody.asked == ["甲", "乙"]
    now[0] += REST
    moody.fails = False
    assert not questions.silent
    assert questions.vector("乙") is not None


def test_vectors_of_another_width_are_no_vectors(moody, now):
    assert Questions(moody, 3, clock=lambda: now[0]).vector("甲") is None


def test_memory_is_bounded(questions, moody):
    for number in range(REMEMBERED + 1):
        questions.vector(f"问{number}")
    assert len(questions._known) == 1


def test_of_a_long_question_the_two_ends_are_embedded(questions, moody):
    questions.vector("甲" * 3000 + "乙" * 3000)
    assert moody.asked[-1] == "甲" * 200 + "乙" * 200
