"""What is learned from — the digests' and guides' everyday questions and the written exemplars — holds no question of the evaluation,
and what is learned is kept only where it finds more."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import lantern
import numpy as np
import pytest

from api.command import main
from corpus.library import Library
from evals.case import load
from index import training
from index.adapter import NAME, Adapter, kept
from index.errors import BadAdapter
from index.intent import exemplars
from index.release import Release, build, current
from index.search import Search
from index.tokens import fold
from index.training import Asked, Outcome
from index.units import units

SHORTEST = 4
NOW = date(2024, 1, 1)
LANTERNS = "灯" * 9
ASKEW = np.linalg.qr(np.random.default_rng(5).standard_normal((64, 64)))[0].astype(np.float32)
DIMENSION = lantern.TokenHashes.dimension


def wording(text: str) -> str:
    """A question without signs and blanks, in one script and case."""
    return re.sub(r"[\W_]+", "", fold(text))


def test_no_question_that_is_learned_from_is_asked_by_a_case():
    library = Library()
    learned = {one.text for one in training.questions_of(library)} | {ask for guide in library.guides for ask in guide.asks}
    learned |= {text for _, text in exemplars()}
    assert len(learned) > 10_000
    wordings = {wording(text) for text in learned}
    asked = {case.id: wording(case.turns[-1]) for case in load()}
    assert [name for name, said in asked.items() if len(said) >= SHORTEST and said in wordings] == []


def many(count: int = 400) -> dict[str, dict[str, Any]]:
    """The invented laws with a ferry rule of many articles: each speaks of three boats, and of each is asked in
    other words; twenty more speak of lanterns."""
    knowledge = lantern.knowledge()
    articles = []
    for number in range(count):
        words = ["".join(chr(0x4E00 + 18 * number + 3 * part + n) for n in range(3)) for part in range(6)]
        points = [{"say": f"{boat}停在渡口。", "ask": [ask]} for boat, ask in zip(words[:3], words[3:], strict=True)]
        articles.append({"article": f"要点{number + 1}", "topic": "渡口", "types": ["社会团体"], "matters": ["成立"], "points": points})
    for number in range(20):
        articles.append(
            {"article": f"要点{count + number + 1}", "topic": "灯", "types": ["社会团体"], "matters": ["成立"], "points": [{"say": f"{LANTERNS}{number}"}]}
        )
    knowledge["digests"]["ferry.yaml"]["articles"] = articles
    return knowledge


@pytest.fixture(scope="module")
def boats() -> Library:
    return Library(many())


@cache
def meant() -> dict[str, str]:
    return {ask: point.say for digest in Library(many()).digests for point in digest.points for ask in point.ask}


class Twisted(lantern.TokenHashes):
    """Knows what a question about a boat means, but hears lanterns in every question, so that there is something to learn."""

    name = "twisted"
    heard = 1.5

    def questions(self, texts):
        rows = self.passages([meant().get(text, text) for text in texts]) + self.heard * self.passages([LANTERNS])
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def learn(library: Library, folder: Path, embedder: lantern.TokenHashes, own: list[Asked] | None = None) -> Outcome:
    return training.train(library, folder / "vectors.sqlite", embedder, own or [], "", lambda what, done, total: None)


def test_a_turn_of_the_questions_is_learned_and_found_to_gain(boats, tmp_path):
    found = learn(boats, tmp_path, Twisted())
    assert not found.gains
    assert found.after[:, 0].mean() > found.before[:, 0].mean() + 0.05
    assert found.interval()[0, 0] > 0
    assert found.adapter.settings["embedder"] == "twisted"


def test_the_same_data_give_the_same_file(boats, tmp_path):
    first, second = (learn(boats, tmp_path / name, Twisted()).adapter for name in "ab")
    assert first.packed() == second.packed()
    again = Adapter.read(first.packed())
    assert np.array_equal(again.matrix, first.matrix)
    assert again.settings == first.settings


def test_nothing_about_an_article_held_out_is_learned_from(boats):
    asked = [*training.questions_of(boats), Asked("自己的问题", frozenset({(lantern.FERRY, "要点1")}), own=True)]
    learned, later = training.split(asked)
    held = {key for one in later for key in one.articles if training.held_out(key)}
    assert held
    assert not held & {key for one in learned for key in one.articles}
    assert not {fold(one.text) for one in learned} & {fold(one.text) for one in later}
    assert len(learned) + len(later) < len(asked)


def test_questions_to_be_asked_are_neither_in_passages_nor_in_fields(boats):
    _, later = training.split(training.questions_of(boats))
    wordings = {fold(one.text) for one in later}
    left = training.without(list(units(boats)), wordings)
    assert not wordings & {fold(passage.text) for unit in left for passage in unit.passages if passage.kind == "ask"}
    assert not [one for one in later if any(one.text in unit.fields.get("asks", "").split(" ") for unit in left)]
    assert sum(len(unit.passages) for unit in left) == sum(len(unit.passages) for unit in units(boats)) - len(later)


def outcome(gains: list[float], own: list[bool] | None = None) -> Outcome:
    before = np.zeros((len(gains), 2))
    keys = tuple(("law", f"第{n // 2}条") for n in range(len(gains)))
    return Outcome(Adapter(np.eye(2, dtype=np.float32), {}), 100, np.array(own or [False] * len(gains)), before, before + np.array(gains)[:, None], keys)


def test_only_a_gain_on_the_office_s_own_questions_beyond_chance_is_a_gain():
    own = [n < 60 for n in range(100)]
    assert outcome([1, 0] * 50, own).gains
    assert not outcome([1, -1, 0, 0] * 25, own).gains
    assert not outcome([0] * 100, own).gains
    assert not outcome([1] * 100).gains
    assert not outcome([1] * 100, [n < 20 for n in range(100)]).gains
    assert not outcome([-1.0] * 60 + [1.0] * 40, own).gains


def test_too_few_questions_are_refused(lantern_library, tmp_path):
    with pytest.raises(BadAdapter, match=r"学习用的问题只有 \d+ 个"):
        learn(lantern_library, tmp_path, lantern.TokenHashes())


def test_pairs_of_the_office_are_read(lantern_library, tmp_path):
    file = tmp_path / "问答.jsonl"
    rows = [{"question": "天黑还开船吗", "articles": ["渡船规则 第八条"]}, {"question": "灯和油", "articles": ["《花灯会登记办法》第三条", "花灯办法4条"]}]
    file.write_text("\n\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    first, second = training.read_pairs(file, lantern_library)
    assert (first.text, first.articles, first.own) == ("天黑还开船吗", {(lantern.FERRY, "第八条")}, True)
    assert second.articles == {(lantern.LAW, "第三条"), (lantern.LAW, "第四条")}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"question": "问"}', "第 2 行不是"),
        ("[1", "第 2 行不是"),
        ('{"question": "问", "articles": ["渡船规则 第九十条"]}', "第 2 行：“渡船规则 第九十条”在本库里找不到"),
        ('{"question": "问", "articles": ["天书 第一条"]}', "“天书 第一条”在本库里找不到"),
        ('{"question": " ", "articles": ["渡船规则 第八条"]}', "第 2 行的问题或条文是空的"),
        ('{"question": "问", "articles": []}', "第 2 行的问题或条文是空的"),
    ],
)
def test_a_pair_that_cannot_be_used_is_named(lantern_library, tmp_path, line, said):
    file = tmp_path / "问答.jsonl"
    file.write_text('{"question": "天黑还开船吗", "articles": ["渡船规则 第八条"]}\n' + line, encoding="utf-8")
    with pytest.raises(BadAdapter, match=said):
        training.read_pairs(file, lantern_library)
    with pytest.raises(BadAdapter, match="读不出来"):
        training.read_pairs(tmp_path / "无", lantern_library)


def test_a_home_s_adapter_goes_into_the_release_and_ranks_alone(tmp_path):
    home = tmp_path / "home"
    plain, _ = build(home, Twisted(), knowledge=lantern.knowledge())
    askew = Adapter(ASKEW, {"embedder": "twisted"})
    training.keep(home, askew)
    release, made = build(home, Twisted(), knowledge=lantern.knowledge())
    assert made
    assert NAME in release.manifest["files"]
    assert build(home, Twisted(), knowledge=lantern.knowledge())[1] is False
    question = "渡船每年春天上一遍桐油"
    before, after = (Search(one, Twisted()).search(question, NOW, top=50) for one in (plain, release))
    assert {hit.address: hit.cosine for hit in before} == {hit.address: hit.cosine for hit in after}
    assert {hit.address: hit.score for hit in before} != {hit.address: hit.score for hit in after}
    (home / NAME).unlink()
    assert build(home, Twisted(), knowledge=lantern.knowledge())[0].id == plain.id


def test_an_adapter_that_does_not_fit_is_left_out_and_why_is_said(tmp_path):
    training.keep(tmp_path, Adapter(np.eye(DIMENSION, dtype=np.float32), {"embedder": "twisted"}))
    assert kept(tmp_path, lantern.TokenHashes())[1].startswith("问题侧的学习结果是为 twisted 学的，现在的向量是 token-hashes 算的，没有使用")
    training.keep(tmp_path, Adapter(np.eye(3, dtype=np.float32), {"embedder": "token-hashes"}))
    assert kept(tmp_path, lantern.TokenHashes()) == (b"", f"问题侧的学习结果是 3 维，现在的向量是 {DIMENSION} 维，没有使用；请运行 shezu index train 重新学习")
    (tmp_path / NAME).write_bytes(b"PK\x03\x04 cut")
    assert "读不出来" in kept(tmp_path, lantern.TokenHashes())[1]
    assert "不计算向量" in kept(tmp_path, None)[1]


def test_a_release_s_adapter_of_another_embedder_is_not_used(lantern_home, tmp_path):
    release = Release(tmp_path, current(lantern_home).manifest)
    for path in current(lantern_home).folder.iterdir():
        (tmp_path / path.name).symlink_to(path)
    training.keep(tmp_path, Adapter(ASKEW, {"embedder": "twisted"}))
    question = "渡船每年春天上一遍桐油"
    plain = Search(current(lantern_home), lantern.TokenHashes()).search(question, NOW)
    assert Search(release, lantern.TokenHashes()).search(question, NOW) == plain
    training.keep(tmp_path, Adapter(ASKEW, {"embedder": "token-hashes"}))
    assert Search(release, lantern.TokenHashes()).search(question, NOW) != plain


def test_the_command_tells_the_figures_and_keeps_what_gains(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SHEZU_HOME", str(tmp_path))
    monkeypatch.setattr("index.embed.load", lambda *args, **kwargs: Twisted())
    monkeypatch.setattr("corpus.library.shipped_knowledge", many)
    pairs = tmp_path / "问答.jsonl"
    rows = [{"question": ask, "articles": [f"渡船规则 {d.article}"]} for d in Library(many()).digests if d.law == lantern.FERRY for ask in d.asks[1:2]]
    pairs.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    told = r" \d+ 个 recall@5：学之前 0\.\d{3}，学之后 [01]\.\d{3}，差 \+0\.\d{3}（95% 区间 \+0"
    assert main(["index", "train", "--pairs", str(pairs)]) == 0
    said = capsys.readouterr().out
    assert re.search("要点的问题" + told, said)
    assert re.search("本单位的问题" + told, said)
    assert f"已写入 {tmp_path / NAME}" in said
    (tmp_path / NAME).unlink()
    assert main(["index", "train"]) == 0
    assert "没有写下" in capsys.readouterr().out
    assert not (tmp_path / NAME).exists()
    assert main(["index", "train", "--keep-anyway"]) == 0
    assert (tmp_path / NAME).exists()
    monkeypatch.setattr("index.embed.load", lambda *args, **kwargs: None)
    assert main(["index", "train"]) == 1
