"""The evaluation cases themselves: schema, splits, gold articles and figures in the official texts, and wording of their own."""

from __future__ import annotations

import ast
import json
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from corpus.catalog import Catalog, load_catalog
from corpus.digest import MATTERS, TYPES, load_digests
from corpus.guide import load_guides
from corpus.intake import Texts, files_in, import_files
from corpus.timeline import in_force
from evals.case import CASES, EXPECTED, SPLITS, BadCase, case_from, load
from evals.measures import normalise, present
from evals.run import TODAY
from index.intent import exemplars

STYLES = {"textbook", "everyday", "keyword", "clerk", "typo", "traditional", "pinyin", "dialect", "long", "english"}
AUDIENCES = {"applicant", "staff", "public", "clerk", "donor", "volunteer", "journalist"}
FIELDS = {"id", "set", "split", "matter", "type", "style", "audience", "turns", "expect", "gold", "nuggets", "source", "author", "written"}
TOOL_SETS = {"name", "deadline", "eligibility"}  # judged by a tool's verdict, not by nuggets
NUMBER = re.compile(r"\d+(?:\.\d+)?")
SIZES = {
    "retrieval": 300,
    "answer": 300,
    "dialogue": 60,
    "premise": 60,
    "temporal": 80,
    "clarify": 40,
    "refuse": 150,
    "hostile": 100,
    "personal": 60,
    "name": 150,
    "deadline": 80,
    "checklist": 52,
    "eligibility": 30,
    "plan": 50,
    "regional": 30,
    "comparison": 40,
    "calculation": 40,
}
PAIRS = 40
SHORTEST_QUESTION = 8
LONGEST_SHARED_RUN = 21
LEAST_LIKENESS = 0.8
UNFIT_RAW = re.compile("[\x7f-\x9f\u00ad\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")

Row = dict[str, Any]
ArticleTexts = dict[str, dict[str, dict[str, str]]]


def rows() -> Iterator[tuple[str, Row]]:
    """Every case as written, with the place it stands in."""
    for path in sorted(CASES.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if line.strip():
                yield f"{path.name} 第 {number} 行", json.loads(line)


ROWS = list(rows())


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="module")
def texts(official_texts: Path, tmp_path_factory: pytest.TempPathFactory) -> ArticleTexts:
    """Title → edition → article label → text of everything imported."""
    catalog, store = load_catalog(), Texts(tmp_path_factory.mktemp("texts"))
    reports = import_files(files_in([official_texts]), store, catalog)
    assert not [report for report in reports if report.failed]
    found: ArticleTexts = {}
    for held in store:
        law = catalog.find(held.law) or held.entry
        assert law
        found.setdefault(law.title, {})[held.edition.date] = {article.label: article.text for article in held.text.articles}
    return found


def test_all_cases_load_with_unique_ids() -> None:
    assert len({case.id for case in load()}) == len(ROWS)


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    line = json.dumps(ROWS[0][1])
    (tmp_path / "twice.jsonl").write_text(f"{line}\n{line}\n", encoding="utf-8")
    with pytest.raises(BadCase, match="重复"):
        load(tmp_path)


def faults(row: Row) -> Iterator[str]:
    """What is wrong with the form of a case."""
    yield from (f"缺 {field}" for field in sorted(FIELDS - row.keys()))
    known: dict[str, set[str]] = {"split": set(SPLITS), "expect": set(EXPECTED), "style": STYLES, "audience": AUDIENCES}
    if row["gold"] and row["set"] not in TOOL_SETS:
        known |= {"matter": set(MATTERS), "type": set(TYPES)}
    yield from (f"{field} 不认识“{row[field]}”" for field, values in known.items() if row[field] not in values)
    if not row["turns"] or not all(isinstance(turn, str) and turn.strip() for turn in row["turns"]):
        yield "turns 有空的"
    if row["set"] not in TOOL_SETS:
        yield from expectation_faults(row)
    for field in ("date", "edition", "written"):
        if row.get(field):
            date.fromisoformat(row[field])
    for secret in row.get("secrets") or ():
        if not any(secret in turn or secret in re.sub(r"[\s-]", "", turn) for turn in row["turns"]):
            yield f"secrets 里的“{secret}”不在问题里"


