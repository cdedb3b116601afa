"""The benchmark over a data set of a dozen invented articles, in STARD's files."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import lantern
import numpy as np
import pytest

from corpus.article import Address
from evals import folds, stard
from evals.case import Case
from evals.tuning import Laws, Pairs, fitted, train
from index.adapter import Adapter
from index.embed import Choice
from index.release import Release, build
from index.search import Hit, Search

ROWS = [
    {"title": "灯油法", "article": "第一条", "chapter": "第一编 总则 > 第一章 灯油", "text": "灯油要清，盛在陶罐里。"},
    {"title": "灯油法", "article": "第二条", "chapter": "", "text": "灯芯每月剪一次。"},
    {"title": "渡船法", "article": "第一条", "chapter": "第一章 行船", "text": "渡船天黑以后停航。"},
    {"title": "渡船法", "article": "第二条", "chapter": "第一章 行船", "text": "船底每年上一遍桐油。"},
]


LEVEL = [("oil", "灯油法", 0.501), ("ferry", "渡船法", 0.5), ("well", "井法", 0.5), ("bridge", "桥法", 0.8)]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stard")
    with gzip.open(folder / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
    asked = [("S1", "陶罐里的灯油", ROWS[0]), ("S2", "灯芯多久剪", ROWS[1]), ("S3", "天黑还开船吗", ROWS[2]), ("S4", "桐油上几遍", ROWS[3])]
    lines = [{"id": name, "turns": [text], "gold": [[{"title": row["title"], "article": row["article"]}]]} for name, text, row in asked]
    (folder / "queries.jsonl").write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def release(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Release:
    home = tmp_path_factory.mktemp("home")
    assert stard.put_into(home, stard.articles(data)) == 2
    return build(home, lantern.TokenHashes(), knowledge=stard.EMPTY)[0]


def test_questions_that_share_an_article_stay_on_one_side():
    gold = {f"q{n}": [("法", f"第{n}条"), ("法", f"第{n + 1}条")] if n % 5 else [("法", f"第{n}条")] for n in range(200)}
    unseen = stard.unseen_questions(gold)
    seen = {address for name in gold.keys() - unseen for address in gold[name]}
    assert 0 < len(unseen) < len(gold)
    assert not seen & {address for name in unseen for address in gold[name]}
    assert unseen == stard.unseen_questions(dict(reversed(gold.items())))


def test_laws_become_texts_and_are_found_by_title_and_article(data, release):
    assert release.manifest["units"] == release.manifest["passages"] == len(ROWS)
    cases = stard.questions(data)
    search = Search(release, lantern.TokenHashes())
    found = stard.ranked(search, cases, lambda rows, what: rows, "")
    assert [row["recall@1"] for _, row in found] == [1, 1, 1, 1]
    table = stard.table(found)
    assert table["all"]["questions"] == 4 == table["train"]["questions"] + table["unseen"]["questions"]
    assert table["all"]["ndcg@10"] == 1
    assert search.search("陶罐里的灯油", stard.ON, top=1)[0].address.article == "第一条"


def test_whole_command_measures_and_keeps(data, tmp_path, monkeypatch):
    monkeypatch.setattr(stard, "RUNS", tmp_path / "runs")
    found = stard.command(tmp_path / "home", data, Choice("none"), lambda line: None, lambda rows, what: rows)
    assert found["words"]["all"]["recall@5"] == 1
    assert "untuned" not in found
    (kept,) = (tmp_path / "runs").glob("stard-*.json")
    assert json.loads(kept.read_text(encoding="utf-8")) == found
    assert len(found["about"]["articles.jsonl.gz"]) == 64


def test_what_the_train_part_teaches_and_what_it_gains_is_told(data, release):
    cases = stard.questions(data)
    embedder = lantern.TokenHashes()
    untuned = stard.ranked(Search(release, embedder), cases, lambda rows, what: rows, "")
    found = stard.tuned(release, embedder, untuned, [case for case in cases if case.split == "dev"], lambda rows, what: rows)
    assert found["matrix"]["all"]["questions"] == found["tuned"]["all"]["questions"] == 4
    assert found["gain"].keys() == {"recall@10", "recall@20", "recall@100"}
    within = folds.measured(release, embedder, cases)
    assert {len(rows) for rows in within.values()} == {4}
    assert len(within) == 1 + 2 * len(folds.WEIGHTS)


def test_laws_are_likely_as_those_of_like_questions():
    cases = [
        Case("q1", "stard", "dev", ("灯油要清吗",), "answered", ((("灯油法", "第一条"), ("渡船法", "第二条")),)),
        Case("q2", "stard", "dev", ("渡船几点停航",), "answered", ((("渡船法", "第一条"),),)),
    ]
    laws = Laws.of(cases, lantern.TokenHashes())
    likely = laws.likely("渡船天黑停航吗")
    assert sum(likely.values()) == pytest.approx(1)
    assert likely["渡船法"] > 0.9 > laws.likely("灯油清不清")["渡船法"]
    hits = [Hit("article", Address(slug, "2000-01-01", "第一条"), title, "", score, score) for slug, title, score in LEVEL]
    assert [hit.title for hit in laws.reordered("渡船天黑停航吗", hits)] == ["桥法", "渡船法", "灯油法", "井法"]


def test_gain_is_of_the_unseen_questions_alone():
    cases = [Case(f"q{n}", "stard", split, ("问",), "answered", ()) for n, split in enumerate(["dev", "test", "test", "test"])]
    before = [(case, {"recall@20": 0.5}) for case in cases]
    after = [(case, {"recall@20": value}) for case, value in zip(cases, (0.0, 0.6, 0.7, 0.8), strict=True)]
    found = stard.gain(before, after, "recall@20")
    assert found["mean"] == pytest.approx(0.2)
    assert 0.1 <= found["low"] <= 0.2 <= found["high"] <= 0.3


def test_training_turns_questions_towards_their_articles(data, tmp_path):
    chance = np.random.default_rng(3)
    articles = chance.standard_normal((80, 8)).astype(np.float32)
    articles /= np.linalg.norm(articles, axis=1, keepdims=True)
    turn, _ = np.linalg.qr(chance.standard_normal((8, 8)) * 0.35 + np.eye(8))
    questions = (articles @ turn).astype(np.float32)
    matrix = fitted(questions[:60], articles, [[n] for n in range(60)])
    before = np.diag(questions[60:] @ articles[60:].T).mean()
    assert np.diag(Adapter(matrix, {}).turned(questions[60:]) @ articles[60:].T).mean() > before + 0.02


def test_only_the_train_part_is_learned_from(data, release):
    cases = stard.questions(data)
    asked = []

    class Watched(lantern.TokenHashes):
        def questions(self, texts):
            asked.extend(texts)
            return super().questions(texts)

    train(Pairs.of(release, cases), Watched())
    assert asked == [case.turns[-1] for case in cases if case.split == "dev"]
