"""contextualise: a follow-up (那基金会呢？要多久？) becomes a question that stands alone, from the last question that had a subject."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant import slots as slot_reader
from assistant.clauses import asks
from assistant.exchange import own_subject
from assistant.follow_up import completed, follows, leans, unbound
from assistant.missing import missing
from assistant.stages.route import outside_topic
from assistant.turn import Slots, Turn
from assistant.wording import any_match, words
from corpus.references import laws_named
from index.search import Search

REMEMBERED = 6
SURE = 0.99
LIKELY = 0.9  # enough where the words are another authority's already
LEAST_OBJECT = 4
BARE_PREDICATE = re.compile(
    r"^(还|也|再)?(能|可以|可不可以|要|会|得|需要|算|是不是|有没有|怎么|多久|多少|几|什么时候|在哪|去哪|找谁|谁).{0,7}$"
)  # nothing stands before it
FILLER = re.compile(r"[\W_]|多少|多久|怎么|如何|什么|怎样|哪里|哪个|几个?|办|样|钱|要|需|能|可以|得|的|了|吗|呢|吧")
NO_SUBJECT = (
    ("harm", "patterns"),
    ("scope", "opinion"),
    ("scope", "unknowable"),
    ("scope", "complaint"),
    ("scope", "drafting"),
    ("scope", "thanks"),
    ("scope", "greeting"),
)


def stage(search: Search) -> Callable[[Turn], Turn]:
    """Read the slots and, for a follow-up, complete the question from the history."""
    catalog = search.library.catalog

    def contextualise(turn: Turn) -> Turn:
        asked = turn.asked
        previous = _last_subject(turn, search)
        own = slot_reader.read(asked, catalog, turn.day)
        before = slot_reader.read(previous, catalog, turn.day) if previous else own
        if previous:
            told = missing(previous) and not asks(asked)  # what the question before left unsaid
            bound = follows(asked, own, previous, before) and not _of_another_world(asked, own, search)
            asked = completed(asked, own, previous, before) if bound and (told or not _of_its_own(asked, own, previous, search, turn)) else unbound(asked)
        on = turn.on or slot_reader.date_in(asked, catalog, turn.today)
        as_read = asked == turn.asked and (on or turn.today) == turn.day
        found = own if as_read else slot_reader.read(asked, catalog, on or turn.today)
        decided = asked if asked != turn.asked else ""
        return turn.having(asked=asked, on=on, slots=found, region=turn.region or found.region, notes={**turn.notes, "contextualise": decided})

    return contextualise


def _last_subject(turn: Turn, search: Search) -> str:
    """The last earlier question about the domain, itself completed from the one before it."""
    subject = ""
    catalog = search.library.catalog
    for question in turn.history[-REMEMBERED:]:
        own = slot_reader.read(question, catalog, turn.day)
        outside = outside_topic(question) and not own.types and (not own.matters or _of_another_world(question, own, search))
        if outside or any(any_match(name, key, question) for name, key in NO_SUBJECT):
            continue
        before = slot_reader.read(subject, catalog, turn.day) if subject else own
        if subject and follows(question, own, subject, before):
            if not _of_another_world(question, own, search):
                subject = completed(question, own, subject, before)
        elif own.types or own.matters or own.laws or laws_named(question, catalog) or not subject:
            subject = question
    return subject


def _of_another_world(question: str, own: Slots, search: Search) -> bool:
    """Whether a short question has nothing to do with what was talked about (今天天气怎么样): it must not be completed into the domain."""
    if any_match("scope", "drafting", question):  # an order for a text is one whatever was talked about
        return True
    if own.types or own.laws or own.addresses:
        return False
    if own.matters:  # other authorities have a 年检 too (车辆年检在哪办)
        return bool(outside_topic(question)) and search.intent(question).get("outside", 0.0) >= LIKELY
    if leans(question):
        return False
    if outside_topic(question) or any_match("scope", "requests", question):
        return True
    return len(FILLER.sub("", question)) >= LEAST_OBJECT and search.intent(question).get("outside", 0.0) >= SURE


def _of_its_own(question: str, own: Slots, previous: str, search: Search, turn: Turn) -> bool:
    """Whether a question that shows no tie to the talk names a matter whose rule is the same for all types (志愿者证明去哪开)."""
    if own.types or not own_subject(own) or leans(question) or BARE_PREDICATE.match(question) or not asks(previous):
        return False
    hits = search.search(question, turn.day, region=turn.region, top=1)
    entry = search.library.entry(hits[0].address) if hits and hits[0].kind == "article" else None
    return bool(entry and entry.digest and not set(entry.digest.types) & set(words("slots")["choices"]))
