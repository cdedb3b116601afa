"""The middle and the end of a name: order of the parts, form word, 字号, field, 异地商会, reserved and misleading words, persons' names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.tools.findings import Row, Verdict
from assistant.tools.name_case import Case
from assistant.tools.name_parts import person_like
from assistant.tools.places import Found, inside, leading
from assistant.wording import words

FOUR_PARTS = ("基金会", "民办非企业单位")
HOME_PEOPLE = ("", "企业家", "企业", "商人", "籍", "籍企业家", "籍商人", "同乡", "人", "企业联合")
CHAMBER_LIKE = ("联合会", "协会", "促进会", "联谊会", "总会", "商会")
LOCALITY = re.compile(r".{1,6}(街道|镇|乡|社区|村)+")
ABOUT_PERSON = re.compile(r"(学术|思想|文化|艺术|精神|诗词|书画|医学|美术|文学|音乐|教育|戏曲|作品)*$")


def rows(case: Case) -> Iterator[Row]:
    """Every row about what follows the division."""
    yield from _order(case)
    yield from _form(case)
    origin = away_origin(case)
    if origin:
        yield _away(case, origin)
    elif case.kind in FOUR_PARTS:
        yield from _four_parts(case)
    else:
        yield from _field(case)
    yield from _reserved(case)
    yield from _misleading(case)
    yield from _persons(case)
    yield from _conduct(case)


def _order(case: Case) -> Iterator[Row]:
    if away_origin(case):
        return
    misplaced = [found.text for found in inside(case.parts.body) if found.whole]
    if misplaced:
        first = f"“{case.parts.division.text}”之外，" if case.parts.division else ""
        yield case.row("order", Verdict.PROBLEM, f"{first}“{'、'.join(misplaced)}”写在了名称中间；行政区划要写在最前面，后面才是其他部分。")


def _form(case: Case) -> Iterator[Row]:
    form, owner = case.parts.form, case.parts.form_kind
    if owner == case.kind:
        yield case.row("form", Verdict.OK, f"以“{form}”收尾，是{case.kind}的组织形式。")
    elif owner == "分支":
        text = f"“{form}”是分支、代表机构用的结尾，独立登记的{case.kind}不能用。"
        yield case.row("branch_form", Verdict.PROBLEM, text)
    elif owner == "非社会组织":
        yield case.row("form", Verdict.PROBLEM, f"“{form}”不是社会组织的组织形式，{case.kind}一般以“{_examples(case.kind)}”收尾。")
    elif owner == "少见" or form in words("names")["tolerated"].get(case.kind, ()):
        yield case.row("form", Verdict.DOUBT, f"“{form}”不是{case.kind}常见的结尾，常见的是“{_examples(case.kind)}”，先问登记机关认不认。")
    elif owner:
        yield case.row("form", Verdict.PROBLEM, f"“{form}”是{owner}的结尾，和{case.kind}对不上；{case.kind}一般以“{_examples(case.kind)}”收尾。")
    else:
        verdict = Verdict.PROBLEM if case.kind == "基金会" else Verdict.DOUBT
        yield case.row("form", verdict, f"名称的结尾看不出组织形式；{case.kind}一般以“{_examples(case.kind)}”收尾。")


def _examples(kind: str) -> str:
    return "、".join(words("names")["forms"][kind][:5])


def away_origin(case: Case) -> Found | None:
    """The 原籍地 of an 异地商会: a place outside the division that fills the middle of the name of a 社会团体."""
    division = case.parts.division
    if case.kind != "社会团体" or not division or case.parts.form not in CHAMBER_LIKE:
        return None
    origin = leading(case.parts.body)
    if origin is None or case.parts.body[origin.end :] not in HOME_PEOPLE:
        return None
    away = [place for place in origin.places if not any(place.within(home) for home in division.places)]
    rest = case.parts.body[origin.end :]
    sure = origin.whole or case.parts.form == "商会" or any(place.level < 3 for place in away)
    return origin if len(away) == len(origin.places) and sure and (rest or case.parts.form in ("商会", "联合会", "促进会", "联谊会", "总会")) else None


def _away(case: Case, origin: Found) -> Row:
    rest = case.parts.body[origin.end :]
    home = case.parts.division.text if case.parts.division else ""
    if case.parts.form != "商会":
        text = f"看着是异地商会；异地商会要按登记地、原籍地、“商会”的次序起名，例如“{home}{origin.text}商会”。"
        return case.row("away_chamber", Verdict.PROBLEM, text)
    if rest:
        return case.row("away_chamber", Verdict.DOUBT, f"异地商会的名称只写登记地、原籍地和“商会”，中间的“{rest}”先问登记机关能不能留。")
    return case.row("away_chamber", Verdict.OK, f"登记地“{home}”、原籍地“{origin.text}”、“商会”，次序符合异地商会的写法。")


def _field(case: Case) -> Iterator[Row]:
    body = case.parts.body
    place = leading(body) if case.parts.division else None
    if not body:
        yield case.row("field", Verdict.PROBLEM, "行政区划和组织形式之间没有写行（事）业领域或者会员组成。")
    elif place and place.end == len(body):
        yield case.row("field", Verdict.DOUBT, f"“{body}”是地名，看不出行（事）业领域或者会员组成。")
    else:
        yield case.row("field", Verdict.OK, f"行（事）业领域或会员组成写的是“{body}”。")


def _four_parts(case: Case) -> Iterator[Row]:
    trade, field = case.trade
    told = case.parts.form in words("names")["telling_forms"]
    if not trade:
        written = f"“{field}”都是行业用语" if field else "中间没有内容"
        yield case.row("trade_name", Verdict.PROBLEM, f"{case.kind}的名称要有字号，这个名称的{written}，没有字号。")
    elif LOCALITY.fullmatch(trade):
        yield case.row("trade_name", Verdict.DOUBT, f"“{trade}”像街道、社区的地名，看不出字号；{case.kind}的名称要有字号。")
    elif len(trade) == 1:
        yield case.row("trade_name", Verdict.DOUBT, f"字号只有“{trade}”一个字，容易和别的组织混同，先问登记机关。")
    else:
        yield case.row("trade_name", Verdict.OK, f"字号是“{trade}”。")
    if field or told:
        yield case.row("field", Verdict.OK, f"行（事）业领域写的是“{field or case.parts.form}”。")
    elif trade:
        yield case.row("field", Verdict.DOUBT, f"“{trade}”里看不出行（事）业领域；{case.kind}的名称在字号之后要写领域。")


def _reserved(case: Case) -> Iterator[Row]:
    body = case.parts.body
    limited = body
    for limiter in sorted(words("names")["limiters"], key=len, reverse=True):
        limited = limited.replace(limiter, "□" * len(limiter))
    left = [word for word in words("names")["reserved"] if word in limited]
    used = [word for word in words("names")["reserved"] if word in body]
    if case.level == "全国性" or not used:
        return
    if left:
        text = f"名称中间有“{'、'.join(left)}”；地方登记的名称里它只能限定行（事）业领域，还要合国家规定，请向登记机关说明用途。"
        yield case.row("reserved_middle", Verdict.DOUBT, text)
    else:
        yield case.row("reserved_middle", Verdict.OK, f"“{'、'.join(used)}”在这里限定的是行（事）业领域。")


def _misleading(case: Case) -> Iterator[Row]:
    table = words("names")
    text = case.parts.text
    other = text
    for pattern in table["misleading_other"]:
        other = re.sub(pattern, "", other)
    found = [word for word in table["misleading"] if word in other]
    boasts = [word for word in table["boasting"] if word in text]
    if found == ["第一"] and other.endswith("第一" + case.parts.form):
        yield case.row("misleading", Verdict.DOUBT, f"“第一{case.parts.form}”的“第一”如果是序号可以另说，容易误导人的不能用，先问登记机关。")
    elif found:
        yield case.row("misleading", Verdict.PROBLEM, f"“{'、'.join(found)}”容易误导人，行（事）业领域里不能用。")
    elif other != text:
        yield case.row("misleading", Verdict.OK, "名称里的“第一”“最高”另有含义，不算误导词。")
    elif boasts:
        yield case.row("misleading", Verdict.DOUBT, f"“{'、'.join(boasts)}”和“第一”“最高”“国家级”同类，容易误导人，建议去掉。")


def _persons(case: Case) -> Iterator[Row]:
    table, text = words("names"), case.parts.text
    leaders = [name for name in table["leaders"] if name in text]
    if leaders:
        yield case.row("leader", Verdict.PROBLEM, f"一般不能用“{'、'.join(leaders)}”这样的领导人、老一辈革命家、政治活动家姓名来命名。")
        return
    named = [name for name in (*case.persons, *table["figures"]) if name and name in text]
    suspect = named[0] if named else _suspect(case)
    if suspect and case.kind == "社会团体":
        like = "是人名" if named else "像人名"
        yield case.row("person", Verdict.DOUBT, f"“{suspect}”{like}；社会团体一般不用人名，例外只留给科技、文化、卫生、教育、艺术领域贡献重大的杰出人物。")
    elif suspect:
        if suspect in table["figures"]:
            text = f"“{suspect}”是已故名人；用作字号的，其人要在相关公益领域有重大贡献。"
        else:
            text = f"“{suspect}”{'是' if named else '像'}人名；用人名作字号要本人同意，被剥夺过政治权利的人不能用。"
        yield case.row("person", Verdict.DOUBT, text)


def _suspect(case: Case) -> str:
    if case.kind in FOUR_PARTS:
        return case.trade[0] if person_like(case.trade[0]) else ""
    bare = ABOUT_PERSON.sub("", case.parts.body)
    return bare if case.parts.form in ("研究会", "学会", "促进会") and len(bare) == 3 and person_like(bare) else ""


def _conduct(case: Case) -> Iterator[Row]:
    table, text = words("names"), case.parts.text
    organ = next((match[0] for pattern in table["organs"] if (match := re.search(pattern, text))), "")
    improper = [word for word in table["improper"] if word in text]
    if organ:
        yield case.row("conduct", Verdict.DOUBT, f"名称里有“{organ}”，容易让人当成党政机关，先问登记机关能不能用。")
    if improper:
        yield case.row("conduct", Verdict.PROBLEM, f"“{'、'.join(improper)}”不合社会道德风尚或者涉嫌违法，不能写进名称。")
