"""The clerk's 一次性告知单: all that must be completed (行政许可法 art. 32), or all that a matter takes, told once, from the checklist's data."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from assistant.tools import deadlines
from assistant.tools.basis import Basis
from assistant.tools.checklist import Checklist, Item
from assistant.tools.findings import Row, ToolProblem, Verdict
from assistant.tools.sheet import LINES, TABLE, Entry, Part, Sheet
from assistant.tools.workdays import spoken
from assistant.turn import Citation
from assistant.wording import words
from corpus.library import Library
from corpus.office import Office

TELL = "行政许可法 第三十二条第一款第四项"
ACCEPT = "行政许可法 第三十二条第一款第五项"
WORKING = "行政许可法 第八十二条"
VOUCHER = "行政许可法 第三十二条第二款"
COLUMNS = {False: ("序号", "材料", "存在的问题", "补正要求", "依据"), True: ("序号", "材料", "要求", "形式和份数", "依据")}
SIGNATURES = ("经办人（签名）：", "申请人签收：", "登记机关（印章）：", "日期：　　　　年　　月　　日")
CHECKED = "本单所列各项由经办人逐项核对后出具。"


@dataclass(frozen=True, slots=True)
class Lacking:
    """One material to be completed and what is wrong with it."""

    material: Item
    reason: str
    cites: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A one-time notice: who applied for what and when, what is lacking, by when the office must tell, and the law it rests on.

    `complete` says that nothing was handed in yet: the notice lists all that the matter takes, and no time runs. `already` names what was
    received, `limits` and `fee` are the guide's lines on them.
    """

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
    complete: bool = False
    already: tuple[str, ...] = ()
    limits: tuple[Entry, ...] = ()
    fee: tuple[Entry, ...] = ()
    promised: str = ""
    circumstances: tuple[str, ...] = ()


def notice(library: Library, found: Checklist, lacking: Mapping[int, str], *, applicant: str, received: date, needless: Collection[int] = ()) -> Notice:
    """The notice for the materials (by number in the checklist) that lack something; `needless` ones do not apply to the case.

    Raises ToolProblem for an unknown number or none.
    """
    section = found.section("materials")
    materials = {item.n: item for item in section.items} if section else {}
    wrong = [number for number in (*lacking, *needless) if number not in materials]
    if wrong:
        raise ToolProblem(f"清单里没有第 {wrong[0]} 项材料，只有 1 到 {len(materials)} 项", "lacking", wrong[0])
    if not lacking:
        raise ToolProblem("没有写缺哪项材料；材料齐全、符合形式的应当受理，不用出告知单", "lacking", "")
    basis = Basis(library, received)
    entries = tuple(_lacking(basis, materials[number], reason, _lines(library, found)) for number, reason in sorted(lacking.items()))
    due = deadlines.compute(library, deadlines.event("licence-correct"), received)
    already = tuple(item.name or item.say for number, item in materials.items() if number not in lacking and number not in needless)
    return _made(library, found, basis, f"{found.title}补正材料一次性告知单", applicant, received, entries, _rows(basis, due), due.due, already)


def whole(library: Library, found: Checklist, *, applicant: str, on: date, needless: Collection[int] = ()) -> Notice:
    """The notice of everything that a matter takes, for who has handed in nothing yet. Raises ToolProblem where the guide lists no materials."""
    section = found.section("materials")
    if section is None:
        raise ToolProblem(f"“{found.title}”没有材料清单，出不了告知单", "guide", found.guide)
    basis = Basis(library, on)
    entries = tuple(_lacking(basis, item, item.say, _lines(library, found)) for item in section.items if item.n not in needless)
    return _made(library, found, basis, f"{found.title}办理材料一次性告知单", applicant, on, entries, [], None, (), complete=True)


def _made(
    library: Library,
    found: Checklist,
    basis: Basis,
    title: str,
    applicant: str,
    received: date,
    entries: tuple[Lacking, ...],
    rows: list[Row],
    tell_by: date | None,
    already: tuple[str, ...],
    complete: bool = False,
) -> Notice:
    told = {key: _told(basis, library, found, key) for key in ("limits", "fee")}
    return Notice(
        title,
        applicant,
        found.kind,
        found.matter,
        received,
        tell_by,
        entries,
        tuple(rows),
        tuple(basis.citations),
        basis.notices(),
        complete,
        already,
        told["limits"],
        told["fee"],
        found.promised,
        found.circumstances,
    )


def _lines(library: Library, found: Checklist) -> dict[str, tuple[str, ...]]:
    """What the guide's lines cite, by what they say."""
    guide = library.guide(found.guide)
    return {line.say: line.cites for _, line in guide.lines()} if guide else {}


def _told(basis: Basis, library: Library, found: Checklist, key: str) -> tuple[Entry, ...]:
    section, lines = found.section(key), _lines(library, found)
    return tuple(Entry(item.say, "", "", basis.cite_held(item.say, *lines.get(item.say, ()))[0]) for item in section.items) if section else ()


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


def sheet(found: Notice, office: Office | None = None, *, number: str = "", clerk: str = "", remarks: str = "") -> Sheet:
    """The notice as a sheet to print and sign; `number` is its serial number, `clerk` who checked it line by line."""
    facts = [
        ("申请人", found.applicant or ("　" if number else "")),
        ("申请事项", f"{found.kind} {found.matter}" + (f"（{'、'.join(found.circumstances)}）" if found.circumstances else "")),
        ("告知日期" if found.complete else "收到材料日期", spoken(found.received)),
        ("已收到的材料", "、".join(found.already)),
        *_office_facts(office),
        ("本单位承诺时限", found.promised),
        ("经办人", clerk),
        ("备注", remarks),
    ]
    parts = (
        Part("需要准备的材料" if found.complete else "需要补正的材料", TABLE, tuple(_row(found, item) for item in found.lacking), COLUMNS[found.complete]),
        Part("办理时限", LINES, found.limits),
        Part("收费", LINES, found.fee),
        Part("说明", LINES, tuple(Entry(row.text, row.title, "", row.cites) for row in found.rows)),
    )
    footer = ([CHECKED] if clerk else []) + list(words("checklist")["footer"])
    shown = tuple(fact for fact in facts if fact[1])
    return Sheet(found.title, shown, parts, found.citations, found.notices, SIGNATURES, tuple(footer), number)


def _office_facts(office: Office | None) -> list[tuple[str, str]]:
    if office is None:
        return []
    named = {"登记机关": office.name, "受理地点": office.address, "办公时间": office.hours}
    return [*named.items(), ("咨询电话", "、".join(office.phones)), ("监督投诉电话", office.supervision)]


def _row(found: Notice, item: Lacking) -> Entry:
    material = item.material
    form = "；".join(f"{label}：{value}" for label, value in material.details)
    need = form if found.complete else " ".join(part for part in (material.say if material.name else "", form) if part)
    return Entry(item.reason, material.name or material.say, need, item.cites)
