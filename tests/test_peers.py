"""The comparison with other systems: which articles a piece of text holds, how a row is scored, and the table with its ratios."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from evals.case import Case
from evals.peers import bench, pieces, runner
from evals.peers.pieces import Item, Law

LAWS = [
    Law("甲法", "中华人民共和国甲法", (("第一条", "短"), ("第二条", "第二条要有五十个以上的会员和三万元以上的资金。"), ("第三条", "每年报送报告。"))),
    Law("乙法", "乙法", (("第一条", "别的事。"),)),
]
CASES = [
    Case("a", "retrieval", "dev", ("要多少会员？",), "answered", ((("甲法", "第二条"),),)),
    Case("b", "retrieval", "dev", ("报告什么时候交？",), "answered", ((("甲法", "第三条"),), (("乙法", "第一条"),))),
]


def test_the_spans_are_where_the_articles_stand() -> None:
    law = LAWS[0]
    for (start, end, label), (known, text) in zip(law.spans(), law.articles, strict=True):
        assert label == known
        assert law.text[start:end].endswith(text)
        assert law.text[start:end].count(label) == 1


def test_a_piece_holds_the_articles_it_has_half_of() -> None:
    law = LAWS[0]
    first, second, third = law.spans()
    assert law.inside(first[0], third[1]) == (("甲法", "第一条"), ("甲法", "第二条"), ("甲法", "第三条"))
    assert law.inside(second[0], second[0] + 5) == (("甲法", "第二条"),)
    assert law.inside(second[1] - 3, third[1]) == (("甲法", "第三条"),)


def test_the_corpus_comes_back_as_it_was_written(tmp_path: Path) -> None:
    pieces.write_laws(tmp_path / "laws.jsonl", LAWS)
    assert pieces.read_laws(tmp_path / "laws.jsonl") == LAWS
    assert len(list(pieces.paragraphs(LAWS))) == 4


class Words:
    """A peer that finds the articles sharing most characters with the question."""

    name = "字面"

    def prepare(self, folder: Path) -> None:
        assert folder.is_dir()

    def build(self, laws: list[Law], folder: Path) -> int:
        self.known = list(pieces.paragraphs(laws))
        return len(self.known)

    def search(self, question: str, top: int) -> list[Item]:
        ranked = sorted(self.known, key=lambda row: -len(set(question) & set(row[1])))
        return [Item((address,), len(text)) for address, text in ranked[:top]]


def answers_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    pieces.write_laws(tmp_path / "laws.jsonl", LAWS)
    (tmp_path / "q.jsonl").write_text("".join(json.dumps({"id": case.id, "question": case.turns[-1]}) + "\n" for case in CASES), encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["x", str(tmp_path / "laws.jsonl"), str(tmp_path / "q.jsonl"), str(tmp_path / "out.json")])
    assert runner.main(Words()) == 0
    found: dict[str, Any] = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    return found


def test_a_run_is_scored_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = answers_of(tmp_path, monkeypatch)
    assert found["indexed"] == 4
    assert {answer["id"] for answer in found["answers"]} == {"a", "b"}
    row = bench.scored(found, CASES)
    assert row["recall@5"] == row["items@5"] == 1
    assert row["mrr"] == 1
    assert row["rss_mb"] > 0


def test_articles_of_one_item_are_ranked_in_order_and_counted_once() -> None:
    items = [{"addresses": [["甲法", "第一条"], ["甲法", "第二条"]], "characters": 9}, {"addresses": [["甲法", "第二条"]], "characters": 4}]
    found = {"name": "x", "indexed": 2, "index_s": 1.0, "index_cpu_s": 1.0, "rss_mb": 1.0, "answers": [{"id": "a", "ms": 2.0, "cpu_ms": 1.0, "items": items}]}
    row = bench.scored(found, CASES[:1])
    assert row["mrr"] == 0.5
    assert row["characters@5"] == 13


def test_only_questions_that_the_corpus_can_answer_are_asked() -> None:
    dated = Case("c", "retrieval", "dev", ("?",), "answered", CASES[0].gold, date="2020-01-01")
    elsewhere = Case("d", "retrieval", "dev", ("?",), "answered", ((("丁法", "第一条"),),))
    assert bench.answerable([*CASES, dated, elsewhere], LAWS) == CASES
    assert bench.needed(LAWS, CASES[:1]) == LAWS[:1]
    assert bench.needed(LAWS, CASES) == LAWS
    assert bench.needed(LAWS, CASES, most=3) == LAWS[:1]


def test_the_table_has_ratios_to_the_first_row_and_names_what_failed() -> None:
    row = dict.fromkeys([key for key, _, _ in bench.COLUMNS], 2.0) | {"name": "我们", "indexed": 4}
    text = bench.markdown("题", [row, {**row, "name": "他们", "p50_ms": 5.0}, {"name": "坏的", "failed": "no module"}], {"题": 2})
    assert "| 我们 | 4 | 2.000（×1.00）" in text
    assert "5.0（×2.50）" in text
    assert "坏的 | 没能运行：no module" in text


def test_a_peer_that_cannot_run_says_why(tmp_path: Path) -> None:
    found = bench.run_peer("nowhere", Path(sys.executable), tmp_path)
    assert "nowhere" in found["failed"]
    assert bench.scored(found, CASES) == found


def test_the_official_texts_are_taken_in_the_edition_of_the_day(official_texts: Path) -> None:
    laws = {law.title: law for law in bench.official_laws(official_texts)}
    assert len(laws) > 120
    assert dict(laws["慈善法"].articles)["第二十二条"].count("满一年") == 1
    assert laws["慈善法"].official.endswith("慈善法")


def test_shezu_itself_runs_over_any_laws(tmp_path: Path) -> None:
    """A law that the catalog does not know gets an entry; one that it knows keeps its own."""
    from corpus.catalog import load_catalog
    from corpus.intake import Texts
    from corpus.library import Library, shipped_knowledge
    from evals.peers.shezu import keep

    known = Law("慈善法", "中华人民共和国慈善法", (("第一条", "甲"),))
    keep([known, *LAWS], Texts(tmp_path), load_catalog())
    library = Library({**shipped_knowledge(), "digests": {}, "guides": {}}, tmp_path)
    assert sorted(entry.law.title for entry in library.entries()) == ["乙法", "慈善法", "甲法", "甲法", "甲法"]


def test_a_sample_of_stard_keeps_whole_laws_and_questions_they_answer(tmp_path: Path) -> None:
    rows = [{"title": f"法{n}", "article": f"第{m}条", "chapter": "", "text": "文"} for n in range(6) for m in range(4)]
    with gzip.open(tmp_path / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    asked = [{"id": f"S{n}", "turns": ["问？"], "gold": [[{"title": f"法{n}", "article": "第1条"}]]} for n in range(6)]
    (tmp_path / "queries.jsonl").write_text("".join(json.dumps(row) + "\n" for row in asked), encoding="utf-8")
    laws, cases = bench.stard(tmp_path, 8)
    assert len(laws) == len(cases) == 2
    assert all(len(law.articles) == 4 for law in laws)
    assert {case.gold[0][0][0] for case in cases} == {law.title for law in laws}
    assert bench.stard(tmp_path, 8) == (laws, cases)
    assert [len(part) for part in bench.stard(tmp_path, 0)] == [6, 6]
