"""The clerk's 一次性告知单 (行政许可法 art. 32): all that must be completed, told once, from the same data as the checklist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from assistant.tools import deadlines
from assistant.tools.basis import Basis
from assistant.tools.checklist import Checklist, Item
from assistant.tools.findings import Row, ToolProblem, Verdict
from assistant.tools.sheet import LINES, TICKS, Entry, Part, Sheet
from assistant.tools.workdays import spoken
from assistant.turn import Citation
from assistant.wording import words
from corpus.library import Library
from corpus.office import Office

TELL = "行政许可法 第三十二条第一款第四项"
ACCEPT = "行政许可法 第三十二条第一款第五项"
WORKING = "行政许可法 第八十二条"
VOUCHER = "行政许可法 第三十二条第二款"


@dataclass(frozen=True, slots=True)
class Lacking:
    """One material to be completed and what is wrong with it."""

    material: Item
    reason: str
    cites: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A one-time notice: who applied for what and when, what is lacking, by when the office must tell, and the law it rests on."""

    title: str
    applicant: str
    kind: str
    matter: str
    received: date
    tell_by: date | None
    lacking: tuple[Lacking, ...]
    rows: tuple[Row, ...]
    citations: tuple[Citation, ...]
    notices: tuple[str, ...]


def notice(library: Library, found: Checklist, lacking: Mapping[int, str], *, applicant: str, received: date) -> Notice:
    """The notice for the materials (by number in the checklist) that lack something. Raises ToolProblem for an unknown number or none."""
    section = found.section("materials")
    materials = {item.n: item for item in section.items} if section else {}
    wrong = [number for number in lacking if number not in materials]
    if wrong:
        raise ToolProblem(f"清单里没有第 {wrong[0]} 项材料，只有 1 到 {len(materials)} 项", "lacking", wrong[0])
    if not lacking:
        raise ToolProblem("没有写缺哪项材料；材料齐全、符合形式的应当受理，不用出告知单", "lacking", "")
    basis = Basis(library, received)
    guide = library.guide(found.guide)
    lines = {line.say: line.cites for line in guide.sections.get("materials", ())} if guide else {}
    entries = tuple(_lacking(basis, materials[number], reason, lines) for number, reason in sorted(lacking.items()))
    due = deadlines.compute(library, deadlines.event("licence-correct"), received)
    rows = tuple(_rows(basis, due))
    return Notice(
        f"{found.title}补正材料一次性告知单", applicant, found.kind, found.matter, received, due.due, entries, rows, tuple(basis.citations), basis.notices()
    )


def _lacking(basis: Basis, material: Item, reason: str, lines: Mapping[str, tuple[str, ...]]) -> Lacking:
    return Lacking(material, reason, basis.cite_held(material.say, *lines.get(material.say, ()))[0])


def _rows(basis: Basis, due: deadlines.Deadline) -> list[Row]:
    last = f"最晚 {spoken(due.due)}。" if due.due else ""
    said = (
        ("tell", "告知期限", f"{due.rows[0].text}这个期限按工作日数，{last}".rstrip("，"), (TELL, WORKING)),
        ("accept", "补正之后", "照本单补正齐全的，登记机关应当受理。", (ACCEPT,)),
        ("voucher", "书面凭证", "受理或者不予受理，都要出具盖专用印章、注明日期的书面凭证。", (VOUCHER,)),
    )
    return [Row(rule, title, Verdict.OK, text, basis.cite(text, *cites)) for rule, title, text, cites in said]


def sheet(found: Notice, office: Office | None = None) -> Sheet:
    """The notice as a sheet to print and sign."""
    facts = [
        ("申请人", found.applicant),
        ("申请事项", f"{found.kind} {found.matter}"),
        ("收到材料日期", spoken(found.received)),
        ("登记机关", office.name if office else ""),
        ("咨询电话", "、".join(office.phones) if office else ""),
    ]
    lacking = tuple(
        Entry(item.reason, item.material.name or item.material.say, item.material.say if item.material.name else "", item.cites) for item in found.lacking
    )
    told = tuple(Entry(row.text, row.title, "", row.cites) for row in found.rows)
    signatures = ("经办人：", "申请人签收：", "年　　月　　日")
    return Sheet(
        found.title,
        tuple(fact for fact in facts if fact[1]),
        (Part("需要补正的材料", TICKS, lacking), Part("说明", LINES, told)),
        found.citations,
        found.notices,
        signatures,
        tuple(words("checklist")["footer"]),
    )
