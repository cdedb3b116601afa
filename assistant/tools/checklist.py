"""checklist: organisation type × matter × level × region × circumstances → conditions, materials and steps from the guides, each line cited."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from assistant.slots import named
from assistant.tools.basis import Basis
from assistant.tools.findings import ToolProblem
from assistant.tools.names import known_level
from assistant.tools.places import LEVELS, PROVINCE, region_places
from assistant.tools.sheet import LINES, STEPS, TICKS, Entry, Part, Sheet
from assistant.turn import Citation
from assistant.wording import words
from corpus.guide import SECTIONS, Guide, Line
from corpus.library import Library
from corpus.office import Office
from corpus.references import parse_cite
from corpus.timeline import in_force
from index.rows import region_chain

SHOWN = ("conditions", "materials", "steps", "limits", "fee", "authority", "results", "refusals", "portal", "local", "notes")
WIDER = {"行业协会商会": "社会团体"}
TICKED = ("conditions", "materials")
DETAILS = {"form": "形式", "copies": "份数", "issuer": "出具", "template": "格式", "who": "办理人", "limit": "时限", "when": "适用"}


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist: its number in its section, name and text, details by Chinese label, citation numbers, and cited articles that are not held."""

    n: int
    name: str
    say: str
    details: tuple[tuple[str, str], ...]
    cites: tuple[int, ...]
    unheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the guide with the lines that apply to the case."""

    key: str
    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """What a case needs. `left_out` holds lines of the guide that are for another level or another circumstance."""

    title: str
    guide: str
    kind: str
    matter: str
    level: str
    region: str
    circumstances: tuple[str, ...]
    on: date
    registrar: str
    promised: str
    sections: tuple[Section, ...]
    left_out: tuple[str, ...]
    local_laws: tuple[str, ...]
    citations: tuple[Citation, ...]
    notices: tuple[str, ...]

    def section(self, key: str) -> Section | None:
        """The section of that key, or None."""
        return next((section for section in self.sections if section.key == key), None)


def checklist(
    library: Library,
    kind: str,
    matter: str,
    *,
    on: date,
    level: str = "",
    region: str = "",
    circumstances: Sequence[str] = (),
    guide: str = "",
    office: Office | None = None,
) -> Checklist:
    """The checklist of a case. Raises ToolProblem for an unknown type, matter, level, region, circumstance or guide."""
    level = known_level(level)
    _check(region, circumstances)
    kind, matter = _value("types", kind), _value("matters", matter)
    chosen = choose(library, kind, matter, circumstances, guide)
    basis = Basis(library, on)
    case = _Case(library, level, region, tuple(circumstances))
    sections = tuple(section for key in SHOWN if (section := _section(basis, chosen, key, case)))
    left = tuple(line.say for key in SHOWN for line in chosen.sections.get(key, ()) if not case.holds(line))
    extra = tuple(_foundation_notice(basis, kind, matter, level))
    return Checklist(
        title=chosen.title,
        guide=chosen.slug,
        kind=kind,
        matter=matter,
        level=level,
        region=region,
        circumstances=tuple(circumstances),
        on=on,
        registrar=registrar(level, region),
        promised=_promised(office, chosen.slug),
        sections=sections,
        left_out=left,
        local_laws=tuple(local_laws(library, region, kind, matter, on)),
        citations=tuple(basis.citations),
        notices=(*extra, *basis.notices()),
    )


def _promised(office: Office | None, guide: str) -> str:
    """20 个工作日, as the office promises it for a guide; "" where it promises nothing."""
    promise = office.promised(guide) if office else None
    return f"{promise.days} {'个工作日' if promise.working_days else '日'}{promise.note}" if promise else ""


def _check(region: str, circumstances: Sequence[str]) -> None:
    if region and not region_places(region):
        raise ToolProblem(f"不认识地区“{region}”，请写到市或县的全称，如 浙江省宁波市", "region", region)
    known = words("checklist")["circumstances"]
    unknown = [case for case in circumstances if case not in known]
    if unknown:
        raise ToolProblem(f"不认识情形“{unknown[0]}”，可选：{'、'.join(known)}", "circumstances", unknown[0])


def _value(slot: str, text: str) -> str:
    """A type or matter as guides name it, also where it is called by an everyday word (民非, 年审)."""
    known = words("slots")[slot]
    return text if text in known else next(iter(named(slot, text, text)), text)


def choose(library: Library, kind: str, matter: str, circumstances: Sequence[str] = (), slug: str = "") -> Guide:
    """The guide that fits: named by slug, else of the matter and type, the one made for that type or circumstance first. Raises ToolProblem."""
    if slug:
        found = library.guide(slug)
        if found is None:
            raise ToolProblem(f"没有“{slug}”这份办事指南，可用 /guides 查看全部", "guide", slug)
        return found
    fitting = [guide for guide in library.guides if guide.matter == matter and (kind in guide.types or guide.types == ("全部",))]
    if not fitting and kind in WIDER:
        return choose(library, WIDER[kind], matter, circumstances)
    if not fitting:
        known = dict.fromkeys(guide.matter for guide in library.guides if kind in guide.types)
        if not known:
            raise ToolProblem(f"没有“{kind}”的办事指南，组织类型可写 {'、'.join(kinds(library))}", "type", kind)
        raise ToolProblem(f"{kind}没有“{matter}”的办事指南，有的是：{'、'.join(known)}", "matter", matter)

    def closeness(guide: Guide) -> tuple[bool, bool, bool, bool, int]:
        named = any(case in guide.title for case in circumstances)
        return (named, kind in guide.title, guide.types[0] == kind, matter in guide.title, -len(guide.types))

    return max(fitting, key=closeness)


def kinds(library: Library) -> tuple[str, ...]:
    """Every organisation type that a guide is for."""
    return tuple(dict.fromkeys(kind for guide in library.guides for kind in guide.types if kind != "全部"))


def options(library: Library) -> list[dict[str, Any]]:
    """What can be asked for: each type with its matters and guides."""
    table: list[dict[str, Any]] = []
    for kind in kinds(library):
        guides = [{"matter": guide.matter, "guide": guide.slug, "title": guide.title} for guide in library.guides if kind in guide.types]
        table.append({"type": kind, "guides": guides})
    return table


@dataclass(frozen=True, slots=True)
class _Case:
    """What decides whether a line of a guide applies: level, region and circumstances, each empty where not said."""

    library: Library
    level: str
    region: str
    circumstances: tuple[str, ...]

    def holds(self, line: Line) -> bool:
        """Whether the line is for this level, this region and these circumstances."""
        return self._level_fits(line) and self._region_fits(line) and self._circumstance_fits(line)

    def _level_fits(self, line: Line) -> bool:
        table = words("checklist")
        said = re.sub(r"（[^）]*）", "", line.say)
        national = any(re.search(pattern, said) for pattern in table["national"])
        local = any(re.search(pattern, said) for pattern in table["local"])
        only_national = national and not local
        only_local = local and not national
        return not (only_local if self.level == "全国性" else only_national and self.level)

    def _region_fits(self, line: Line) -> bool:
        addresses = [parse_cite(cite, self.library.catalog) for cite in line.cites]
        regions = {self.library.catalog.get(address.law).region for address in addresses if address}
        return not self.region or not regions or "" in regions or bool(regions & region_chain(self.region))

    def _circumstance_fits(self, line: Line) -> bool:
        case = _case(line)
        if not case or not self.circumstances:
            return True
        meant = [name for name, known in words("checklist")["circumstances"].items() if any(word in case for word in known)]
        return not meant or bool(set(meant) & set(self.circumstances))


def _section(basis: Basis, guide: Guide, key: str, case: _Case) -> Section | None:
    lines = [line for line in guide.sections.get(key, ()) if case.holds(line)]
    return Section(key, SECTIONS[key], tuple(_item(basis, number, line) for number, line in enumerate(lines, 1))) if lines else None


def _case(line: Line) -> str:
    """The case a line is only for: 换住所 in 新住所使用权证明（换住所）, 名称 in 名称变更：…; "" where it is for all."""
    table = words("checklist")
    bracket = re.search(table["case"], line.details.get("name", ""))
    heading = re.search(table["heading"], line.say)
    return bracket[1] if bracket else heading["what"] if heading else ""


def _item(basis: Basis, number: int, line: Line) -> Item:
    name = line.details.get("name", "")
    details = tuple((label, line.details[key]) for key, label in DETAILS.items() if line.details.get(key))
    cites, unheld = basis.cite_held(line.say, *line.cites)
    return Item(number, name, line.say, details, cites, unheld)


def registrar(level: str, region: str) -> str:
    """Who registers, as far as level and region say it."""
    places = region_places(region)
    if level == "全国性":
        return "民政部"
    wanted = next((number for number, name in LEVELS.items() if name == level), 0)
    for place in places:
        if wanted == PROVINCE:
            top = place.above[0] if place.above else place.name
            return f"{top}民政部门"
        if not wanted or place.level == wanted:
            return f"{place.path}民政部门（窗口也可能设在行政审批局）"
    return f"{level}民政部门" if level else "登记管理机关"


def _foundation_notice(basis: Basis, kind: str, matter: str, level: str) -> Iterator[str]:
    if kind == "基金会" and level in ("市级", "县级") and matter == "成立":
        text = "基金会管理条例第六条只写了民政部和省级民政部门两级登记机关，想在市、县登记的先问省级民政部门。"
        basis.cite(text, "基金会管理条例 第六条第一款")
        yield text


def local_laws(library: Library, region: str, kind: str, matter: str, on: date) -> Iterator[str]:
    """Local instruments of the region about this type or matter, with the edition of the day."""
    chain = region_chain(region)
    about = words("checklist")["local_laws"]
    for law in library.catalog:
        edition = in_force(law, on)
        fits = any(word in law.title and (not topics or {kind, matter} & set(topics)) for word, topics in about.items())
        if law.region and law.region in chain and edition and fits:
            yield f"《{law.title.replace('《', '〈').replace('》', '〉')}》（{edition.date} 文本）"


def sheet(found: Checklist) -> Sheet:
    """The checklist as a sheet to print."""
    facts = [
        ("组织类型", found.kind),
        ("事项", found.matter),
        ("登记级别", found.level),
        ("地区", found.region),
        ("情形", "、".join(found.circumstances)),
        ("登记机关", found.registrar),
        ("承诺时限", found.promised),
        ("适用日期", found.on.isoformat()),
        ("当地另有", "、".join(found.local_laws)),
    ]
    parts = tuple(
        Part(section.title, TICKS if section.key in TICKED else STEPS if section.key == "steps" else LINES, tuple(map(_entry, section.items)))
        for section in found.sections
    )
    footer = tuple(words("checklist")["footer"])
    return Sheet(f"{found.title}材料和步骤清单", tuple(fact for fact in facts if fact[1]), parts, found.citations, found.notices, (), footer)


def _entry(item: Item) -> Entry:
    details = [f"{label}：{value}" for label, value in item.details]
    details += [f"依据：{cite}（未收录，见原文）" for cite in item.unheld]
    return Entry(item.say, item.name, "；".join(details), item.cites)
