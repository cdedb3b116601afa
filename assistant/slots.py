"""What a question says about its case: date, organisation types, matters, level, region, laws and articles named."""

from __future__ import annotations

import re
from datetime import date

from assistant.turn import Slots
from assistant.wording import words
from corpus.article import Address, Law
from corpus.catalog import Catalog
from corpus.references import laws_named, references, without_laws
from corpus.timeline import edition_of, in_force

YEAR = r"((?:19|20)\d{2})\s*年"
FULL_DATE = re.compile(rf"{YEAR}\s*(\d{{1,2}})\s*月(?:\s*(\d{{1,2}})\s*[日号])?")
YEAR_ONLY = re.compile(
    rf"{YEAR}(?!度|底|末|第|\d|\s*\d|[前以]|间|代)(的时候|那时|那会|时|版|修[订正改]|的|，|,|，|我|成立|申请|登记|能|可以|怎么|要|多|，|\s|《|慈善|治安|行政|社|民|基|开始)?"
)
NOT_A_DATE = re.compile(r"(到|至|截至|截止|力争|〔)$")
NOW = re.compile(r"现在|目前|如今|今天|今年|现行|眼下|当前")
FOUNDED = re.compile(r"^.{0,3}(才|就)?(成立|登记|设立|注册|认定|办起来|拿到|取得|获得|批准|备案|建|评上?|评定|捐|签订?|换届|入会)(了|的|过|下来)")
THEN = re.compile(r"(?:当时|那时候?|那会儿?)[^，,。；;？?]{0,6}(?:要|得|按|规定|条件|门槛|标准|适用|依据|怎么|多少|几)")
YEAR_AFTER = re.compile(r"[》”]?\s*[（(]?\s*((?:19|20)\d{2})(?!\s*年|\d|[-./—〕\]])")
YEAR_BEFORE = re.compile(r"(?<![\d〔\[.-])((?:19|20)\d{2})\s*(?:版|文本|修[订正]版?)?的?\s*[《“]?$")
FACT_ON_DAY = re.compile(
    r"^[^，,。；;？?\d]{0,6}?(?:认定|登记|成立|设立|注册|收到|拿到|取得|获得|批准|批了|同意|开始|结束|举办|召开|开会|换届|到期|届满|送达|作出|发生|提交|交了|清算|终止|离职|退休|办完)"
)
ASKS_FOR_A_DAY = re.compile(r"什么时候|何时|哪天|几号|最晚|最迟|到期|来得及|还差多久|满.{0,3}年|够.{0,3}年|还能|几年后|多久后")
HISTORY = re.compile(
    r"^[^，,。；;？?\d]{0,14}?(?:施行|实施|出台|颁布|发布|公布|生效|修订|修改|修正)(?:了|后|之后|以后|以来|过|的[^，。？?]{0,14}(?:还|有没有|是不是))"
)
STILL = re.compile(r"还(?:能|可以)?(?:继续)?(?:用|适用|算数|管用|有效|生效|作数|在执行)|有没有效|(?:是否|还)有效|失效|废止|作废|过时|取代|被替")
SETS_SIDE_BY_SIDE = re.compile(r"前后|新旧|区别|不同|变化|对比|相比|比较|不一样|差别|改了|变了|多了|少了")
OTHER_TEXT = re.compile(r"[新旧老](?:的|法|版|规|条例|办法)|老[^，。]{0,6}办法|原来|以前|过去|现在|现行|(?:修[订改正]|改)(?:以)?[前后]")
OLD = re.compile(r"旧(法|版|规|条例|办法)|修[订正改]前|以前的?(法|规定|条例)|原来的?(法|规定|条例)|老(法|版|条例)")
OLD_BEFORE = re.compile(r"(?:旧|老|以前|原来|过去|修[订改正]前|改前)的?\s*《?$")
PROVINCE = re.compile(
    r"(北京|天津|上海|重庆)市?|(河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海)省?|(内蒙古|广西|西藏|宁夏|新疆)"
)
CITY = re.compile(r"(广州|深圳|宁波|青岛|洛阳|安阳|泰安|杭州|南京|苏州|成都|武汉|西安|厦门|济南|郑州|长沙)市?")
WITHOUT = re.compile(r"(没有?|无|不设|不是|未设)$")
CITY_PROVINCE = {
    "广州": "广东省",
    "深圳": "广东省",
    "宁波": "浙江省",
    "青岛": "山东省",
    "洛阳": "河南省",
    "安阳": "河南省",
    "泰安": "山东省",
    "杭州": "浙江省",
    "南京": "江苏省",
    "苏州": "江苏省",
    "成都": "四川省",
    "武汉": "湖北省",
    "西安": "陕西省",
    "厦门": "福建省",
    "济南": "山东省",
    "郑州": "河南省",
    "长沙": "湖南省",
}


def read(question: str, catalog: Catalog, on: date) -> Slots:
    """The slots of a normalised question. Addresses are in the edition in force on the day."""
    laws = [law for law, _, _ in laws_named(question, catalog)]
    masked = without_laws(question, catalog, "〇")
    return Slots(
        types=named("types", masked, question),
        matters=named("matters", masked, question),
        level=next(iter(named("levels", question, question)), ""),
        region=region_in(question),
        laws=tuple(dict.fromkeys(law.slug for law in laws)),
        addresses=tuple(_addresses(question, catalog, on)),
    )