def expectation_faults(row: Row) -> Iterator[str]:
    """What does not fit together in what a case expects."""
    answered = row["expect"] == "answered"
    if answered != bool(row["gold"]):
        yield "expect 与 gold 不一致"
    if row["nuggets"] and not answered:
        yield "不该回答的题有 nuggets"
    if answered and row["set"] != "retrieval" and not any(nugget["vital"] for nugget in row["nuggets"]):
        yield "没有 vital nugget"
    if not all(nugget["fact"] and nugget["match"] and all(nugget["match"]) for nugget in row["nuggets"]):
        yield "nugget 缺 fact 或 match"


@pytest.mark.parametrize(("where", "row"), ROWS, ids=[row["id"] for _, row in ROWS])
def test_form(where: str, row: Row) -> None:
    assert not list(faults(row)), where
    assert case_from(row, where).id == row["id"]


def test_hidden_characters_are_written_as_escapes() -> None:
    """Raw, they would break lines (U+2028) or hide from whoever reads the file."""
    for path in CASES.glob("*.jsonl"):
        assert not UNFIT_RAW.search(path.read_text(encoding="utf-8")), path.name


def test_every_dialogue_has_its_last_turn_as_a_question_of_its_own() -> None:
    assert {row["id"] for _, row in ROWS if row.get("whole")} == {row["id"] for _, row in ROWS if row["set"] == "dialogue"}
    for _, row in ROWS:
        if row.get("whole"):
            assert not re.match("那|如果|换成", row["whole"]) and not re.search("呢[？?]$", row["whole"]), row["id"]


def test_a_matter_of_a_law_never_stands_in_both_splits() -> None:
    where: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for _, row in ROWS:
        if row["gold"] and row["set"] not in TOOL_SETS:
            where[row["matter"], row["gold"][0][0]["title"]][row["split"]].append(row["id"])
    mixed = {key: dict(splits) for key, splits in where.items() if len(splits) > 1}
    assert not mixed


def test_a_question_is_asked_once() -> None:
    """The same words may be asked again only of another day or region."""
    seen: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for _, row in ROWS:
        seen[row["set"], tuple(row["turns"]), row.get("date"), row.get("region")].append(row["id"])
    assert not [ids for ids in seen.values() if len(ids) > 1]


def test_gold_laws_are_in_the_catalog(shipped: Catalog) -> None:
    titles = {place["title"] for _, row in ROWS for group in row["gold"] for place in group}
    assert not sorted(title for title in titles if shipped.find(title) is None)


def editions_for(row: Row, title: str, texts: ArticleTexts, catalog: Catalog) -> list[dict[str, str]] | None:
    """The editions in which the gold may stand, or None where the one that counts is not held here."""
    held = texts.get(title, {})
    if row.get("edition") and title == row["gold"][0][0]["title"]:
        return [held[row["edition"]]] if row["edition"] in held else None
    now = in_force(catalog.get(title), TODAY)
    return list(held.values()) if now and now.date in held else None


def gold_texts(row: Row, texts: ArticleTexts, catalog: Catalog) -> list[list[str] | None]:
    """For each gold group the texts of its articles; None for a group with an article whose text nobody here holds."""
    found: list[list[str] | None] = []
    for group in row["gold"]:
        editions = [(place, editions_for(row, place["title"], texts, catalog)) for place in group]
        known = [edition[place["article"]] for place, held in editions for edition in held or () if place["article"] in edition]
        found.append(None if any(held is None for _, held in editions) else known)
    return found


def test_gold_articles_exist(texts: ArticleTexts, shipped: Catalog) -> None:
    lacking = [row["id"] for _, row in ROWS for group in gold_texts(row, texts, shipped) if group == []]
    assert not lacking


def figure_stands(options: list[str], numbers: set[str]) -> bool:
    """Whether one of the options has all its numbers among those given; a group that may also be met without a figure states none."""
    figures = [set(NUMBER.findall(normalise(option))) for option in options]
    return not all(figures) or any(found <= numbers for found in figures)


