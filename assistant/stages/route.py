"""route: greeting, thanks, about, distress, complaint, opinion, status of an application, out of scope; the rest is a question of law."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.stop import Stop, stop
from assistant.turn import Status, Turn
from assistant.wording import any_match, words
from index.intent import INSIDE
from index.search import Search

CANNED = (
    ("distress", Status.HANDOFF_DISTRESS),
    ("greeting", Status.CHAT_GREETING),
    ("thanks", Status.CHAT_THANKS),
    ("about", Status.CHAT_ABOUT),
    ("complaint", Status.HANDOFF_COMPLAINT),
    ("unknowable", Status.REFUSED_UNKNOWABLE),
    ("opinion", Status.REFUSED_OPINION),
)

CLASSES = {
    "outside": Status.REFUSED_SCOPE,
    "harm": Status.REFUSED_HARM,
    "opinion": Status.REFUSED_OPINION,
    "unknowable": Status.REFUSED_UNKNOWABLE,
    "complaint": Status.HANDOFF_COMPLAINT,
}
ASKING = re.compile(r"[?？]|吗|呢|怎|如何|什么|啥|哪|谁|多少|多久|几|是否|能不能|可不可以|要不要|有没有|区别|条件|材料|流程|期限|标准|规定")
LIKELY = 0.5
SURE = 0.8
CLEAR = 0.6  # where the kinds dispute a question of the domain, it is answered
LEAST = {"harm": 0.96, "unknowable": 0.9}  # a question of the domain is called an intent to do wrong, or one for a file, only then


def stage(search: Search) -> Callable[[Turn], Turn | Stop]:
    """Decide what kind of utterance this is; only questions of law and procedure go on."""

    def route(turn: Turn) -> Turn | Stop:
        for key, status in CANNED:
            if any_match("scope", key, turn.asked):
                return stop(status, key, told=_told(status, turn.asked))
        topic = outside_topic(turn.asked)
        inside = in_domain(turn.asked) or (not topic and _weakly_in_domain(turn.asked)) or bool(turn.slots.laws)
        if topic and (not inside or _dominates(turn.asked, topic)):
            return stop(Status.REFUSED_SCOPE, topic, counter=words("scope")["outside"][topic]["counter"])
        if turn.notes.get("smuggled") and not (inside and ASKING.search(turn.asked)):
            return stop(Status.REFUSED_SCOPE, "指令注入", counter=_counter(turn.asked))
        kind, share, own = _kind(search, turn.asked)
        if (kind == "harm" and any_match("harm", "unless", turn.asked)) or (kind == "unknowable" and any_match("scope", "unknowable_unless", turn.asked)):
            kind = INSIDE
        least = LEAST.get(kind, SURE) if inside else LIKELY
        if kind in CLASSES and share >= least and (own >= CLEAR or not inside) and not turn.slots.addresses:
            status = CLASSES[kind]
            return stop(status, f"{kind} {share:.2f}", counter=_counter(turn.asked), told=_told(status, turn.asked))
        return turn.having(notes={**turn.notes, "route": f"{kind} {share:.2f}", "inside": inside or (kind == INSIDE and share >= SURE)})

    return route


def _kind(search: Search, question: str) -> tuple[str, float, float]:
    """The likeliest kind of utterance, the probability that it is not a question of the domain (of itself, for one of the domain or harm), and its own.

    ("question", 0, 0) where no classifier is at hand."""
    shares = search.intent(question)
    if not shares:
        return "question", 0.0, 0.0
    kind = max(shares, key=lambda name: shares[name])
    return kind, shares[kind] if kind in (INSIDE, "harm") else 1 - shares[INSIDE], shares[kind]


def _told(status: Status, question: str) -> str:
    """What is said in place of an answer that cannot be known or judged, fitting what was asked."""
    rows = words("scope")["told"].get(status.value, ())
    return next((str(text) for pattern, text in rows if re.search(pattern, question)), "")


def _counter(question: str) -> str:
    """Where to go with a question that no listed counter is known for; nowhere with one that is no matter of government."""
    scope = words("scope")
    return str(scope["default_counter"] if any(word in question for word in scope["government"]) else scope["nothing_of_government"])


def in_domain(question: str) -> bool:
    """Whether a word of the domain occurs."""
    lowered = question.lower()
    return any(str(word) in lowered for word in words("scope")["domain"])


def _weakly_in_domain(question: str) -> bool:
    return any(word in question for word in words("scope")["weak"])


def outside_topic(question: str) -> str:
    """The outside topic whose words occur, or ""."""
    lowered = question.lower()
    for topic, entry in words("scope")["outside"].items():
        if any(word in lowered for word in entry["words"]):
            return str(topic)
    return ""


def _dominates(question: str, topic: str) -> bool:
    """An outside topic decides against a mere 民政 (结婚登记在民政局办吗) but not against an organisation's name."""
    lowered = re.sub(r"民政(局|部门|部|厅)?", "", question.lower())
    return not any(str(word) in lowered for word in words("scope")["domain"] if word != "民政")
