"""check-name: a proposed name against order 69 (社会组织名称管理办法) and the three regulations; a verdict and an article per rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from assistant.tools import name_body, name_branch
from assistant.tools.basis import Basis
from assistant.tools.findings import Row, ToolProblem, Verdict, overall
from assistant.tools.name_case import Case
from assistant.tools.name_parts import Parts, clean, form_of, paths, split
from assistant.tools.places import COUNTY, LEVELS, PROVINCE, region_places
from assistant.turn import Citation
from assistant.wording import words
from corpus.clean import to_simplified
from corpus.library import Library

LONGEST = 60
REGISTER = "全国社会组织信用信息公示平台（xxgs.chinanpo.mca.gov.cn）"
LOCAL = tuple(LEVELS.values())
NUMBERS = {name: number for number, name in LEVELS.items()}


@dataclass(frozen=True, slots=True)
class NameCheck:
    """A checked name: its parts as read, a row per rule, the citations, and what no program can check from here."""

    name: str
    kind: str
    level: str
    on: date
    verdict: Verdict
    parts: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    citations: tuple[Citation, ...]
    notices: tuple[str, ...]


def check(
    library: Library, name: str, kind: str = "", *, on: date, level: str = "", region: str = "", parent: str = "", persons: tuple[str, ...] = ()
) -> NameCheck:
    """Check a name. `kind` may be empty where the ending tells it; `persons` are donors or founders whose names may be in it.

    Raises ToolProblem for an empty or overlong name, an unknown type, level or region, or a day before order 69 was in force.
    """
    text = clean(name)
    if not 2 <= len(text) <= LONGEST:
        raise ToolProblem(f"名称“{text[:20]}”有 {len(text)} 个字，请写 2 到 {LONGEST} 个字的完整名称", "name", name)
    plain = to_simplified(text)
    chosen = known_kind(kind, plain)
    basis = Basis(library, on)
    case = Case(text, split(plain), chosen, known_level(level), region_places(region), persons, basis)
    if region and not case.region:
        raise ToolProblem(f"不认识地区“{region}”，请写到市或县的全称，如 浙江省宁波市", "region", region)
    rows = tuple(name_branch.rows(case, clean(parent)) if chosen == "分支机构" else _rows(case))
    notices = (*basis.notices(), f"查不了重名：请到{REGISTER}查询；最后以登记机关审查为准。")
    return NameCheck(text, chosen, case.level, on, overall(rows), _shown(case, clean(parent)), rows, tuple(basis.citations), notices)


def known_kind(kind: str, name: str) -> str:
    """The type as the tool names it; read from the name's ending where none is given. Raises ToolProblem."""
    if kind:
        for known, aliases in words("names")["kinds"].items():
            if kind in aliases:
                return str(known)
        raise ToolProblem(f"不认识组织类型“{kind}”，请写社会团体、基金会、民办非企业单位或分支机构", "type", kind)
    owner = form_of(name)[1]
    if owner == "分支":
        return "分支机构"
    if owner not in words("names")["kinds"]:
        raise ToolProblem(f"从“{name}”的结尾看不出组织类型，请写明社会团体、基金会、民办非企业单位或分支机构", "type", kind)
    return owner


def known_level(level: str) -> str:
    """全国性, 省级, 市级, 县级 or "". Raises ToolProblem."""
    for known, aliases in words("names")["levels"].items():
        if level in aliases:
            return str(known)
    if level:
        raise ToolProblem(f"不认识登记级别“{level}”，请写全国性、省级、市级或县级", "level", level)
    return ""


def _shown(case: Case, parent: str) -> tuple[tuple[str, str], ...]:
    parts = case.parts
    if case.kind == "分支机构":
        whole = name_branch.parent_of(parts.text, parent)[0]
        own = parts.text.removeprefix(whole)
        return tuple((title, text) for title, text in (("所属组织", whole), ("自身名称", own)) if text)
    trade, field = case.trade
    middle = [("字号", trade), ("行（事）业领域", field)] if case.kind in ("基金会", "民办非企业单位") else [("行（事）业领域或会员组成", parts.body)]
    read = [("冠用字词", parts.front), ("行政区划", parts.division.text if parts.division else ""), *middle, ("组织形式", parts.form)]
    return tuple((title, text) for title, text in read if text)


def _rows(case: Case) -> Iterator[Row]:
    yield from _characters(case)
    yield from _front(case)
    yield from _division(case)
    yield from _level(case)
    yield from name_body.rows(case)
    yield case.row("fit", Verdict.UNCHECKED, "名称要同业务范围、会员分布、活动地域对得上，这一点请对照章程草案自己核对。")
    yield case.row(
        "duplicate", Verdict.UNCHECKED, f"同一登记机关内不能同名，注销、变更不满 1 年和被撤销不满 3 年的名称也不能用；这里查不了，请到{REGISTER}查。"
    )


