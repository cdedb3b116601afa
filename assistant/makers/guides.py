"""Which guide answers a question of procedure: of the type and matter asked about, and near what the question says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.makers.parts import LISTED, TERMS, WAYS, asked_for, asks_the_way, bare_of
from assistant.turn import Turn
from assistant.wording import words
from corpus.guide import Guide
from corpus.library import Library
from index.search import Hit

INTENT = re.compile(r"^(你好[，,]?)?(我们?|咱们?|俺们?|本人|公司|单位|几个人)?.{0,4}(想|打算|准备|要|计划)")
ASKING = re.compile(r"[?？]|吗|怎|如何|什么|啥|哪|谁|多少|多久|几|是否|能不能|可不可|要不要")
PROCEDURAL = (*WAYS, "conditions")
NEAR = 8
GENERAL = 7
BARE = 14
SURE = 0.7  # below it, a guide to a matter that the question does not name is left to the articles
OF_MATTER = 0.5
OWN_TYPE = 0.1  # a guide made for the type asked about goes before one for all
SURE_RANK = 3
WORD_FOR_WORD = 0.96
AHEAD = 0.036
FOUNDING = ("成立",)
UNSAID = ("年检年报", "注销")  # acts that nobody asks about without naming them
ASKS_FOUNDING = re.compile(r"登记(?!证|机关|管理|时|后)|注册|[想要]办|开一?[家个]|条件")
FILLER = re.compile(
    r"[\W_]|请问|我们|我|想|要|需要|应该|应当|的|和|与|及|了|都|有|哪些|哪|什么|吗|呢|个|一个|一家|去|办理|办|登记|申请|如果|才能|可以|能|得|是|具体|一下|走|交|打算|准备|计划|民政局|民政"
)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A guide among what was found: its place among all that was found, and its score."""

    rank: int
    score: float
    guide: Guide


def choose(turn: Turn, library: Library) -> Guide | None:
    """The guide that answers a general question of procedure, or one that asks for papers or the way through in so many words."""
    if turn.notes.get("other_kind") or _is_asked_of_an_article(turn):
        return None
    found = _ranked(turn.hits, library, turn)
    if general(turn) and (set(asked_for(turn.asked)) & set(PROCEDURAL) or intends(turn) or bare(turn)):
        return _of_act(turn, found) or (_of_wish(turn, found) if is_wish(turn) else None)
    return _of_wish(turn, found) if is_wish(turn) else None


def _is_asked_of_an_article(turn: Turn) -> bool:
    """Whether an article answers the question nearly word for word and no guide does; the papers of an act are those of its guide, not of one article."""
    if "materials" in asked_for(turn.asked) and set(turn.slots.matters) & set(words("slots")["guided"]):
        return False
    best = {kind: max((hit.cosine for hit in turn.hits if hit.kind == kind), default=0.0) for kind in ("article", "guide")}
    return best["article"] >= WORD_FOR_WORD and best["article"] - best["guide"] >= AHEAD


def is_wish(turn: Turn) -> bool:
    """Whether conditions, a list of papers or the way through are asked for, of no article or law that the question names."""
    named = turn.slots.addresses or turn.slots.laws
    return not named and (asks_the_way(turn.asked) or bool(TERMS.search(turn.asked)))


def for_every_type(turn: Turn, hits: Sequence[Hit], library: Library) -> bool:
    """Whether the guide that a question of no type asks for is one guide for all main types, so that none need be named."""
    guide = _of_wish(turn, _ranked(hits, library, turn)) if is_wish(turn) else None
    return guide is not None and ("全部" in guide.types or set(words("slots")["choices"]) <= set(guide.types))


def _ranked(hits: Iterable[Hit], library: Library, turn: Turn) -> list[Ranked]:
    """The guides found that are for a type asked about, best first."""
    guides = [(rank, hit.score, library.guide(hit.address.law)) for rank, hit in enumerate(hits) if hit.kind == "guide"]
    types = set(turn.slots.types)
    types |= {"社会团体"} if "行业协会商会" in types else set()
    return [Ranked(rank, score, guide) for rank, score, guide in guides if guide and (not types or "全部" in guide.types or types & set(guide.types))]


def _of_act(turn: Turn, found: Sequence[Ranked]) -> Guide | None:
    """The guide near the top that is for the act asked about; without any act, for founding."""
    acts = tuple(matter for matter in turn.slots.matters if matter in words("slots")["acts"])
    fitting = [one for one in found if one.guide.matter in (acts or _meant(turn)) and _tells_of_acts(one.guide, turn)]
    if not fitting or fitting[0].rank >= NEAR:
        return None
    return _closest(turn, fitting, fitting[0].guide.matter)


