import re
from pathlib import Path

import pytest

from assistant.turn import Status
from assistant.wording import WORDS, wording, words
from corpus.catalog import read_yaml
from corpus.digest import TYPES
from index.tokens import synonyms


def test_every_status_has_its_chinese_wording() -> None:
    assert set(words("statuses")) == {status.value for status in Status}
    for status in Status:
        assert status.outcome.value == "answered" or wording(status, length=1, limit=2)


def test_types_of_the_slots_are_types_of_the_digests() -> None:
    assert set(words("slots")["types"]) <= set(TYPES)


@pytest.mark.parametrize("name", ["scope", "harm"])
def test_every_pattern_compiles(name: str) -> None:
    for values in words(name).values():
        for pattern in values if isinstance(values, list) else []:
            re.compile(str(pattern))


def test_every_outside_topic_names_words_and_a_counter() -> None:
    for topic in words("scope")["outside"].values():
        assert topic["words"]
        assert topic["counter"].endswith("。")


def test_no_synonym_stands_for_itself() -> None:
    assert not [word for word, targets in synonyms().items() if word in targets]


@pytest.mark.parametrize("path", sorted(WORDS.glob("*.yaml")), ids=lambda p: p.stem)
def test_every_words_file_can_be_read(path: Path) -> None:
    assert read_yaml(path)
