"""Types or acts side by side: a row for each side with what answers the question for it, or a row for each aspect of a general difference."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from assistant.draft import Draft
from assistant.makers import aspects, contrast
from assistant.makers.cases import clashes, names_type
from assistant.makers.computed import by_bracket
from assistant.makers.points import Scored, score_points
from assistant.makers.sides import Side, read
from assistant.turn import Sentence, Turn
from assistant.wording import words
from corpus.numerals import quantities
from index.search import Search
from index.tokens import token_set

POINTS_EACH, POINTS_LISTED = 3, 6
NEAR = 0.06
CELL = 96  # characters of a cell that a telephone shows without scrolling; what is beyond follows as a list
SAME_ASPECT = 0.09
OTHER_ASPECT = 0.05
GENERAL = 0.02
WITHIN = 0.05
TRIED = 5
TOP = 16
ALIKE = 0.06
OWN = 0.5
FARTHEST = 0.1
SILENT = 0.05
ASPECT = 0.04
ABOUT = 0.03
SAME_LAW = 0.02
NAMES = 0.03
FEWEST_ROWS = 2
UNCHANGED = "这一点没有改动。"
HEARSAY = re.compile(r"软文|不要采信|从未施行|草案|预期指标|征求意见")
SAYS_NOTHING = re.compile(r"没有写|没有规定|没有限[制定]|没有统一|没有要求|本库没有|本库未|另有[^，。]{2,10}规则|不能断定")


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a side: the statements that may stand in its row, best first."""

    side: Side
    scored: tuple[Scored, ...]


def maker(search: Search) -> Callable[[Turn, Draft], bool]:
    """The comparison maker over a release."""

    def make(turn: Turn, draft: Draft) -> bool:
        compared = read(turn)
        sides = compared.sides
        if len(sides) < 2:
            return False
        if contrast.make(turn, draft, compared):
            return True
        typed = all(side.kind for side in sides)
        general = typed and not compared.about and not any(side.more for side in sides) and not turn.notes.get("side_by_side")
        if general and _in_general(turn, draft, sides, search):
            return True
        found = [_about(compared.about, _found(turn, side, compared.aspects, search)) for side in sides]
        found = [_of_its_own(f, sides) if typed else _own(f, [side.label for side in sides]) for f in found]
        rows = chosen(found, compared.aspects, strict=not typed, each=_each(turn.asked))
        if rows is None:
            return False
        if not (turn.notes.get("side_by_side") and (typed or turn.history)):  # who chose none of our buttons asked for no difference
            conclude(draft, rows, compared.aspects)
        lay_out(draft, rows, "类型" if typed else "事项", "分类型对照" if typed else "对照")
        return True

    return make


def _in_general(turn: Turn, draft: Draft, sides: Sequence[Side], search: Search) -> bool:
    """A table with a row for each aspect and a column for each side; False where fewer than two aspects are known of all sides."""
    rows: list[tuple[str, list[Scored]]] = []
    used: set[str] = set()
    for name, question in words("comparison")["general"].items():
        asked = [replace(side, question=str(question).format(side=side.label)) for side in sides]
        found = [_of_its_own(_found(turn, side, (), search), sides) for side in asked]
        fresh = [replace(f, scored=tuple(s for s in f.scored if s.say not in used)) for f in found]
        picked = chosen(fresh, strict=True)
        if picked and all(statements for _, statements in picked):
            first = [statements[0] for _, statements in picked]
            used |= {s.say for s in first}
            rows.append((str(name), first))
    if len(rows) < FEWEST_ROWS:
        return False
    conclude(draft, [(side, [lead]) for side, lead in zip(sides, rows[0][1], strict=True)])
    head = (Sentence("方面"), *(Sentence(side.label) for side in sides))
    draft.add("table", [head, *((Sentence(name), *(cell(draft, [s]) for s in picked)) for name, picked in rows)], title="对照")
    return True


def _found(turn: Turn, side: Side, asked: Sequence[aspects.Aspect], search: Search) -> Found:
    """The statements for a side that speak of what is asked and are not for the opposite case."""
    best: dict[tuple[str, int], Scored] = {}
    for question in (side.question, *(f"{side.label}{aspect.question}" for aspect in asked if aspect.question)):
        hits = search.search(question, turn.day, region=turn.region, types=(side.kind,) if side.kind else turn.slots.types, top=TOP)
        for s in score_points(question, hits, search):
            key = (f"{s.unit}", s.number)
            if key not in best or best[key].score < s.score:
                best[key] = s
    scored = [_weighed(side, s, asked) for s in best.values() if _of_kind(side, s) and not HEARSAY.search(s.say)]
    own = [s for s in by_bracket(turn.asked, scored) if not clashes(side.question, s.say)]
    about = _of_whom(side.question, own)
    return Found(side, tuple(s for s in about or own if not asked or aspects.share(asked, s.say) or (about and s.silent)))