def test_no_alternative_of_the_gold_is_dead(texts: ArticleTexts, shipped: Catalog) -> None:
    """Each alternative stands in some edition held, or is one of our points on a text that nobody here holds."""
    dead = []
    for _, row in ROWS:
        for place in (place for group in row["gold"] for place in group):
            law = shipped.find(place["title"])
            editions = texts.get(law.title if law else place["title"], {})
            if editions and not place["article"].startswith("要点") and not any(place["article"] in edition for edition in editions.values()):
                dead.append((row["id"], place["title"], place["article"]))
    assert dead == []


def test_gold_figures_stand_in_the_gold_articles(texts: ArticleTexts, shipped: Catalog) -> None:
    wrong = []
    for _, row in ROWS:
        groups = gold_texts(row, texts, shipped)
        if None in groups or row["set"] in TOOL_SETS:
            continue
        numbers = set(NUMBER.findall(normalise("\n".join(text for group in groups for text in group or ()))))
        numbers |= {number for sum_ in row.get("computed") or () for number in NUMBER.findall(sum_["figure"])}
        wrong += [(row["id"], options) for nugget in row["nuggets"] for options in nugget["match"] if not figure_stands(options, numbers)]
    assert not wrong


def workday(year: int, month: int, day: int, count: int) -> date:
    """The last of so many working days after a day, Saturdays and Sundays left out."""
    at = date(year, month, day)
    while count:
        at += timedelta(days=1)
        count -= at.weekday() < 5
    return at


