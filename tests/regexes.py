"""Every regular expression of the product, read from the source, and strings made to slow each one down.

An attack on an expression repeats what one of its loops takes, thousands of times, after what comes before that loop and
before something that nothing takes: where matching backtracks, it backtracks there.
"""

from __future__ import annotations

import ast
import importlib
import re
import re._parser as sre  # type: ignore[import-not-found]
import signal
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conftest import REPOSITORY

from corpus.catalog import read_yaml

LAYERS = ("corpus", "index", "assistant", "api", "evals", "shezu", "deploy")
CALLS = {"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
STRANGE = "\x00"
SHORT = 12  # so many pairs of what loops take are tried together


@dataclass(frozen=True)
class Expression:
    """One expression: where it stands, its pattern and flags, and how it is called."""

    place: str
    pattern: str
    flags: int


def expressions() -> tuple[list[Expression], dict[str, str]]:
    """All that can be read, what is escaped in them standing for itself; and the source of those that only exist at run time, by place."""
    found, unread = [], {}
    for layer in LAYERS:
        for path in sorted((REPOSITORY / layer).rglob("*.py")):
            if "node_modules" not in path.parts:
                for place, pattern, flags, source in _of(path):
                    if pattern is None:
                        unread[f"{place} {source}"] = source
                    else:
                        found.append(Expression(place, pattern, flags))
    return found, unread


def of_words(paths: Iterable[Path], filled: Mapping[str, str]) -> list[Expression]:
    """The strings of word lists that loop where they are read as expressions; `filled` says what stands for what is put in."""
    found = []
    for path in paths:
        for text in sorted(set(_strings(read_yaml(path)))):
            for name, pattern in filled.items():
                text = text.replace(name, pattern)
            try:
                if any(op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT) for op in _operations(sre.parse(text))):
                    found.append(Expression(path.name, text, re.IGNORECASE))
            except re.error:  # a sentence, not an expression
                continue
    return found


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in (*value.keys(), *value.values()):
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def _operations(nodes: Any) -> Iterator[Any]:
    """The operations of an expression, of those within it too."""
    if isinstance(nodes, sre.SubPattern | list | tuple):
        for node in nodes:
            yield from _operations(node)
    else:
        yield nodes


class Escaped(ast.NodeTransformer):
    """What is escaped stands for itself, so that any letter may stand for it."""

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if ast.unparse(node.func) == "re.escape":
            return ast.Constant("甲")
        if isinstance(node.func, ast.Attribute) and node.func.attr == "join" and "re.escape" in ast.unparse(node.args[0]):
            return ast.Constant("甲|乙")
        self.generic_visit(node)
        return node