def _of_whom(question: str, found: Sequence[Scored]) -> list[Scored]:
    """The statements that name the one kind of people that a question names, so that members are not set against directors; none where it
    names none or several, or nothing names them."""
    whom = [name for name in map(str, words("comparison")["people"]) if name in question]
    return [s for s in found if whom[0] in s.say] if len(whom) == 1 else []


def _weighed(side: Side, statement: Scored, asked: Sequence[aspects.Aspect]) -> Scored:
    """A statement with its score as one of a side: less for a rule for all types, for one that only says what is not written, and for each aspect missed."""
    less = GENERAL * bool(side.kind and side.kind not in statement.types) + SILENT * bool(SAYS_NOTHING.search(statement.say))
    return replace(statement, score=statement.score - less - ASPECT * (1 - aspects.share(asked, statement.say)))


def _about(about: str, found: Found) -> Found:
    """The statements weighed by how much of what is compared their words and their article's topic name."""
    asked = _words(about)
    if not asked:
        return found
    named = [replace(s, score=s.score + ABOUT * len(asked & token_set(f"{s.topic} {s.say}")) / len(asked)) for s in found.scored]
    return replace(found, scored=tuple(sorted(named, key=lambda s: -s.score)))


def _each(question: str) -> int:
    """How many statements a side gets: more where the question asks for a list."""
    return POINTS_LISTED if any(str(word) in question for word in words("comparison")["lists"]) else POINTS_EACH


def _of_kind(side: Side, statement: Scored) -> bool:
    return not side.kind or side.kind in statement.types or "全部" in statement.types or names_type(side.kind, statement.say)


def _of_its_own(found: Found, sides: Sequence[Side]) -> Found:
    """Without the rules that hold for the other types as well and do not name this one: they are no difference between types."""
    kind = found.side.kind
    others = {side.kind for side in sides if side.kind != kind} | {"全部"}
    names = (kind, *map(str, words("slots")["types"][kind]))
    return Found(found.side, tuple(s for s in found.scored if not others & set(s.types) or any(name in s.say for name in names)))


def _own(found: Found, labels: Sequence[str]) -> Found:
    """Without the statements that name another side and not this one; those that name this one count for more."""
    others = frozenset().union(*(_words(label) for label in labels if label != found.side.label))
    own, theirs = _words(found.side.label) - others, others - _words(found.side.label)
    kept = []
    for statement in found.scored:
        text = f"{statement.unit.law} {statement.topic} {statement.say}"
        if not own or any(word in text for word in own) or not any(word in text for word in theirs):
            kept.append(replace(statement, score=statement.score + NAMES * sum(word in statement.say for word in own) / (len(own) or 1)))
    return Found(found.side, tuple(sorted(kept, key=lambda s: -s.score)))


def _words(label: str) -> frozenset[str]:
    return frozenset(token for token in token_set(label) if len(token) > 1)


def chosen(
    found: Sequence[Found], asked: Sequence[aspects.Aspect] = (), *, strict: bool, each: int = POINTS_EACH, apart: bool = True
) -> list[tuple[Side, list[Scored]]] | None:
    """For each side its statements, so chosen that the sides speak of the same; a side without any has none.

    None where no side has any, or, if `strict`, where all sides could only say the same; sides that are not `apart` (texts of one law) may."""
    known = [f for f in found if f.scored]
    if not known or (strict and len(known) < 2):
        return None
    choices = [[s for s in f.scored[:TRIED] if s.score >= f.scored[0].score - WITHIN] for f in known]
    scores = [{s.say: s.score for s in f.scored} for f in known]
    best = max(product(*choices), key=lambda row: _worth(row, known, scores if apart else ()), default=None)
    if best is None or (apart and strict and len({s.say for s in best}) < len(best)):
        return None
    leads = {f.side.label: lead for f, lead in zip(known, best, strict=True)}
    said = {lead.say for lead in leads.values()} if apart else set()
    rows: list[tuple[Side, list[Scored]]] = []
    for f in found:
        row = _with_near(leads[f.side.label], f, said, asked, each) if f.scored else []
        said |= {s.say for s in row} if apart else set()
        rows.append((f.side, row))
    return rows


def _worth(row: Sequence[Scored], known: Sequence[Found], scores: Sequence[dict[str, float]]) -> float:
    """How well statements answer together: their scores, how alike they are once the sides' own words are gone, and how much more each
    answers for its own side than for another; the same one twice is worth nothing. Without `scores` the sides may say the same."""
    if scores and len({s.say for s in row}) < len(row):
        return -1.0
    labels = frozenset().union(*(token_set(f.side.label) for f in known))
    bare = [token_set(f"{s.topic} {s.say}") - labels for s in row]
    pairs = [(a, b) for place, a in enumerate(bare) for b in bare[place + 1 :]]
    alike = sum(len(a & b) / (min(len(a), len(b)) or 1) for a, b in pairs) / (len(pairs) or 1)
    together = SAME_LAW * (len(row) - len({s.unit.law for s in row}))
    return (
        sum(s.score for s in row) + ALIKE * len(row) * alike + together + OWN * sum(_ahead(s, place, scores) for place, s in enumerate(row if scores else ()))
    )


