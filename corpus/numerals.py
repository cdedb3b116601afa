"""Chinese numerals and quantities: 三十日, 3万元, 三分之二 and 12% read as values with a normalised unit."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
SMALL = {"十": 10, "百": 100, "千": 1000}
LARGE = {"万": 10**4, "亿": 10**8}
NUMERAL = "[零〇一二两三四五六七八九十百千万亿]"
REMEMBERED = 4096


def chinese_number(text: str) -> int:
    """The integer written in Chinese numerals (一百二十, 二〇二一, 十). Raises ValueError for anything else."""
    if not text or not re.fullmatch(NUMERAL + "+", text):
        raise ValueError(f"“{text}”不是中文数字")
    if len(text) > 1 and all(c in DIGITS for c in text):
        return int("".join(str(DIGITS[c]) for c in text))
    total = section = digit = 0
    for character in text:
        if character in DIGITS:
            digit = DIGITS[character]
        elif character in SMALL:
            section += (digit or 1) * SMALL[character]
            digit = 0
        else:
            section += digit
            if character == "亿" or not section:
                total = (total + section or 1) * LARGE[character]
            else:
                total += section * LARGE[character]
            section = digit = 0
    return total + section + digit


def to_chinese(number: int) -> str:
    """The integer (0–9999) in Chinese numerals as article numbers are written: 12 → 十二, 101 → 一百零一."""
    if not 0 <= number <= 9999:
        raise ValueError(f"{number} 超出 0—9999")
    if number == 0:
        return "零"
    written, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            written += ("零" if gap else "") + "零一二三四五六七八九"[digit] + name
            gap = False
        elif written:
            gap = True
    return written[1:] if written.startswith("一十") else written


UNIT_FAMILY = {
    **dict.fromkeys(["个", "名", "人", "家", "位", "户", "所"], "个"),
    **dict.fromkeys(["人次"], "人次"),
    **dict.fromkeys(["工作日", "个工作日"], "工作日"),
    **dict.fromkeys(["日", "天"], "日"),
    **dict.fromkeys(["月", "个月"], "月"),
    **dict.fromkeys(["年", "周年"], "年"),
    **dict.fromkeys(["周岁", "岁"], "岁"),
    **dict.fromkeys(["小时", "时"], "时"),
    **dict.fromkeys(["次", "届", "倍", "份", "元", "级", "厘米"], None),
}
UNITS = sorted(UNIT_FAMILY, key=len, reverse=True)
REFERENCE = re.compile(
    rf"第\s*+(?:{NUMERAL}|\d)++\s*+(?:条|款|项|章|节|编|篇|号|届|次|批|年度|步|部分|类)(?:之[一二三四五六七八九十]+)?"
    rf"|[（(][一二三四五六七八九十\d]++[)）]|〔\d++〕\s*+\d++\s*+号|(?<!\d)\d++号|[1-5]A|(?<![一二三四五六七八九十])[一二三四五六七八九十]++、"
)
# The loops below give nothing back once they have taken it (`++`, `*+`) and begin where a run begins: a reader's question of 2,000
# numerals is read in one pass, where backtracking would take minutes. tests/test_regexes.py attacks every expression of the product.
FRACTION = re.compile(rf"((?<!{NUMERAL}){NUMERAL}++|(?<!\d)\d++)分之({NUMERAL}+|\d+)|(?<!\d)(\d++)\s*+[/／]\s*+(\d+)(?!\d)")
PERCENT = re.compile(r"(?<!\d)(\d++(?:\.\d++)?)\s*+[%％]")
HALF = re.compile(r"(?:(?<=[过占少])|超过|不少于|不足)?(?:半数|一半)")
DATE = re.compile(
    r"(?:(\d{4})\s*年\s*)?(\d{1,2})\s*月\s*(\d{1,2})\s*日|(\d{4})\s*年\s*(\d{1,2})\s*月(?!\s*\d)"
    r"|(?<![\d-])(\d{4})-(\d{2})-(\d{2})(?![\d-])"
)
PLAIN = re.compile(rf"(\d+(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*[多余]?\s*(百万|千万|万亿|十亿|百亿|千亿|[百千万亿])?\s*({'|'.join(UNITS)})?")
WRITTEN = re.compile(rf"(?<!{NUMERAL})(?=[零〇万亿]*+[一二两三四五六七八九十百千])({NUMERAL}++)\s*+余?\s*+({'|'.join(UNITS)})")
RANGE = re.compile(rf"(?<!{NUMERAL})({NUMERAL}++)(?=(?:至|到|[-—–~～]++)(?:{NUMERAL}++)\s*+({'|'.join(UNITS)}))")
UPPER_END = re.compile(rf"(?:至|到|(?<![-—–~～])[-—–~～]++)\s*+\d++(?:\.\d++)?\s*+(百万|千万|万亿|十亿|百亿|千亿|[百千万亿])?\s*+({'|'.join(UNITS)})")
SCALE = {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8, "百万": 10**6, "千万": 10**7}
SCALE |= {"十亿": 10**9, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12}
COUNTED = r"(?<![\d.多余万千])(?:[一二两三四五六七八九十]{1,3}|\d{1,2})\s*(?:类|种|条|章|项|件|方面|个方面|步|点|档|样|款|句|门|头|边|者|样|块|面|关|环)"
INDEFINITE = r"(?<![零〇一二两三四五六七八九十百千万亿第])一(?:个(?!月|工作日)|次(?!性)|份|家|位|所|类|处|户)"
IDIOM = re.compile(
    rf"{COUNTED}|{INDEFINITE}|一致|一般|一律|一定|一次性|统一|同一|任一|唯一|(?<!分)之一|一并|一级|两级|一体|一旦|一样|一网|一件事|一站|三证|一照|一人一票"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number that binds: exact value, unit family ("" where none is written) and where it stands in the text."""

    value: Fraction
    unit: str
    start: int
    end: int

    def agrees(self, other: Quantity) -> bool:
        """Equal value, and equal unit family unless one of the two is written without a unit."""
        return self.value == other.value and (self.unit == other.unit or "" in (self.unit, other.unit))


