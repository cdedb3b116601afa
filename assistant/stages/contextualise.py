"""contextualise: a follow-up (那基金会呢？要多久？) becomes a question that stands alone, from the last question that had a subject."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant import slots as slot_reader
from assistant.turn import Slots, Turn
from assistant.wording import any_match, words
from corpus.references import laws_named
from index.search import Search

LEADING = re.compile(r"^(那么|那|如果是|要是|换成|换作|如果|假如|假设|至于|还有|另外|再问一下|请问|对于|是)+")
TRAILING = re.compile(r"(呢|吗|怎么样|怎么办|也一样吗|一样吗|的话|又怎样|呀|啊){0,9}[？?。！!]{0,20}$")
SHORT = 14
LOOSE = 4
PREDICATE = re.compile(r"吗|么|吧|多少|几|多久|怎|如何|什么|啥|哪|谁|何时|能不能|可不可|要不要|是否|行不行|会不会|有没有|需不需|该不该")
DATED = re.compile(r"(?:19|20)\d{2}\s*年(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*[日号])?)?的?")
ANAPHORA = re.compile(r"(它|他们|这个|那个|这种|那种|该|上面|刚才|前面|这样|那样|其中|这些|那些|这时|此时|同样)")


def stage(search: Search) -> Callable[[Turn], Turn]:
    """Read the slots and, for a follow-up, complete the question from the history."""
    catalog = search.library.catalog

    def contextualise(turn: Turn) -> Turn:
        asked = turn.asked
        previous = _last_subject(turn, search)
        own = slot_reader.read(asked, catalog, turn.day)
        if previous and follows(asked, own):
            asked = completed(asked, own, previous, slot_reader.read(previous, catalog, turn.day))
        on = turn.on or slot_reader.date_in(asked, catalog, turn.today)
        found = slot_reader.read(asked, catalog, on or turn.today)
        decided = asked if asked != turn.asked else ""
        return turn.having(asked=asked, on=on, slots=found, region=turn.region or found.region, notes={**turn.notes, "contextualise": decided})

    return contextualise


def _last_subject(turn: Turn, search: Search) -> str:
    """The last earlier question about the domain, itself completed from the one before it."""
    subject = ""
    catalog = search.library.catalog
    for question in turn.history[-6:]:
        if any_match("harm", "patterns", question) or any(word in question for topic in words("scope")["outside"].values() for word in topic["words"]):
            continue
        own = slot_reader.read(question, catalog, turn.day)
        if subject and follows(question, own):
            subject = completed(question, own, subject, slot_reader.read(subject, catalog, turn.day))
        elif own.types or own.matters or own.laws or laws_named(question, catalog):
            subject = question
    return subject


def follows(question: str, own: Slots) -> bool:
    """Whether a question leans on the one before it: short, elliptic, or naming only one of type, matter and law."""
    bare = TRAILING.sub("", LEADING.sub("", question))
    elliptic = bool(LEADING.match(question)) or question.rstrip("？?").endswith("呢") or bool(ANAPHORA.search(question))
    whole = bool(own.types and own.matters) or bool(own.addresses)
    if whole and not ANAPHORA.search(question):
        return elliptic and len(bare) <= SHORT
    return elliptic or len(bare) <= SHORT


def completed(question: str, own: Slots, previous: str, before: Slots) -> str:
    """The standalone question: the previous one with its type, level or law exchanged, or the new question with its subject set before it."""
    bare = TRAILING.sub("", LEADING.sub("", question)).strip("，, ")
    only_type = own.types and not own.matters and len(bare) <= max(map(len, own.types)) + 5
    if only_type and before.types:
        return _exchanged(previous, "types", before.types, bare)
    if own.level and not own.types and not own.matters and len(bare) <= 10:
        return f"{own.level}{_without(previous, 'levels', before.level)}"
    if own.laws and not own.matters and len(bare) <= 24:
        return f"{bare}，{previous}"
    if not PREDICATE.search(question) and len(bare) <= SHORT:
        return _contrasted(DATED.sub("", previous), bare)
    subject = "".join(t for t in before.types if t not in own.types)[:20] if not own.types else ""
    alone = set(own.matters) - set(words("slots")["sides"])
    matter = "" if alone or not before.matters or before.matters[0] in own.matters else before.matters[0]
    if not subject and not matter:
        # a question with a matter of its own is read beside the one before it, but not on that one's day
        before_it = DATED.sub("", previous) if own.matters else previous
        return bare if own.types else f"{bare}（{before_it}）"
    return f"{subject}{matter}，{bare}" if matter not in bare else f"{subject}{bare}"


def _exchanged(previous: str, kind: str, values: tuple[str, ...], replacement: str) -> str:
    names = sorted((str(n) for v in values for n in words("slots")[kind][v]), key=len, reverse=True)
    for name in names:
        if name in previous:
            return previous.replace(name, replacement)
    return f"{replacement}，{previous}"


def _contrasted(previous: str, bare: str) -> str:
    """The question before with the word exchanged that the new one stands in the place of; where there is none, the new words before it."""
    for row in words("slots")["contrasts"]:
        named = sorted((str(word) for word in row), key=len, reverse=True)
        new = next((word for word in named if word in bare), "")
        old = next((word for word in named if word in previous), "")
        if new and old and old not in new and new not in old:
            exchanged = previous.replace(old, new)
            return exchanged if len(bare) <= len(new) + LOOSE else f"{bare}，{exchanged}"
    return f"{bare}，{previous}"


def _without(previous: str, kind: str, value: str) -> str:
    for name in sorted(map(str, words("slots")[kind].get(value, ())), key=len, reverse=True):
        previous = previous.replace(name, "")
    return previous