def _characters(case: Case) -> Iterator[Row]:
    odd = "".join(dict.fromkeys(re.findall(r"[^\u3400-\u9fff〇]", case.parts.text)))
    traditional = case.traditional()
    if odd:
        yield case.row("characters", Verdict.DOUBT, f"名称里有“{odd}”；规范的名称一般只用汉字，字母、数字、括号和标点先问登记机关。")
    elif traditional:
        yield case.row("characters", Verdict.DOUBT, f"“{traditional}”是繁体字或异体字，登记的名称请用规范汉字。")


def _front(case: Case) -> Iterator[Row]:
    front = case.parts.front
    if not front:
        return
    if front not in words("names")["front"]:
        yield case.row("reserved_middle", Verdict.DOUBT, f"名称以“{front}”开头；地方登记的名称只能用它限定行业领域，还要合国家规定。")
    elif case.kind == "民办非企业单位":
        yield case.row("reserved_front", Verdict.PROBLEM, f"民办非企业单位的名称不能冠“{front}”，哪一级登记都一样。")
    elif case.local:
        text = f"地方登记的{case.kind}不能在名称前面冠“{front}”，要去掉，或者改作行业领域的限定语。"
        yield case.row("reserved_front", Verdict.PROBLEM, text)
    elif case.level == "全国性":
        yield case.row("reserved_front", Verdict.DOUBT, f"在民政部登记的{case.kind}要冠“{front}”，得先按国家规定取得批准，请确认有批准文件。")
    else:
        yield case.row("reserved_front", Verdict.DOUBT, f"冠“{front}”只限在民政部登记、并按国家规定获批的；地方登记的不能用，请先确定登记级别。")


def _division(case: Case) -> Iterator[Row]:
    parts = case.parts
    if parts.division:
        yield from _written_division(case, parts)
    elif case.level == "全国性":
        yield case.row("division", Verdict.OK, "在民政部登记的一般不冠行政区划，这个名称没有冠。")
    elif parts.maybe:
        text = f"“{parts.maybe.text}”可能指{paths(parts.maybe.places[:2])}，也可能是字号；要作行政区划请写全称。"
        yield case.row("division", Verdict.DOUBT, text)
    elif parts.front:
        return
    elif case.level:
        yield case.row("division", Verdict.PROBLEM, f"{case.level}登记的名称要以行政区划开头，这个名称没有写。")
    else:
        yield case.row("division", Verdict.DOUBT, "名称没有写行政区划；只有在民政部登记的才一般不写，地方登记的要写在最前面。")


def _written_division(case: Case, parts: Parts) -> Iterator[Row]:
    found = parts.division
    assert found
    meant = {place.path for place in found.places if place.level == parts.level}
    if case.level == "全国性":
        yield case.row("division", Verdict.DOUBT, f"在民政部登记的名称一般不冠行政区划，“{found.text}”请去掉，或者改到当地登记。")
    elif parts.level == COUNTY and len(meant) > 1 and not case.region:
        yield case.row("division", Verdict.DOUBT, f"叫“{found.text}”的有 {len(meant)} 处（{paths(found.places[:3])}），请写出上一级行政区划。")
    else:
        yield case.row("division", Verdict.OK, f"行政区划“{found.text}”写在最前面。")


def _level(case: Case) -> Iterator[Row]:
    found = case.parts.division
    if not found:
        return
    level = case.parts.level
    wanted = NUMBERS.get(case.level)
    if case.region and not any(place.within(home) or home.within(place) for place in found.places for home in case.region):
        yield case.row("level", Verdict.PROBLEM, f"名称写的是“{found.text}”，登记地是{paths(case.region[:1])}，两处对不上。")
    elif wanted and not any(place.level == wanted for place in found.places) and not _municipal_county(case, wanted):
        text = f"名称写到{LEVELS[level]}（{found.text}），登记级别是{case.level}，两者要一致。"
        yield case.row("level", Verdict.PROBLEM, text)
    elif case.kind == "基金会" and level > PROVINCE:
        text = f"基金会按条例只在民政部和省级民政部门登记；“{found.text}”是{LEVELS[level]}，先问清当地有没有下放登记权。"
        yield case.row("level", Verdict.DOUBT, text)


def _municipal_county(case: Case, wanted: int) -> bool:
    """Districts of a municipality stand right below it: their bodies are called 市级 by some and 县级 by others."""
    places = case.parts.division.places if case.parts.division else ()
    return wanted != PROVINCE and any(place.level == COUNTY and len(place.above) == 1 for place in places)
