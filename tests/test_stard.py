"""The benchmark over a data set of a dozen invented articles, in STARD's files."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import lantern
import numpy as np
import pytest

from evals import stard
from evals.tuning import Tuned, fitted, train, turned
from index.embed import Choice
from index.release import build
from index.search import Search

ROWS = [
    {"title": "灯油法", "article": "第一条", "chapter": "第一编 总则 > 第一章 灯油", "text": "灯油要清，盛在陶罐里。"},
    {"title": "灯油法", "article": "第二条", "chapter": "", "text": "灯芯每月剪一次。"},
    {"title": "渡船法", "article": "第一条", "chapter": "第一章 行船", "text": "渡船天黑以后停航。"},
    {"title": "渡船法", "article": "第二条", "chapter": "第一章 行船", "text": "船底每年上一遍桐油。"},
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stard")
    with gzip.open(folder / "articles.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS)
    asked = [("S1", "陶罐里的灯油", ROWS[0]), ("S2", "灯芯多久剪", ROWS[1]), ("S3", "天黑还开船吗", ROWS[2]), ("S4", "桐油上几遍", ROWS[3])]
    lines = [{"id": name, "turns": [text], "gold": [[{"title": row["title"], "article": row["article"]}]]} for name, text, row in asked]
    (folder / "queries.jsonl").write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines), encoding="utf-8")
    return folder


def test_questions_that_share_an_article_stay_on_one_side():
    gold = {f"q{n}": [("法", f"第{n}条"), ("法", f"第{n + 1}条")] if n % 5 else [("法", f"第{n}条")] for n in range(200)}
    unseen = stard.unseen_questions(gold)
    seen = {address for name in gold.keys() - unseen for address in gold[name]}
    assert 0 < len(unseen) < len(gold)
    assert not seen & {address for name in unseen for address in gold[name]}
    assert unseen == stard.unseen_questions(dict(reversed(gold.items())))


def test_laws_become_texts_and_are_found_by_title_and_article(data, tmp_path):
    assert stard.put_into(tmp_path, stard.articles(data)) == 2
    release, _ = build(tmp_path, lantern.TokenHashes(), knowledge=stard.EMPTY)
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


def test_training_turns_questions_towards_their_articles(data, tmp_path):
    chance = np.random.default_rng(3)
    articles = chance.standard_normal((80, 8)).astype(np.float32)
    articles /= np.linalg.norm(articles, axis=1, keepdims=True)
    turn, _ = np.linalg.qr(chance.standard_normal((8, 8)) * 0.35 + np.eye(8))
    questions = (articles @ turn).astype(np.float32)
    matrix = fitted(questions[:60], articles, [[n] for n in range(60)])
    before = np.diag(questions[60:] @ articles[60:].T).mean()
    assert np.diag(turned(questions[60:], matrix) @ articles[60:].T).mean() > before + 0.02


def test_only_the_train_part_is_learned_from(data, tmp_path):
    stard.put_into(tmp_path, stard.articles(data))
    release, _ = build(tmp_path, lantern.TokenHashes(), knowledge=stard.EMPTY)
    cases = stard.questions(data)
    asked = []

    class Watched(lantern.TokenHashes):
        def questions(self, texts):
            asked.extend(texts)
            return super().questions(texts)

    matrix = train(release, Watched(), cases)
    assert asked == [case.turns[-1] for case in cases if case.split == "dev"]
    tuned = Tuned(lantern.TokenHashes(), matrix)
    assert np.linalg.norm(tuned.questions(["灯油"]), axis=1) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(tuned.passages(["灯油"]), lantern.TokenHashes().passages(["灯油"]))