def _of(path: Path) -> Iterator[tuple[str, str | None, int, str]]:
    name = ".".join(path.relative_to(REPOSITORY).with_suffix("").parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "re" and node.func.attr in CALLS:
            source = ast.unparse(node.args[0])
            pattern = _value(node.args[0], name) or _value(ast.fix_missing_locations(Escaped().visit(node.args[0])), name)
            if isinstance(pattern, re.Pattern):
                continue  # compiled where it is named
            flags = [_value(part, name) for part in (*node.args[1:], *(k.value for k in node.keywords)) if "re." in ast.unparse(part)]
            place = f"{path.relative_to(REPOSITORY)}:{node.lineno}"
            yield place, pattern if isinstance(pattern, str) else None, sum(int(flag) for flag in flags if isinstance(flag, int)), source


def _value(node: ast.expr, module: str) -> Any:
    """What an expression of constants and of its module's own names comes to; None where it needs more than that."""
    try:
        return eval(compile(ast.Expression(node), module, "eval"), dict(vars(importlib.import_module(module))))
    except Exception:  # a name of a function's own: it exists at run time only
        return None


def attacks(pattern: str, flags: int, length: int) -> Iterator[str]:
    """Strings of about this length."""
    loops = list(_loops(sre.parse(pattern, flags), ""))
    for before, pump in loops:
        yield from _grown(before, pump, length)
    pumps = list(dict.fromkeys(pump for _, pump in loops))[:SHORT]
    for one in pumps:
        for other in pumps:
            if one != other:
                yield from _grown("", one + other, length)


def _grown(before: str, pump: str, length: int) -> Iterator[str]:
    many = pump * (length // max(1, len(pump)))
    yield before + many + STRANGE
    yield before + many + "\n" + STRANGE
    yield before + many


def _loops(nodes: Any, before: str) -> Iterator[tuple[str, str]]:
    """(a string that comes before, a string that goes round) of each loop that may run often."""
    for op, argument in nodes:
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            _, most, body = argument
            samples = _samples(body)
            if most > 8:
                yield from ((before, sample) for sample in samples if sample)
            yield from _loops(body, before)
            before += samples[0] * max(1, argument[0]) if samples else ""
        elif op is sre.SUBPATTERN:
            yield from _loops(argument[3], before)
            before += _samples(argument[3])[0]
        elif op is sre.BRANCH:
            for branch in argument[1]:
                yield from _loops(branch, before)
            before += _samples(argument[1][0])[0]
        elif op in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _loops(argument[1], before)
        elif op is sre.ATOMIC_GROUP:
            yield from _loops(argument, before)
        else:
            before += _sample_of(op, argument)[0]


def _samples(nodes: Any) -> list[str]:
    """Strings that the nodes take: two kinds at most for each choice."""
    found = [""]
    for op, argument in nodes:
        found = [head + tail for head in found for tail in _sample_of(op, argument)][:6]
    return found


def _sample_of(op: Any, argument: Any) -> list[str]:
    if op is sre.LITERAL:
        return [chr(argument)]
    if op is sre.NOT_LITERAL:
        return [_other({chr(argument)})]
    if op is sre.ANY:
        return ["一", " "]
    if op is sre.IN:
        return _members(argument)
    if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
        return [sample * max(1, argument[0]) for sample in _samples(argument[2])]
    if op is sre.SUBPATTERN:
        return _samples(argument[3])
    if op is sre.ATOMIC_GROUP:
        return _samples(argument)
    if op is sre.BRANCH:
        return [sample for branch in argument[1] for sample in _samples(branch)[:1]][:4]
    return [""]


CATEGORIES = {
    sre.CATEGORY_DIGIT: "1",
    sre.CATEGORY_SPACE: " ",
    sre.CATEGORY_WORD: "a",
    sre.CATEGORY_NOT_DIGIT: "一",
    sre.CATEGORY_NOT_SPACE: "一",
    sre.CATEGORY_NOT_WORD: "，",
}


def _members(items: Any) -> list[str]:
    if items[0][0] is sre.NEGATE:
        return [_other({chr(a) for op, a in items[1:] if op is sre.LITERAL}), *([] if any(op is sre.CATEGORY for op, _ in items) else [" "])]
    found = []
    for op, argument in items:
        found.append(chr(argument) if op is sre.LITERAL else chr(argument[0]) if op is sre.RANGE else CATEGORIES[argument])
    return [found[0], found[-1]]


def _other(taken: set[str]) -> str:
    return next(char for char in "一a1x，" if char not in taken)


class TooSlow(Exception):
    """An attack took more processor time than it may."""


def slowest(expression: Expression, length: int, seconds: float) -> str:
    """The first attack of this length that takes an expression longer than so many seconds of processor time; "" where none does.

    The expression engine looks for signals while it backtracks, so that a timer can stop it.
    """
    compiled = re.compile(expression.pattern, expression.flags)

    def stop(number: int, frame: Any) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    try:
        for attack in attacks(expression.pattern, expression.flags, length):
            signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
            try:
                compiled.search(attack)
            except TooSlow:
                return attack
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    finally:
        signal.signal(signal.SIGVTALRM, before)
    return ""