def _meant(turn: Turn) -> tuple[str, ...]:
    """The matters asked about; without any, founding where the question speaks of it."""
    return turn.slots.matters or (FOUNDING if ASKS_FOUNDING.search(turn.asked) else ())


def _of_wish(turn: Turn, found: Sequence[Ranked]) -> Guide | None:
    """The guide for the matter named that is near what is asked, else the one surely meant; None where an article says more."""
    listed = LISTED.search(turn.asked) or TERMS.search(turn.asked)
    fitting = [one for one in found if _tells_of_acts(one.guide, turn)]
    near = sorted((one for one in fitting if one.rank < NEAR), key=lambda one: -_fit(one, turn))
    named = [one for one in (fitting if listed else near) if one.guide.matter in _meant(turn) and (one.score >= OF_MATTER or _is_of_case(one.guide, turn))]
    acts = [one for one in named if one.guide.matter in words("slots")["acts"]]
    if not (named or near):
        return None
    first = (acts or named or near)[0]
    if first.guide.matter not in words("slots")["guided"] and not asks_the_way(turn.asked):
        return None  # conditions of other matters stand in one article, which says them shorter
    sure = _fit(first, turn) >= SURE and first.rank <= SURE_RANK
    if not (sure or (named and listed)) or not (listed or named or first.rank <= 1):
        return None
    return _closest(turn, found, first.guide.matter) if first.guide.matter in words("slots")["guided"] else first.guide


def _is_of_case(guide: Guide, turn: Turn) -> bool:
    """Whether type and act of the question name the guide: each main type has one for each of these acts."""
    acts = set(words("slots")["guided"]) - set(FOUNDING)
    return guide.matter in acts & set(turn.slots.matters) and bool(set(turn.slots.types) & set(guide.types))


def _fit(one: Ranked, turn: Turn) -> float:
    return one.score + OWN_TYPE * bool(set(turn.slots.types) & set(one.guide.types))


def _tells_of_acts(guide: Guide, turn: Turn) -> bool:
    """Whether a guide is for the act named (注销, 变更, 年检): it is its matter, or its questions speak of it; founding may be named by the way."""
    acts = [matter for matter in turn.slots.matters if matter in words("slots")["guided"] and matter not in FOUNDING]
    told = " ".join((guide.title, *guide.asks))
    if any(word in turn.asked and word not in told for word in words("slots")["turns"]):
        return False
    if not acts:
        return guide.matter not in UNSAID
    return guide.matter in acts or any(str(name) in told for act in acts for name in words("slots")["matters"][act])


def _closest(turn: Turn, found: Sequence[Ranked], matter: str) -> Guide:
    """Of the guides to a matter, the one whose types are most nearly those asked about: one for a narrower kind stands behind the general one."""
    farther = bool(turn.slots.types) and matter in words("slots")["guided"]  # the general guide of a type may stand behind a narrower one
    of_matter = [one for one in found if one.guide.matter == matter]
    near = [one.guide for one in of_matter if one.rank < NEAR or farther]
    asked = set(turn.slots.types)
    if not asked or not near:
        return of_matter[0].guide
    return max(near, key=lambda guide: len(asked & set(guide.types)) - len(set(guide.types) - asked))


def intends(turn: Turn) -> bool:
    """Whether the reader only says what is to be done (我们想成立一个校友会), so that all of it is asked for."""
    return bool(INTENT.search(turn.asked)) and not ASKING.search(turn.asked) and any(matter in words("slots")["acts"] for matter in turn.slots.matters)


def bare(turn: Turn) -> bool:
    """Whether nothing but a type and an act is said (协会登记, 民非注销)."""
    return bool(turn.slots.types) and len(turn.asked) <= BARE and not ASKING.search(turn.asked) and not _rest(turn)


def general(turn: Turn) -> bool:
    """Whether little is left of the question besides type, matter, level and the words that ask for a section."""
    return len(_rest(turn)) <= GENERAL


def _rest(turn: Turn) -> str:
    rest = bare_of(turn.asked)
    for kind, values in (("types", turn.slots.types), ("matters", turn.slots.matters), ("levels", (turn.slots.level,) if turn.slots.level else ())):
        for value in values:
            for name in sorted((value, *map(str, words("slots")[kind][value])), key=len, reverse=True):
                rest = rest.replace(name, "")
    return FILLER.sub("", rest)