def named(kind: str, text: str, whole: str) -> tuple[str, ...]:
    """Every value of a slot whose words occur; a value seen only inside a longer word of another value does not count."""
    spans: list[tuple[int, int, str]] = []
    lowered = text.lower()
    for value, names in words("slots")[kind].items():
        for word in (str(name).lower() for name in names):
            if word in lowered:  # nearly none is: the pattern is worth making only then
                found = re.finditer(re.escape(word), lowered)
                spans += [(m.start(), m.end(), value) for m in found if kind != "types" or not WITHOUT.search(lowered[: m.start()])]
    kept = [v for s, e, v in sorted(spans) if not any((a <= s and e <= b and (b - a) > (e - s)) for a, b, _ in spans)]
    return tuple(dict.fromkeys(kept))


def _addresses(question: str, catalog: Catalog, on: date) -> list[Address]:
    found = []
    for reference in references(question, catalog):
        law = catalog.find(reference.law) if reference.law else None
        edition = in_force(law, on) if law else None
        if law and edition:
            found.append(Address(law.slug, edition.date, reference.article, reference.place))
    return found


def region_in(question: str) -> str:
    """The province (and city) named in the question, 浙江省宁波市 for 宁波; "" where none is."""
    city = CITY.search(question)
    if city:
        return CITY_PROVINCE[city[1]] + city[1] + "市"
    match = PROVINCE.search(question)
    if not match:
        return ""
    return match[1] + "市" if match[1] else match[2] + "省" if match[2] else match[3] + "自治区"


def date_in(question: str, catalog: Catalog, today: date) -> date | None:
    """The day whose law the question asks for, where it says one: a date or year in the past, or the old text of a named law."""
    if NOW.search(question) or STILL.search(question) or compares_editions(question):
        return None
    laws = [law for law, _, _ in laws_named(question, catalog)]
    told = _full_date(question, today) or _year(question, laws, today) or _edition_named(question, catalog, today)
    return told or (_before_last_change(laws) if OLD.search(question) or _old_named(question, catalog) else None)


def compares_editions(question: str) -> bool:
    """Whether a question sets two editions of a law side by side (修改前后, 2016年和2023年): both are asked for, as they stand today."""
    sides = {match[1] for match in re.finditer(YEAR, question)} if SETS_SIDE_BY_SIDE.search(question) else set()
    told = SETS_SIDE_BY_SIDE.search(question) and OTHER_TEXT.search(question)
    return len(sides) > 1 or bool(told or re.search(r"修[订改正]前后|新旧|(?:修[订改正]|改)前.{0,6}(?:修[订改正]|改)后", question))


def _is_a_fact(question: str, start: int, end: int) -> bool:
    """Whether a date says when something happened (2018年才成立的, 2018年条例施行后) or is an aim (到2025年), not whose law is asked for.

    Of what was founded then the law of then is asked for all the same where the question says so (2019年成立的，当时要几年)."""
    after = question[end:]
    founded = FOUNDED.match(after) and not THEN.search(after)
    return bool(NOT_A_DATE.search(question[:start]) or founded or HISTORY.match(after))


def _old_named(question: str, catalog: Catalog) -> bool:
    """Whether a law is named as the old one (旧慈善法, 以前的《慈善法》)."""
    return any(OLD_BEFORE.search(question[:start]) for _, start, _ in laws_named(question, catalog))


def _full_date(question: str, today: date) -> date | None:
    for match in FULL_DATE.finditer(question):
        day = _day(int(match[1]), int(match[2]), int(match[3] or 1))
        of_case = match[3] and ASKS_FOR_A_DAY.search(question) and FACT_ON_DAY.match(question[match.end() :])
        if day and day < today and not of_case and not _is_a_fact(question, match.start(), match.end()):
            return day
    return None


def _year(question: str, laws: list[Law], today: date) -> date | None:
    if any(law.rank == "规划" for law in laws):
        return None
    for match in YEAR_ONLY.finditer(question):
        year = int(match[1])
        if _is_a_fact(question, match.start(), match.end(1) + 1):
            continue
        editions = [edition for law in laws if (edition := edition_of(law, str(year)))]
        if editions and match[2] not in ("的时候", "那时", "那会", "时"):
            return max(editions[0].in_force_from, date(year, 1, 1))
        if year < today.year:
            return date(year, 7, 1)
    return None


def _edition_named(question: str, catalog: Catalog, today: date) -> date | None:
    """A day of the edition that a year without 年 beside a law's name means (慈善法2016第二十条, 2012版治安管理处罚法), if it binds no more."""
    for law, start, end in () if SETS_SIDE_BY_SIDE.search(question) else laws_named(question, catalog):
        beside = YEAR_AFTER.match(question[end:]) or YEAR_BEFORE.search(question[:start])
        edition = edition_of(law, beside[1]) if beside else None
        if beside and edition and not edition.in_force(today) and edition.in_force_from <= today:
            return max(edition.in_force_from, date(int(beside[1]), 1, 1))
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _before_last_change(laws: list[Law]) -> date | None:
    for law in laws:
        ended = [e.in_force_to for e in law.editions if e.in_force_to is not None]
        if ended:
            return max(ended)
    return None