def month(year: int, month: int, day: int, count: int) -> date:
    """The same day so many months on."""
    return date(year + (month - 1 + count) // 12, (month - 1 + count) % 12 + 1, day)


def day(year: int, month: int, day: int, count: int) -> date:
    """So many days after (before, where negative) a day."""
    return date(year, month, day) + timedelta(days=count)


RULES = {"ceil": math.ceil, "floor": math.floor, "workday": workday, "month": month, "day": day}


def worked_out(sum_: str) -> Any:
    """The value of a sum of numbers, + - * / and the rules above; nothing else is let in."""
    tree = ast.parse(sum_, mode="eval")
    allowed = (ast.Expression, ast.BinOp, ast.UnaryOp, ast.USub, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Constant, ast.Call, ast.Name, ast.Load)
    assert all(isinstance(node, allowed) for node in ast.walk(tree)), sum_
    return eval(compile(tree, "sum", "eval"), {"__builtins__": {}}, RULES)


def test_computed_figures_are_right() -> None:
    for _, row in ROWS:
        for sum_ in row.get("computed") or ():
            value = worked_out(sum_["from"])
            if isinstance(value, date):
                assert sum_["figure"] == f"{value.month}月{value.day}日", row["id"]
            else:
                assert math.isclose(float(sum_["figure"]), value), row["id"]


def test_a_case_is_not_failed_by_its_own_facts() -> None:
    """The facts of a case, said together, hold every nugget and nothing forbidden."""
    for _, row in ROWS:
        case = case_from(row, row["id"])
        said = normalise("；".join(nugget.fact for nugget in case.nuggets))
        lost = [nugget.fact for nugget in case.nuggets if row["author"] in ("writer-b", "writer-c") and not present(nugget, said)]
        assert not lost, row["id"]
        assert not [word for word in case.forbidden if normalise(word) in said], row["id"]


def test_no_sentence_of_the_law_is_copied(official_texts: Path) -> None:
    size = LONGEST_SHARED_RUN + 1
    runs: dict[str, str] = {}
    for _, row in ROWS:
        for text in (*row["turns"], row.get("whole") or "", *(nugget["fact"] for nugget in row["nuggets"])):
            squeezed = re.sub(r"\s", "", text)
            runs |= {squeezed[i : i + size]: row["id"] for i in range(len(squeezed) - size + 1)}
    shared = set()
    for path in files_in([official_texts]):
        squeezed = re.sub(r"\s", "", path.read_text(encoding="utf-8"))
        shared |= {runs[run] for i in range(len(squeezed) - size + 1) if (run := squeezed[i : i + size]) in runs}
    assert not shared


def grams(text: str) -> frozenset[str]:
    """The five-character runs of a question, punctuation and white space aside; none for a text without letters."""
    bare = re.sub(r"[\W_]", "", text)
    return frozenset(bare[i : i + 5] for i in range(max(len(bare) - 4, 1)) if bare)


def is_follow_up(row: Row) -> bool:
    """A few words that mean something only after the turns before them (那基金会呢？): everybody says them alike."""
    return len(row["turns"]) > 1 and len(re.sub(r"[\W_]", "", row["turns"][-1])) < SHORTEST_QUESTION


def asked_last(row: Row) -> list[str]:
    """What a case asks in the end: its last turn unless that is a follow-up, and the same asked whole."""
    return [text for text in ("" if is_follow_up(row) else row["turns"][-1], row.get("whole")) if text]


def alike(questions: Iterable[str]) -> list[str]:
    """The cases whose question (or its whole form) shares 5-gram Jaccard of at least 0.8 with one of these."""
    holders: dict[str, list[int]] = defaultdict(list)
    known = [grams(question) for question in questions]
    for index, question in enumerate(known):
        for gram in question:
            holders[gram].append(index)
    found = []
    for _, row in ROWS:
        best = 0.0
        for own in map(grams, asked_last(row)):
            near = {index for gram in own for index in holders.get(gram, ())}
            best = max([best, *(len(own & known[i]) / len(own | known[i]) for i in near)])
        if best >= LEAST_LIKENESS:
            found.append(f"{row['id']}（{row['split']}，{best:.2f}）")
    return found


def test_no_case_shares_its_wording_with_a_digest(shipped: Catalog) -> None:
    same = alike(ask for digest in load_digests(shipped) for ask in digest.asks)
    assert not same, f"与要点的日常问法雷同，请改用例的问法：{'、'.join(same)}"


def test_no_case_shares_its_wording_with_an_exemplar_or_a_guide() -> None:
    """Exemplars train the classifier of utterances, questions of guides are searched: a case must not be one of them."""
    same = alike([*(question for _, question in exemplars()), *(ask for guide in load_guides() for ask in guide.asks)])
    assert not same, f"与意图例句或指南问法雷同，请改用例的问法：{'、'.join(same)}"


def test_the_sets_have_the_sizes_that_were_planned() -> None:
    sizes = Counter(row["set"] for _, row in ROWS)
    assert {task: (sizes[task], least) for task, least in SIZES.items() if sizes[task] < least} == {}


def test_temporal_cases_come_in_pairs() -> None:
    """Each question is asked before and after an amendment: the same matter and law, two editions."""
    rows_of = sorted((row for _, row in ROWS if row["set"] == "temporal"), key=lambda row: row["id"])
    assert len(rows_of) >= 2 * PAIRS
    for before, after in zip(rows_of[::2], rows_of[1::2], strict=True):
        assert before["gold"][0][0]["title"] == after["gold"][0][0]["title"], after["id"]
        assert before["edition"] < after["edition"], after["id"]


def test_every_guide_has_a_checklist_case() -> None:
    asked = {row["guide"] for _, row in ROWS if row["set"] == "checklist"}
    assert {guide.slug for guide in load_guides()} - asked == set()


def test_cases_are_spread_over_types_matters_styles_and_both_splits() -> None:
    answers = [row for _, row in ROWS if row["set"] == "answer"]
    assert {row["style"] for row in answers} >= {"everyday", "keyword", "dialect", "typo", "traditional", "pinyin", "long", "clerk"}
    assert {row["type"] for row in answers} >= {"社会团体", "基金会", "民办非企业单位", "慈善组织", "境外非政府组织代表机构", "外国商会", "社区社会组织"}
    for task in {row["set"] for _, row in ROWS}:
        shares = Counter(row["split"] for _, row in ROWS if row["set"] == task)
        assert min(shares["dev"], shares["test"]) >= 0.3 * sum(shares.values()), (task, shares)
