"""Names of branches, representative offices and internal departments: the parent's full name first, then an ending of their own kind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.tools.findings import Row, Verdict
from assistant.tools.name_case import Case
from assistant.tools.name_parts import form_of
from assistant.tools.places import COUNTY, inside, leading
from assistant.wording import words

KINDS = ("社会团体", "基金会", "民办非企业单位")


def rows(case: Case, parent: str) -> Iterator[Row]:
    """Every row about a branch's name; `parent` is the parent's registered name, "" where it is to be read from the name."""
    whole, kind = parent_of(case.parts.text, parent)
    if not whole or not case.parts.text.startswith(whole):
        shown = f"“{parent}”" if parent else "所属社会组织的全称"
        yield case.row("parent", Verdict.PROBLEM, f"分支、代表机构的名称要先写{shown}，再写自己的名称。")
    else:
        yield case.row("parent", Verdict.OK, f"前面写了所属组织“{whole}”。")
    tail = case.parts.text[len(whole) :] if case.parts.text.startswith(whole) else case.parts.text
    ending = ending_of(tail, kind)
    yield from _parent_kind(case, kind, ending)
    yield from _ending(case, kind, tail, ending)
    yield from _regional(case, kind, tail, ending)
    reserved = [word for word in words("names")["reserved"] if word in tail]
    if reserved:
        yield case.row("reserved_middle", Verdict.DOUBT, f"分支、代表机构名称里的“{'、'.join(reserved)}”只能作限定语，请确认不是冠名。")


def parent_of(name: str, parent: str) -> tuple[str, str]:
    """The parent's name and type; read from the first body form inside the name where no parent is given, ("", "") where none is found."""
    if parent:
        owner = form_of(parent)[1]
        return parent, owner if owner in KINDS else "社会团体"
    for end in range(4, len(name)):
        form, owner = form_of(name[:end])
        longer = any(form_of(name[:later])[0].startswith(form) and form_of(name[:later])[1] in KINDS for later in range(end + 1, min(end + 3, len(name))))
        if owner in KINDS and len(form) > 1 and not longer:
            return name[:end], owner
    return "", ""


def ending_of(tail: str, kind: str) -> str:
    """分支, 代表, 内部, 法人 or "" for the ending of what follows the parent's name."""
    table = words("names")["branch"]
    if any(tail.endswith(word) for word in table["representative"]):
        return "代表"
    branch = {*table["社会团体"], *table["基金会"]} if kind not in table else set(table[kind])
    if any(tail.endswith(word) for word in branch):
        return "分支"
    if any(tail.endswith(word) for word in table["body_style"]):
        return "法人"
    return "内部" if any(tail.endswith(word) for word in table["office"]) else ""


def _parent_kind(case: Case, kind: str, ending: str) -> Iterator[Row]:
    if kind == "民办非企业单位" and ending != "内部":
        yield case.row("parent_kind", Verdict.PROBLEM, "民办非企业单位不能设分支机构，分院、分校、分中心也算。", kind)
    elif kind in ("社会团体", "基金会") and ending in ("分支", "代表"):
        yield case.row("parent_kind", Verdict.OK, f"{kind}可以设分支、代表机构，没有法人资格，在所属组织授权的范围内活动。", kind)


def _ending(case: Case, kind: str, tail: str, ending: str) -> Iterator[Row]:
    table = words("names")["branch"]
    usual = "、".join([*table.get(kind, table["社会团体"]), *table["representative"]])
    if ending == "法人":
        yield case.row("body_style", Verdict.PROBLEM, f"“{tail}”像一个独立法人的名称；分支、代表机构以“{usual}”等收尾。")
    elif ending == "内部":
        yield case.row("ending", Verdict.OK, f"“{tail}”以部、处、室收尾，是内部办事机构的写法。", "内部")
    elif ending:
        yield case.row("ending", Verdict.OK, f"“{tail}”的结尾符合{'代表' if ending == '代表' else '分支'}机构的写法。")
    else:
        yield case.row("ending", Verdict.DOUBT, f"“{tail}”的结尾不在常见之列；分支、代表机构以“{usual}”等收尾。")


def _regional(case: Case, kind: str, tail: str, ending: str) -> Iterator[Row]:
    endings = re.findall("|".join(words("names")["branch"]["社会团体"]), tail)
    if len(endings) > 1:
        yield case.row("nested", Verdict.PROBLEM, f"“{tail}”是在“{endings[0]}”下面再设“{endings[-1]}”；分支机构不能再设分支机构。")
    if kind == "基金会" or ending not in ("分支", ""):
        return
    own = endings[-1] if endings else ""
    place = regional_place(tail.removesuffix(own), case)
    if place:
        yield case.row("regional", Verdict.PROBLEM, f"“{tail}”按地名“{place}”设立；社会团体不能设地域性的分支机构。")
    elif places := [found.text for found in inside(tail)]:
        yield case.row("regional", Verdict.DOUBT, f"“{tail}”带地名“{'、'.join(places)}”；社会团体不能设地域性的分支机构，请确认不是按地域设的。")


def regional_place(tail: str, case: Case) -> str:
    """The place that is all a branch's own name says (鄞州, 浙江省, 华东地区), or ""."""
    found = leading(tail)
    home = case.parts.division.places if case.parts.division else ()
    if found and found.end == len(tail):
        near = any(place.within(upper) for place in found.places for upper in home)
        return tail if found.whole or near or any(place.level < COUNTY for place in found.places) else ""
    return tail if re.fullmatch(r"(华[东南西北中]|东北|西[南北]).{0,2}|.{1,4}(地区|片区|大区)", tail) else ""