def _ahead(statement: Scored, place: int, scores: Sequence[dict[str, float]]) -> float:
    """By how much a statement scores higher for its side than for the other it fits best, at most FARTHEST either way."""
    here = scores[place][statement.say]
    others = [known.get(statement.say, here - FARTHEST) for at, known in enumerate(scores) if at != place]
    return max(-FARTHEST, min(FARTHEST, here - max(others, default=here)))


def _with_near(lead: Scored, found: Found, said: set[str], asked: Sequence[aspects.Aspect], each: int) -> list[Scored]:
    """The lead, what its article adds about the same, and a statement of another article for an aspect not yet spoken of."""
    rest = [s for s in found.scored if s is not lead and s.say not in said and not SAYS_NOTHING.search(s.say)]
    near = [s for s in rest if s.unit == lead.unit and s.score >= lead.score - (SAME_ASPECT if asked or each > POINTS_EACH else NEAR)]
    row = [lead, *near[: each - 1]]
    for aspect in asked:
        if not any(aspect.spoken_of(s.say) for s in row):
            row += [s for s in rest if aspect.spoken_of(s.say) and s.score >= lead.score - OTHER_ASPECT][:1]
    return row


def conclude(draft: Draft, rows: Sequence[tuple[Side, Sequence[Scored]]], asked: Sequence[aspects.Aspect] = (), names: Sequence[str] = ()) -> None:
    """The short answer: what each side's first statement says, in one sentence, and whether the figures asked for differ.

    `names` stand for the sides where their labels hold dates, which no article supports."""
    leads = [statements[0] for _, statements in rows if statements]
    called = names or [side.label for side, _ in rows]
    if len(leads) < len(called):
        return
    text = "；".join(f"{name}：{_short(name, lead.say, asked)}" for name, lead in zip(called, leads, strict=True))
    verdict = _verdict([statements for _, statements in rows], asked) if not names else UNCHANGED if len({s.say for s in leads}) == 1 else ""
    cites = tuple(dict.fromkeys(n for lead in leads for n in draft.sentence(lead.say, lead.addresses, lead.place).cites))
    draft.add("paragraph", [[Sentence(f"{verdict}{text}。", cites)]], tone="lead")


def _short(label: str, say: str, asked: Sequence[aspects.Aspect]) -> str:
    """A statement without its side's name at the head; its first part alone where that names the side and speaks of what is asked."""
    whole = say.rstrip("。")
    if SAYS_NOTHING.search(whole):  # begins with the name of a law, which may begin with the side's
        return whole
    first = whole if "：" in whole else whole.partition("；")[0]
    enough = aspects.speaks(asked, first) and (label in first or label not in whole)
    return (first if enough else whole).removeprefix(label).lstrip("的，、") or whole


def _verdict(rows: Sequence[Sequence[Scored]], asked: Sequence[aspects.Aspect]) -> str:
    """That the figures asked for differ: said only where no figure of a side's first statement stands in any of another side."""
    units = frozenset().union(*(aspect.units for aspect in asked))
    figures = [[{(q.value, q.unit) for q in quantities(s.say) if q.unit in units} for s in row] for row in rows]
    firsts = [row[0] for row in figures]
    if not units or not all(firsts):
        return ""
    others = [set().union(*(f for at, row in enumerate(figures) if at != place for f in row)) for place in range(len(figures))]
    return "不一样。" if not any(first & other for first, other in zip(firsts, others, strict=True)) else ""


def lay_out(draft: Draft, rows: Sequence[tuple[Side, Sequence[Scored]]], head: str, title: str) -> None:
    """A table with a row for each side, as much in a cell as fits; the rest as a list behind it."""
    fits = [_fitting(statements) for _, statements in rows]
    cells = [(Sentence(side.label), cell(draft, statements[:count])) for (side, statements), count in zip(rows, fits, strict=True)]
    draft.add("table", [(Sentence(head), Sentence("规定")), *cells], title=title)
    rest = [s for (_, statements), count in zip(rows, fits, strict=True) for s in statements[count:]]
    draft.add("list", [[draft.sentence(s.say, s.addresses, s.place)] for s in rest], title="补充")


def _fitting(statements: Sequence[Scored]) -> int:
    """How many statements fit into a cell: the first always."""
    return max(1, sum(sum(len(s.say) for s in statements[: place + 1]) <= CELL for place in range(len(statements))))


def cell(draft: Draft, found: Sequence[Scored]) -> Sentence:
    """A cell with the statements found and their citations; says so, without any, where none was found."""
    if not found:
        return Sentence(str(words("comparison")["none"]))
    cites = tuple(dict.fromkeys(n for s in found for n in draft.sentence(s.say, s.addresses, s.place).cites))
    return Sentence("".join(s.say for s in found), cites)
