"""A tool's result as an answer in the chat: conclusion first, then the rows, each with its citations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from assistant.tools.deadlines import Deadline
from assistant.tools.findings import Row, Verdict
from assistant.tools.names import NameCheck
from assistant.tools.workdays import spoken
from assistant.turn import Answer, Block, Citation, Sentence, Status

GROUPS = ((Verdict.PROBLEM, "不符合的"), (Verdict.DOUBT, "要先弄清的"), (Verdict.OK, "符合的"), (Verdict.UNCHECKED, "还要自己查的"))


def name_answer(found: NameCheck) -> Answer:
    """The answer to a name that was asked about."""
    counts = {verdict: sum(row.verdict is verdict for row in found.rows) for verdict, _ in GROUPS}
    if found.verdict is Verdict.PROBLEM:
        said = f"“{found.name}”不能这样用：有 {counts[Verdict.PROBLEM]} 处不符合规定。"
    elif found.verdict is Verdict.DOUBT:
        said = f"“{found.name}”没有明显违反规定的地方，但有 {counts[Verdict.DOUBT]} 处要先弄清。"
    else:
        said = f"“{found.name}”按名称规则逐条看，没有发现不符合的地方。"
    deciding = [row for row in found.rows if row.verdict is found.verdict]
    blocks = [Block("paragraph", ((Sentence(f"{said}（按{found.kind}检查）", _numbers(deciding)),),), tone="lead")]
    for verdict, title in GROUPS:
        rows = [row for row in found.rows if row.verdict is verdict]
        if rows:
            blocks.append(Block("list", tuple((Sentence(f"{row.title}：{row.text}", row.cites),) for row in rows), title))
    return Answer(Status.ANSWERED_TOOL, tuple(blocks), found.citations, maker="tool")


def deadline_answer(found: Sequence[Deadline], assumed: str = "", target: date | None = None) -> Answer:
    """The answer to a last day that was asked for; several results are the same event for several types."""
    merged, citations = _merged(found)
    lead = tuple((Sentence(_lead(one), _numbers(one.rows)),) for one in merged)
    blocks = [Block("paragraph", lead, tone="lead")]
    if target:
        blocks.append(Block("paragraph", tuple((Sentence(_compared(one, target), one.rows[0].cites),) for one in merged[:1])))
    seen: dict[str, Sentence] = {}
    for row in sorted((row for one in merged for row in one.rows), key=lambda row: row.rule != "rule"):
        known = seen.get(row.text)
        cites = tuple(dict.fromkeys((*(known.cites if known else ()), *row.cites)))
        seen[row.text] = Sentence(row.text, cites)
    blocks.append(Block("steps", tuple((sentence,) for sentence in seen.values()), "怎么算的"))
    if assumed:
        blocks.append(Block("notice", ((Sentence(assumed),),), tone="info"))
    status = Status.ANSWERED_TOOL if all(one.certain for one in found) else Status.PARTIAL
    return Answer(status, tuple(blocks), citations, maker="tool")


def _lead(one: Deadline) -> str:
    what = f"{one.event.who}{one.event.what}"
    if one.due is None:
        counted = f"按条文数到 {spoken(one.nominal)}，" if one.nominal else ""
        return f"{what}：{counted}但那一年的放假安排还没有收录，最后一天这里不能断定。"
    text = f"{what}，最晚 {spoken(one.due)}。"
    return text if one.safe in (None, one.due) or one.safe is None else f"{text}这天休息，请在 {spoken(one.safe)}前办。"


def _compared(one: Deadline, target: date) -> str:
    if one.due is None:
        return f"{spoken(target)}赶不赶得上，这里不能断定。"
    if target <= one.due:
        return f"{spoken(target)}还来得及，在最后一天之前（含当天）。"
    return f"{spoken(target)}已经超过最后一天 {(target - one.due).days} 天。"


def _numbers(rows: Iterable[Row]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(number for row in rows for number in row.cites))


def _merged(found: Sequence[Deadline]) -> tuple[list[Deadline], tuple[Citation, ...]]:
    """The results with their citations numbered together; the same place of the same edition keeps one number."""
    citations: list[Citation] = []
    numbers: dict[object, int] = {}
    renumbered = []
    for one in found:
        new: dict[int, int] = {}
        for citation in one.citations:
            if citation.address not in numbers:
                citations.append(replace(citation, n=len(citations) + 1))
                numbers[citation.address] = len(citations)
            new[citation.n] = numbers[citation.address]
        renumbered.append(replace(one, rows=tuple(replace(row, cites=tuple(new[n] for n in row.cites)) for row in one.rows)))
    return renumbered, tuple(citations)
