"""The answer to a question of procedure: what was asked for first, then the sections of a guide, each line with its citations."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from assistant.draft import Draft
from assistant.makers import guides
from assistant.makers.parts import LISTED, WAYS, asked_for, asks_several
from assistant.makers.points import score_points
from assistant.slots import named
from assistant.turn import Sentence, Turn
from assistant.wording import words
from corpus.guide import SECTIONS, Guide, Line
from corpus.numerals import quantities
from index.search import Search

WHOLE = ("conditions", "materials", "steps", "limits")
HOW_TO = re.compile(r"怎么(办|成立|设立|申请|注册|登记|开办|弄|搞)|如何(成立|设立|办|申请|登记)")
LISTS = {"materials": "要交的材料：", "steps": "依次办："}
BETWEEN = {"materials": "、", "steps": " → "}
SUMMARY = 3
MOST_LEADS = 4
FEW = 2
SEVERAL = 3
NEAREST = {"limits": 2, "conditions": 2}
MOST_LINES = 14
MOST_RELATED = 2


def maker(search: Search) -> Callable[[Turn, Draft], bool]:
    """The guide card maker over a release."""

    def make(turn: Turn, draft: Draft) -> bool:
        """Fill the draft from the chosen guide; False where none fits."""
        guide = guides.choose(turn, search.library)
        if guide is None:
            return False
        turn.notes["guide"] = guide.slug
        card = {key: lines for key in SECTIONS if (lines := _for_case(guide, key, turn))}
        asked = [key for key in asked_for(turn.asked) if key in card]
        _lead(turn, draft, card, asked, _fitness(turn, guide))
        if not guides.general(turn) or asks_several(turn.asked):
            _related(turn, draft, search)
        for key in _sections(turn, card, asked):
            kind = "steps" if key == "steps" else "list"
            draft.add(kind, [[_line(draft, line, turn, headed=key == "materials")] for line in card.get(key, ())[:MOST_LINES]], title=SECTIONS[key])
        return bool(draft.blocks)

    return make


def _sections(turn: Turn, card: Mapping[str, Sequence[Line]], asked: Sequence[str]) -> list[str]:
    """The sections to show: those asked for, the papers and the steps together unless only the papers are asked for and these are many."""
    if not asked or (list(asked) == ["steps"] and HOW_TO.search(turn.asked) and len(turn.asked) < 24):
        return list(WHOLE)
    alone = list(asked) == ["materials"] and guides.general(turn) and len(card["materials"]) > FEW
    if alone or not (set(asked) & set(WAYS) or LISTED.search(turn.asked) or asks_several(turn.asked)):
        return list(asked)
    ways = sorted(WAYS, key=lambda key: asked.index(key) if key in asked else len(asked))
    return [*ways, *(key for key in asked if key not in WAYS)]


def _lead(turn: Turn, draft: Draft, card: Mapping[str, Sequence[Line]], asked: Sequence[str], fitness: Mapping[str, float]) -> None:
    """What was asked for, shortly: the papers and steps by name, of other parts the lines that fit best; the summary where all is asked for."""
    rows: list[list[Sentence]] = []
    told: list[Line] = []
    for key in sorted(asked, key=lambda key: key not in WAYS)[:MOST_LEADS]:
        if key in WAYS and (names := _named(draft, card[key], turn, BETWEEN[key])):
            rows.append([Sentence(LISTS[key]), *names])
        elif key not in WAYS:
            fresh = [line for line in _nearest(key, card, fitness) if line not in told]
            rows += [[_line(draft, line, turn)] for line in fresh]
            told += fresh
    if not rows:
        rows = [[_line(draft, line, turn)] for line in card.get("summary", ())[:SUMMARY]]
    draft.add("paragraph", rows, tone="lead")


def _nearest(key: str, card: Mapping[str, Sequence[Line]], fitness: Mapping[str, float]) -> list[Line]:
    """The lines of a section, or of the summary, that fit the question best; of a section of periods only those with a figure."""
    lines = [line for line in (*card.get("summary", ()), *card[key]) if key != "limits" or quantities(line.say)]
    best: list[Line] = []
    for line in sorted(lines or card[key], key=lambda line: -fitness.get(line.say, 0.0)):
        if not any(_same_figures(line, other) for other in best):
            best.append(line)
    return best[: NEAREST.get(key, 1)]


def _same_figures(one: Line, other: Line) -> bool:
    """Whether two lines tell the same period or sum, so that one is enough."""
    figures, others = ({(q.value, q.unit) for q in quantities(line.say)} for line in (one, other))
    return bool(figures) and figures == others


def _named(draft: Draft, lines: Sequence[Line], turn: Turn, between: str) -> list[Sentence]:
    """The lines by their names, each with its citations; none where a line has no name."""
    names = [line.details.get("name", "") for line in lines[:MOST_LINES]]
    if not all(names):
        return []
    return [_cited(draft, f"{between if place else ''}{name}", line, turn) for place, (name, line) in enumerate(zip(names, lines, strict=False))]


def _fitness(turn: Turn, guide: Guide) -> dict[str, float]:
    """How near each line of the guide is to the question, by what it says; empty without vectors."""
    hit = next((hit for hit in turn.hits if hit.kind == "guide" and hit.address.law == guide.slug), None)
    lines = [line for _, line in guide.lines()]
    return {lines[number].say: fit for number, fit in hit.points} if hit else {}


def _for_case(guide: Guide, section: str, turn: Turn) -> list[Line]:
    """The lines of a section for the type asked about; of a guide to changes only those for the change asked about, and those for any change."""
    lines = [line for line in guide.sections.get(section, ()) if _of_type(line, turn)]
    changes = words("slots")["changes"] if guide.matter == "变更" else {}
    asked = {change for change, row in changes.items() if any(str(word) in turn.asked for word in row["asked"])}
    if not asked:
        return lines
    about = [{change for change, row in changes.items() if re.search(row["line"], line.details.get("name", "") + line.say)} for line in lines]
    return [line for line, concerned in zip(lines, about, strict=True) if not concerned or concerned & asked or _lists(line, asked)]


def _lists(line: Line, asked: Collection[str]) -> bool:
    """Whether a line names several changes at once, among them one asked about (改名称、住所、法定代表人的，登记机关要公告)."""
    told = [change for change in words("slots")["changes"] if change in line.say]
    return len(told) >= SEVERAL and bool(set(told) & set(asked))


def _of_type(line: Line, turn: Turn) -> bool:
    """Whether a line is for a type asked about: neither its name nor its subject is another main type."""
    choices, asked = words("slots")["choices"], set(turn.slots.types)
    asked |= {"社会团体"} if "行业协会商会" in asked else set()
    if not asked & set(choices):
        return True
    name, who = line.details.get("name", ""), line.details.get("who", "")
    of = {kind for kind in choices if kind in who} | _subject(line.say, choices) | set(named("types", name, name))
    of &= set(choices)
    return not of or bool(of & asked)


def _subject(say: str, choices: Collection[str]) -> set[str]:
    """The main types that a line begins with (社会团体、民办非企业单位要在…)."""
    found: set[str] = set()
    while kind := next((kind for kind in choices if say.startswith(kind)), ""):
        found.add(kind)
        say = say.removeprefix(kind).lstrip("、和")
    return found


def _related(turn: Turn, draft: Draft, search: Search) -> None:
    """The statements of articles that fit a question with more to it than type and matter, where the guide does not rest on them already."""
    shown = {sentence.text for block in draft.blocks for sentence in block.sentences()}
    scored = score_points(turn.asked, [hit for hit in turn.hits if hit.kind == "article"], search)
    types = set(turn.slots.types)
    best = [s for s in scored if not types or not s.types or types & set(s.types) or "全部" in s.types][:MOST_RELATED]
    draft.add("list", [[draft.sentence(s.say, s.addresses, s.place)] for s in best if s.say not in shown], title="相关规定")


def _line(draft: Draft, line: Line, turn: Turn, *, headed: bool = False) -> Sentence:
    name = line.details.get("name", "")
    return _cited(draft, f"{name}：{line.say}" if headed and name and name not in line.say else line.say, line, turn)


def _cited(draft: Draft, text: str, line: Line, turn: Turn) -> Sentence:
    return draft.sentence(text, [address for cite in line.cites if (address := draft.library.resolve(cite, turn.day))])
