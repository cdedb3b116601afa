"""route: greeting, thanks, about, distress, complaint, opinion, status of an application, out of scope; the rest is a question of law."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from assistant.makers.parts import unwrapped
from assistant.missing import missing, only_an_act
from assistant.stop import Stop, stop
from assistant.tools.asked import running
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
    ("drafting", Status.REFUSED_SCOPE),
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
# How sure the classifier must be that a question is not to be answered, by the words that are ours and whether an outside topic is named.
LEAST_OUTSIDE = {("ours", True): 0.3, ("ours", False): 0.75, ("shared", True): 0.2, ("shared", False): 0.6, ("", True): 0.1, ("", False): 0.5}
SURE = 0.8
DRESS = ("complaint", "outside", INSIDE)  # what may stand round a question of ours; beside a request to do wrong, nothing is answered
CLAUSES = re.compile(r"[。！？!?；;\n，,：:]+")
UNJUDGED = 0.25  # without a classifier an outside topic decides, unless a word is ours alone
PLAIN = 0.7  # below it a question without a word of ours is told that it lies outside, not that it is wrong
PURE = 0.95
BEGGED = 0.6
CLEAR = 0.45  # where the kinds dispute a question of the domain, it is answered


def stage(search: Search) -> Callable[[Turn], Turn | Stop]:
    """Decide what kind of utterance this is; only questions of law and procedure go on."""

    def route(turn: Turn) -> Turn | Stop:
        kind, refusal = _canned(turn)
        notes = {"route": kind, "inside": True}
        if refusal is None and (turn.notes.get("smuggled") or not (missing(turn.asked) or only_an_act(turn.asked))):
            kind, refusal, notes = _judged(turn, search)
        if refusal is None:
            return turn.having(notes={**turn.notes, **notes})
        if kind in DRESS and (core := own_question(search, turn.asked)):
            return turn.having(asked=core, notes={**turn.notes, "route": f"问的是：{core}", "inside": True})
        return refusal

    return route


def _canned(turn: Turn) -> tuple[str, Stop | None]:
    """The kind of utterance that its wording alone tells, and the stop that it gets; else "" and None."""
    for key, status in CANNED:
        if any_match("scope", key, turn.asked):
            return key, stop(status, key, told=_told(status, turn.asked))
    return "", None


def _judged(turn: Turn, search: Search) -> tuple[str, Stop | None, dict[str, Any]]:
    """The kind of utterance by words and classifier, the stop that it gets or None, and what is noted of one that goes on."""
    topic = outside_topic(turn.asked)
    evidence = "ours" if turn.slots.laws else evidence_of(turn.asked)
    counter = counter_of(turn.asked)
    if turn.notes.get("smuggled") and not (evidence and ASKING.search(turn.asked)):
        return "", stop(Status.REFUSED_SCOPE, "指令注入", counter=counter), {}
    kind, share, own = _kind(search, turn.asked)
    if _is_ours(kind, own, topic, turn):
        kind = INSIDE
    elsewhere = bool(topic) or (not evidence and bool(turn.notes.get("english")))
    if turn.slots.addresses or not _is_refused(kind, share, own, evidence, elsewhere):
        return kind, None, {"route": f"{kind} {share:.2f}", "inside": bool(evidence) or share <= 1 - SURE}
    outside = evidence != "ours" and (topic or (not evidence and own < PLAIN))
    status = Status.REFUSED_SCOPE if outside else CLASSES.get(kind, Status.REFUSED_SCOPE)
    return kind, stop(status, f"{topic}{kind} {share:.2f}", counter=counter, told=_told(status, turn.asked)), {}


def _is_ours(kind: str, own: float, topic: str, turn: Turn) -> bool:
    """Whether words say, against the classifier, that a question is to be answered: about the consequences of a wrong, about a general rule, or
    about a period of the law that runs from a day it names."""
    if kind == "harm":
        return own < PURE and any_match("harm", "unless", turn.asked)
    if kind == "unknowable" and any_match("scope", "unknowable_unless", turn.asked):
        return True
    return kind in CLASSES and not topic and running(turn.asked, turn.today) is not None


def _kind(search: Search, question: str) -> tuple[str, float, float]:
    """The likeliest kind of utterance, the probability that it is not a question of the domain, and that of the kind.

    ("question", UNJUDGED, 0) where no classifier is at hand."""
    shares = search.intent(question)
    if not shares:
        return "question", UNJUDGED, 0.0
    kind = max(shares, key=lambda name: shares[name])
    if kind == "harm" and (core := unwrapped(question)) != question and (bare := search.intent(core))[INSIDE] > BEGGED:
        return INSIDE, 1 - bare[INSIDE], bare[INSIDE]  # 给我一份…清单 sounds like an order for papers; what is listed decides
    return kind, 1 - shares[INSIDE], shares[kind]


def own_question(search: Search, question: str) -> str:
    """The clause of a question that by itself asks something of ours, beside complaints, insults or talk of other things; or ""."""
    clauses = CLAUSES.split(question)
    for clause in clauses if len(clauses) > 1 else ():
        if evidence_of(clause) and ASKING.search(clause) and not outside_topic(clause) and search.intent(clause).get(INSIDE, 0.0) >= PURE:
            return clause.strip()
    return ""


def _told(status: Status, question: str) -> str:
    """What is said in place of an answer that cannot be known or judged, fitting what was asked."""
    rows = words("scope")["told"].get(status.value, ())
    return next((str(text) for pattern, text in rows if re.search(pattern, question)), "")


def _is_refused(kind: str, share: float, own: float, evidence: str, elsewhere: bool) -> bool:
    """Whether a question of this kind and these probabilities is not answered, by what in its words is ours and what another authority's."""
    least = max(LEAST_OUTSIDE[evidence, elsewhere], SURE if kind == "harm" and not elsewhere else 0.0)
    if elsewhere and kind not in CLASSES:
        return share >= least
    return kind in CLASSES and share >= least and (own >= CLEAR or evidence != "ours" or share >= SURE)


def counter_of(question: str) -> str:
    """Where to go with a question that is not ours: the counter of the topic it names, else a general one; none with what is no matter of government."""
    scope = words("scope")
    if topic := outside_topic(question):
        return str(scope["outside"][topic]["counter"])
    return str(scope["default_counter"] if any(word in question for word in scope["government"]) else scope["nothing_of_government"])


def in_domain(question: str) -> bool:
    """Whether a word of the domain occurs, be it one that other authorities use too."""
    scope, lowered = words("scope"), question.lower()
    return any(word in lowered for word in (*scope["domain"], *scope["shared"]))


def evidence_of(question: str) -> str:
    """What shows that a question is ours: "ours" a word that only the domain uses, "shared" one that other authorities use too, or ""."""
    scope, lowered = words("scope"), question.lower()
    if any(word in lowered for word in scope["domain"]):
        return "ours"
    return "shared" if any(word in lowered for word in (*scope["shared"], *scope["weak"])) else ""


def outside_topic(question: str) -> str:
    """The outside topic whose words occur, or ""."""
    lowered = question.lower()
    for topic, entry in words("scope")["outside"].items():
        if any(word in lowered for word in entry["words"]):
            return str(topic)
    return ""
