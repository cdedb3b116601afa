"""What a sentence of a model must pass before anyone sees it; the sources it names are all that counts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import groupby

from assistant.makers.bans import reversed_clause
from assistant.makers.bound_figures import misplaced
from assistant.makers.sentences import LONGEST, Said
from assistant.makers.sources import Source
from corpus.catalog import Catalog
from corpus.clean import to_simplified
from corpus.numerals import chinese_number, quantities, to_chinese
from corpus.references import laws_named
from index.tokens import tokens

MOST_CITED = 3
# Share of a sentence's character pairs that must occur in what it cites. Of 3,275 digest points against their official articles
# 98.4 % reach it, of the same against another article 0.4 %; small talk reaches at most 0.29 against the likest of 1,775 articles.
LEAST_SHARED = 0.3
N = r"[零〇一二两三四五六七八九十百千\d]+"
BOOK = re.compile(r"《[^》]*》?|[^《]*》")
NUMBERED = re.compile(rf"第{N}(?:条|款|项|章|节|编|篇|号|目)(?:之{N})?|[〔\[(（]\d{{4}}[〕\])）]\d*号?|\d+号|令第?{N}号")
GIVEN_AS = re.compile(r"(?:根据|依据|按照|依照|遵照|参照)([\u3400-\u9fff“”‘’]{2,24}?(?:法典|条例|办法|细则|规定|通知|意见|决定|解释|公告|法))")
KIND = re.compile(r"[\u3400-\u9fff](?<![照本该按由据与和或在])(?:法典|条例|细则)|(?:暂行|管理|实施|试行)(?:办法|规定)")
LATIN = re.compile(r"[a-z]{2,}")
HOST = re.compile(r"[\w-]\.(?:中国|公司|网络|公益|政务|网址)|[@/]{1,2}[\w-]+\.")
SAYING = re.compile(
    r"一般|一律|一定|一并|一旦|一样|一致|一起|一切|一直|一些|一经|一次性|一方面|另一|同一|统一|唯一|任一|之一|逐一|单一|某一|进一步"
    r"|万一|十分|双方|双重|队伍|大陆|陆续|[一二三四五六]是"
)
COUNTING = "两半双俩"
NOT_COUNTING = "什参"  # numerals to Unicode, everyday characters here
RANGE_ON = re.compile(r"[至到~～—–-]+[\d一二两三四五六七八九十]")


class Flaw(StrEnum):
    """Why a sentence is withheld."""

    UNMARKED = "没有标出依据"
    INVENTED = "标了不存在的依据"
    CROWDED = "一句标了太多依据"
    LONG = "句子过长"
    NAMED = "写了文件名、条号或网址"
    FIGURE = "数字与所标依据不符"
    REVERSED = "意思与所标依据相反"
    UNRELATED = "与所标依据无关"


def flaw(said: Said, sources: Mapping[str, Source], catalog: Catalog) -> Flaw | None:
    """The first thing wrong with a sentence, or None where it may be shown."""
    marked = _marking(said, sources)
    if marked is not None:
        return marked
    held = [flat(sources[code].text) for code in said.codes]
    text, evidence = flat(said.text), "\n".join(held)
    if names(said.text, text, evidence, catalog):
        return Flaw.NAMED
    if misplaced(text, held) or loose_numbers(text, evidence):
        return Flaw.FIGURE
    if shared(text, evidence) < LEAST_SHARED:
        return Flaw.UNRELATED
    return Flaw.REVERSED if reversed_clause(text, held) else None


def _marking(said: Said, sources: Mapping[str, Source]) -> Flaw | None:
    if any(code not in sources for code in said.codes) or re.search(r"[⟦⟧\[\]【】［］]", said.text):
        return Flaw.INVENTED
    if not said.codes:
        return Flaw.UNMARKED
    if len(said.codes) > MOST_CITED:
        return Flaw.CROWDED
    return Flaw.LONG if len(said.text) > LONGEST else None


def flat(text: str) -> str:
    """One script and width for letters and digits, no spaces within a line; punctuation stays, as it parts clauses."""
    wide = "".join(unicodedata.normalize("NFKC", c) if unicodedata.category(c)[0] in "LN" or c in "％．／＠" else c for c in text)
    return re.sub(r"(?<!\d)[^\S\n]+|[^\S\n]+(?!\d)", "", to_simplified(wide).lower())


def names(written: str, text: str, evidence: str, catalog: Catalog) -> list[str]:
    """Titles, article and document numbers, foreign words and addresses of the sentence that its sources do not say themselves."""
    numbered, quoted = _counted_in_chinese(evidence), evidence.replace("《", "").replace("》", "")
    found = [m[0] for m in BOOK.finditer(text) if m[0] not in evidence]
    found += [m[0] for m in NUMBERED.finditer(text) if m[0] not in evidence and _counted_in_chinese(m[0]) not in numbered]
    found += [m[1] for m in GIVEN_AS.finditer(text) if m[1] not in evidence]
    found += [m[0] for pattern in (KIND, LATIN, HOST) for m in pattern.finditer(text) if m[0] not in evidence]
    for _, start, end in laws_named(written, catalog):
        name = re.sub(r"[《》\s]", "", flat(written[start:end]))
        found += [name] if name not in quoted else []
    return found


def _counted_in_chinese(text: str) -> str:
    return re.sub(r"(?<=第)\d{1,4}", lambda m: to_chinese(int(m[0])), text)


def loose_numbers(text: str, evidence: str) -> list[str]:
    """Numbers that are no figure with a unit (三类, 5A, 一个, ⑤) and that the sources do not write with the same word after them."""
    marks = list(text)
    for quantity in quantities(text):
        if not quantity.unit and not RANGE_ON.match(text, quantity.end):
            continue
        marks[quantity.start : quantity.end] = "□" * (quantity.end - quantity.start)
    rest = SAYING.sub(lambda m: "□" * len(m[0]), "".join(marks))
    position, loose = 0, []
    for numeric, run in groupby(rest, key=_counts):
        number = "".join(run)
        position += len(number)
        if numeric and not any(way + rest[position : position + 1].strip("□") in evidence for way in _ways(number)):
            loose.append(number)
    return loose


def _counts(character: str) -> bool:
    return character in COUNTING or (character.isnumeric() and character not in NOT_COUNTING)


def _ways(number: str) -> Sequence[str]:
    if number.isascii() and number.isdigit() and int(number) <= 9999:
        return number, to_chinese(int(number))
    try:
        return number, str(chinese_number(number))
    except ValueError:
        return (number,)


def shared(text: str, evidence: str) -> float:
    """Share of the sentence's pairs of characters (and longer words) that the sources hold; 0 where it has none."""
    said = {token for token in tokens(text) if len(token) > 1}
    return len(said & set(tokens(evidence))) / len(said) if said else 0.0