def family(unit: str) -> str:
    """The unit that stands for all units counted alike: 名, 人 and 家 are 个; 天 is 日."""
    return UNIT_FAMILY.get(unit) or unit


def number_value(text: str) -> int:
    """An integer from Arabic or Chinese digits."""
    return int(text) if text.isdigit() else chinese_number(text)


class _Reading:
    """A text being read: what was taken is blanked out, so that no figure is read twice."""

    def __init__(self, text: str) -> None:
        self.rest = text
        self.found: list[Quantity] = []

    def blank(self, match: re.Match[str]) -> None:
        self.rest = self.rest[: match.start()] + "□" * (match.end() - match.start()) + self.rest[match.end() :]

    def take(self, match: re.Match[str], value: Fraction, unit: str) -> None:
        self.found.append(Quantity(value, unit, match.start(), match.end()))
        self.blank(match)


def quantities(text: str) -> list[Quantity]:
    """Every quantity of the text in order; not among them are references (第十条, （一）, 69号),
    idioms (一般, 统一), an indefinite 一个, and counts of kinds or items (四类, 八项), which say how a list is laid out."""
    return list(_quantities(text))


@lru_cache(maxsize=REMEMBERED)
def _quantities(text: str) -> tuple[Quantity, ...]:
    """Remembered: an answer weighs the same statements of the law as many answers before it."""
    reading = _Reading(text)
    for pattern in (REFERENCE, IDIOM):
        for match in pattern.finditer(reading.rest):
            reading.blank(match)
    _read_ratios(reading)
    _read_dates(reading)
    for match in PLAIN.finditer(reading.rest):
        upper = None if match[2] or match[3] else UPPER_END.match(text, match.end())
        scale, unit = (upper[1], upper[2]) if upper else (match[2], match[3])
        value = Fraction(match[1].replace(",", "")) * SCALE.get(scale or "", 1)
        reading.take(match, value, _unit(unit, value))
    for pattern in (RANGE, WRITTEN):
        for match in pattern.finditer(reading.rest):
            value = Fraction(chinese_number(match[1]))
            reading.take(match, value, _unit(match[2], value))
    return tuple(sorted(reading.found, key=lambda q: q.start))


def _read_ratios(reading: _Reading) -> None:
    for match in FRACTION.finditer(reading.rest):
        below, above = (match[1], match[2]) if match[1] else (match[4], match[3])
        if number_value(below):
            reading.take(match, Fraction(number_value(above), number_value(below)), "比例")
    for match in PERCENT.finditer(reading.rest):
        reading.take(match, Fraction(match[1]) / 100, "比例")
    for match in HALF.finditer(reading.rest):
        reading.take(match, Fraction(1, 2), "比例")


def _read_dates(reading: _Reading) -> None:
    for match in DATE.finditer(reading.rest):
        year, month, day = match[1] or match[4] or match[6], match[2] or match[5] or match[7], match[3] or match[8]
        reading.take(match, Fraction(int(month) * 100 + int(day or 0)), "日期")
        if year:
            reading.found.append(Quantity(Fraction(int(year)), "年份", match.start(), match.end()))


def _unit(written: str | None, value: Fraction) -> str:
    if not written:
        return ""
    if written == "年" and 1900 <= value <= 2100:
        return "年份"
    return family(written)
