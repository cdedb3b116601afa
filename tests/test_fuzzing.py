"""The targets of `make fuzz`, over their seeds and a few mutations of each: what is found by hours of fuzzing stays found."""

from __future__ import annotations

import random
import shutil
import subprocess
from collections.abc import Iterator

import pytest
from conftest import REPOSITORY
from fuzzing import TARGETS, let_go, mutated

from assistant.makers.sentences import cut

MUTATIONS = {"stream": 20, "pdf": 40}


@pytest.fixture(scope="module", autouse=True)
def ended() -> Iterator[None]:
    yield
    let_go()


@pytest.mark.parametrize("name", TARGETS)
def test_readers_raise_only_what_they_foresee(name):
    target, chance = TARGETS[name], random.Random(name)
    for seed in target.seeds():
        target.run(seed)
        for _ in range(MUTATIONS.get(name, 100)):
            target.run(mutated(seed, chance))


def test_a_mark_that_comes_in_two_pieces_stays_with_its_sentence():
    """Found by fuzzing: （SBC|DF） went to the sentence after, and its own was withheld for want of a source."""
    written = "要四十盏灯！（SBCDF、SGHJK）二十日内答复。【SBCDF】灯油三万元。⟦一个写得很长很长很长很长很长很长很长很长很长很长很长很长很长的标记⟧完。"
    whole = [(one.text, one.codes) for one in cut([written])]
    assert whole[0] == ("要四十盏灯！", ("SBCDF", "SGHJK"))
    for at in range(1, len(written)):
        assert [(one.text, one.codes) for one in cut([written[:at], written[at:]])] == whole
    assert [(one.text, one.codes) for one in cut(list(written))] == whole


def test_a_mark_left_open_at_the_end_spoils_only_its_own_sentence():
    assert [one.text for one in cut(["要四十盏灯。（SBC"])] == ["要四十盏灯。", "（SBC"]


def test_the_decoder_of_the_pages_is_the_standards():
    if shutil.which("node") is None:
        pytest.skip("Node is not here: the decoder of the pages is JavaScript")
    done = subprocess.run(["node", REPOSITORY / "tests" / "fuzz_stream.mjs", "0", "7"], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "1000 runs" in done.stdout
