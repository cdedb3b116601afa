"""`shezu eval stard`: real lay questions over 58,531 articles of national law (STARD, MIT licence), through the product's own index and search.

The laws are put into a home of their own as imported texts, a release is built of them as of any other, and each question is searched.
Nothing of the data set is kept in the repository. A run that was stopped goes on where it was: vectors are kept as they are made.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import resource
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from corpus.article import Article, Edition, Law, Text
from corpus.intake import Held, Texts
from evals import measures
from evals.bench import spread
from evals.case import Case
from evals.run import RUNS, revision
from evals.tuning import WEIGHT, Laws, Pairs, train
from index import embed
from index.adapter import Adapter
from index.release import Release, build
from index.search import Search

Address = tuple[str, str]
DAY = "2000-01-01"
ON = date(2026, 11, 23)
DEPTHS = (1, 5, 10, 20, 100)
TIMED = 7
REORDERED = 300
EMPTY: dict[str, dict[str, Any]] = {"catalog": {}, "digests": {}, "guides": {}}


def articles(folder: Path) -> list[dict[str, str]]:
    """Every article of the data set: title, article, chapter and text."""
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def questions(folder: Path) -> list[Case]:
    """Every question with its gold articles; those whose gold belongs to the train part are `dev`, the unseen ones `test`."""
    rows = [json.loads(line) for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()]
    gold = {row["id"]: tuple(tuple((g["title"], g["article"]) for g in group) for group in row["gold"]) for row in rows}
    unseen = unseen_questions({name: [address for group in groups for address in group] for name, groups in gold.items()})
    return [Case(row["id"], "stard", "test" if row["id"] in unseen else "dev", tuple(row["turns"]), "answered", gold[row["id"]]) for row in rows]


def unseen_questions(gold: Mapping[str, Sequence[Address]]) -> set[str]:
    """A third of the questions, chosen by hash so that no gold article is shared with the rest."""
    return {name for name, group in linked(gold).items() if zlib.crc32(group.encode()) % 3 == 0}


def linked(gold: Mapping[str, Sequence[Address]]) -> dict[str, str]:
    """The group of each question: those linked by an article, however many steps away, are in one."""
    owner: dict[Address, str] = {}
    group: dict[str, str] = {name: name for name in gold}

    def root(name: str) -> str:
        while group[name] != name:
            name = group[name]
        return name

    for name in sorted(gold):
        for address in gold[name]:
            first = owner.setdefault(address, name)
            group[root(name)] = root(first)
    return {name: root(name) for name in gold}


def put_into(home: Path, rows: Iterable[Mapping[str, str]]) -> int:
    """Write the laws as imported texts of a home; returns how many laws. Titles are unique in the data set."""
    texts = Texts(home / "texts")
    laws = list(_laws(rows))
    for held in laws:
        if not texts.path(held.law, held.edition.date).exists():
            texts.write(held)
    return len(laws)


def _laws(rows: Iterable[Mapping[str, str]]) -> Iterator[Held]:
    by_title: dict[str, list[Article]] = {}
    for row in rows:
        headings = tuple(heading for heading in row["chapter"].split(" > ") if heading)
        by_title.setdefault(row["title"], []).append(Article(row["article"], row["text"], headings))
    edition = Edition(DAY, date.fromisoformat(DAY), text="held")
    for number, (title, found) in enumerate(by_title.items()):
        slug = f"law-{number:04d}"
        law = Law(slug, title, "法律", (edition,))
        yield Held(slug, edition, Text(title, "", tuple(found), "", "articles"), "", "STARD", law)


def scores(case: Case, ranked: Sequence[Address]) -> dict[str, float]:
    """recall@k, MRR@10 and nDCG@10 of one question."""
    found = {f"recall@{k}": measures.recall_at(case, ranked, k) for k in DEPTHS}
    return found | {"mrr@10": measures.reciprocal_rank(case, ranked), "ndcg@10": measures.ndcg(case, ranked)}


Found = list[tuple[Case, dict[str, float]]]
Bar = Callable[[Iterable[Case], str], Iterable[Case]]


def command(home: Path, data: Path, choice: embed.Choice, say: Callable[[str], None], bar: Bar, *, unseen: bool = False) -> dict[str, Any]:
    """Build, search by words alone, untuned, and with what the train part teaches; what was measured is kept under evals/runs.

    With `unseen`, only the questions whose articles the train part does not hold are asked.
    """
    rows, cases = articles(data), questions(data)
    train_part = [case for case in cases if case.split == "dev"]
    laws = put_into(home, rows)
    say(f"{len(rows)} 条，{laws} 部；{len(cases)} 问，其中 {sum(case.split == 'test' for case in cases)} 问的依据在训练部分没有出现")
    cases = [case for case in cases if case.split == "test"] if unseen else cases
    embedder = embed.load(choice)
    started = time.perf_counter(), time.process_time()
    release, made = build(home, embedder, _say_steps(say), EMPTY)
    seconds = time.perf_counter() - started[0], time.process_time() - started[1]
    found: dict[str, Any] = {"about": _about(release, data), "articles": len(rows)}
    if made:
        found["build"] = {"seconds": round(seconds[0], 1), "cpu_seconds": round(seconds[1], 1), "articles_per_second": round(len(rows) / seconds[0], 1)}
    found |= {"words": table(ranked(Search(release, embed.Choice("none")), cases, bar, "关键词"))}
    if embedder is not None:
        search = Search(release, embed.load(choice, threads=1) or choice)
        untuned = ranked(search, cases, bar, "混合")
        found |= {"untuned": table(untuned), "ms": times(search, cases, bar)}
        found |= tuned(release, embedder, untuned, train_part, bar)
    found["rss_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    RUNS.mkdir(exist_ok=True)
    (RUNS / f"stard-{release.id}.json").write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    return found


def tuned(release: Release, embedder: embed.Embedder, untuned: Found, learned_from: Sequence[Case], bar: Bar) -> dict[str, Any]:
    """What the train part teaches: a matrix on the question's vector, and with it more weight for meaning and the law that like questions
    belong to; and what both together gain on unseen questions."""
    cases = [case for case, _ in untuned]
    matrix = Adapter(train(Pairs.of(release, learned_from), embedder), {})
    laws = Laws.of(learned_from, embedder)
    turned = ranked(Search(release, embedder, adapter=matrix), cases, bar, "调过的向量")
    after = ranked(Search(release, embedder, adapter=matrix, weight=WEIGHT), cases, bar, "调过的", laws)
    gains = {measure: gain(untuned, after, measure) for measure in ("recall@10", "recall@20", "recall@100")}
    return {"matrix": table(turned), "tuned": table(after), "gain": gains}


def gain(before: Found, after: Found, measure: str) -> dict[str, float]:
    """Mean difference over the unseen questions, with its 95 % interval by resampling questions."""
    pairs = zip(before, after, strict=True)
    differences = [new[measure] - old[measure] for (case, old), (_, new) in pairs if case.split == "test"]
    low, high = measures.bootstrap(differences)
    return {"mean": round(measures.mean(differences), 4), "low": round(low, 4), "high": round(high, 4)}


def ranked(search: Search, cases: Sequence[Case], bar: Bar, what: str, laws: Laws | None = None) -> Found:
    """Search for every question and score it; with `laws`, what is found is put in order by likely law too."""
    found = []
    for case in bar(cases, what):
        hits = search.search(case.turns[-1], ON, top=REORDERED if laws else max(DEPTHS))
        hits = laws.reordered(case.turns[-1], hits) if laws else hits
        found.append((case, scores(case, [(hit.title, hit.address.article) for hit in hits])))
    return found


def table(found: Found) -> dict[str, dict[str, float]]:
    """Means over all questions, those of the train part, and those whose articles the train part does not hold."""
    parts = {"all": found, "train": [row for row in found if row[0].split == "dev"], "unseen": [row for row in found if row[0].split == "test"]}
    return {name: {"questions": float(len(part))} | _means([row for _, row in part]) for name, part in parts.items()}


def _means(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {key: round(measures.mean([row[key] for row in rows]), 4) for key in rows[0]} if rows else {}


def times(search: Search, cases: Sequence[Case], bar: Bar) -> dict[str, dict[str, float]]:
    """Milliseconds of a whole search, of embedding its question, and of everything else in it, over every seventh question; none is remembered."""
    whole, embedding, rest = [], [], []
    for case in bar(cases[::TIMED], "用时"):
        question = case.turns[-1]
        embedding.append(search.embedding_ms(question))
        started = time.perf_counter()
        search.search(question, ON, top=20)
        rest.append((time.perf_counter() - started) * 1000)
        search.forget()
        started = time.perf_counter()
        search.search(question, ON, top=20)
        whole.append((time.perf_counter() - started) * 1000)
    return {"search": spread(whole), "embedding": spread(embedding), "all_but_embedding": spread(rest)}


def _about(release: Release, data: Path) -> dict[str, str]:
    hashes = {name: hashlib.sha256((data / name).read_bytes()).hexdigest() for name in ("articles.jsonl.gz", "queries.jsonl")}
    return {"release": release.id, "fingerprint": release.manifest["fingerprint"], "embedder": release.manifest["embedder"], "revision": revision()} | hashes


def _say_steps(say: Callable[[str], None]) -> Callable[[str, int, int], None]:
    """Progress said at each tenth of a step."""
    said: set[tuple[str, int]] = set()

    def progress(what: str, done: int, total: int) -> None:
        tenth = 10 * done // max(total, 1)
        if (what, tenth) not in said:
            said.add((what, tenth))
            say(f"{what} {done}/{total}")

    return progress
