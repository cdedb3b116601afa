"""General repairs of texts as they come in: Markdown and HTML marks, glossed glyphs, stray spaces, traditional script.

A repair never drops a character of the text itself: what goes is markup, pinyin glosses in brackets, and white space.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import opencc

from corpus.numerals import NUMERAL, number_value, to_chinese

CJK = r"\u3400-\u9fff\uf900-\ufaff〇"
SYLLABLE = r"[a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ]{1,6}"
GLOSS = re.compile(rf"(?<=[{CJK}])\((?P<reading>{SYLLABLE}) ?\)")
TONED = re.compile(r"[āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹ]")
BROKEN_GLOSS = re.compile(rf"(?:[?\ufffd]({SYLLABLE}) ?\))+")
INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
NARROW_SPACES = re.compile(r"[\u00a0\u2000-\u200a\u202f\u205f]")
HEADING_AHEAD = r"(?=(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十百]+[编章节条]|——))"
FEW_GLOSSES = 20
LABEL = re.compile(rf"^([ \t\u3000]*)第[ \t]*({NUMERAL}+|\d{{1,4}})[ \t]*条(?=[ \t\u3000:：]|$)", re.M)


@dataclass(frozen=True, slots=True)
class Repair:
    """A repaired text and, in Chinese, what was done to it."""

    text: str
    notes: tuple[str, ...] = ()


def tidy(text: str) -> str:
    """Unix line ends, plain spaces, no invisible characters, no trailing blanks; nothing else changes."""
    text = INVISIBLE.sub("", NARROW_SPACES.sub(" ", LINE_ENDS.sub("\n", text)))
    return "\n".join(line.rstrip(" \t\u3000") for line in text.split("\n")).strip("\n")


def repair(text: str) -> Repair:
    """Undo what scraping did: glosses out, lost glyphs back, traditional to simplified, one-line pages to paragraphs."""
    notes: list[str] = []
    text = tidy(text)
    glosses = GLOSS.findall(text)
    if len(glosses) >= FEW_GLOSSES and sum(bool(TONED.search(g)) for g in glosses) > len(glosses) / 2:
        text, restored = _restore_lost_glyphs(text)
        text = GLOSS.sub("", text)
        notes.append(f"去掉 {len(glosses)} 处夹在字间的拼音注音")
        if restored:
            notes.append(f"按同页注音补回 {restored} 个丢失的字")
    if is_traditional(text):
        text = to_simplified(text)
        notes.append("繁体转为简体")
    if is_one_line(text):
        text = reflow(text)
        notes.append("按标题和段落重新分行")
    labelled = LABEL.sub(_usual_label, text)
    if labelled != text:
        text = labelled
        notes.append("条号统一为通行写法")
    return Repair(text, tuple(notes))


def _usual_label(match: re.Match[str]) -> str:
    """第12条, 第 十二 条 and 第一百〇二条 as 第十二条 and 第一百零二条: citations are looked up in that form."""
    number = number_value(match[2])
    return f"{match[1]}第{to_chinese(number)}条" if 0 < number <= 9999 else match[0]


def _restore_lost_glyphs(text: str) -> tuple[str, int]:
    """A broken run `?r1)?r2)` stands for one lost glyph read r2; the page's own glosses say which glyph that is."""
    readings: dict[str, Counter[str]] = {}
    for match in GLOSS.finditer(text):
        readings.setdefault(match["reading"], Counter())[text[match.start() - 1]] += 1
    restored = 0

    def glyph(match: re.Match[str]) -> str:
        nonlocal restored
        known = readings.get(match[1])
        if not known:
            return match[0]
        restored += 1
        return best_fit(known, text, match.end())

    return BROKEN_GLOSS.sub(glyph, text), restored


def best_fit(candidates: Counter[str], text: str, position: int) -> str:
    """The candidate that the page itself most often writes before the character at `position`."""
    following = text[position : position + 1]
    seen = {c: len(re.findall(rf"{re.escape(c)}(?:\({SYLLABLE} ?\))?{re.escape(following)}", text)) for c in candidates}
    return max(candidates, key=lambda c: (seen[c], candidates[c]))


@lru_cache(maxsize=2)
def _converter(direction: str) -> opencc.OpenCC:
    return opencc.OpenCC(direction)


def to_simplified(text: str) -> str:
    """Traditional glyphs to simplified ones, one for one (OpenCC, glyph level: no change of regional vocabulary)."""
    converted: str = _converter("t2s").convert(text)
    return converted


def is_traditional(text: str) -> bool:
    """Whether over 2 % of the Chinese characters are written in traditional form."""
    han = re.findall(rf"[{CJK}]", text)
    if not han:
        return False
    changed = sum(a != b for a, b in zip("".join(han), to_simplified("".join(han)), strict=False))
    return changed > len(han) * 0.02


def is_one_line(text: str) -> bool:
    """Whether the page lost its line breaks: lines of over 500 characters on average."""
    lines = [line for line in text.split("\n") if line.strip(" |")]
    return bool(lines) and sum(map(len, lines)) / len(lines) > 500


def reflow(text: str) -> str:
    """Break a one-line page where a space stands before a heading or after a sentence; other spaces between glyphs stay."""
    text = re.sub(r"^[|\s]+|[|\s]+$", "", text)
    text = re.sub(rf"(?<![ \u3000])[ \u3000]++{HEADING_AHEAD}", "\n", text)
    text = re.sub(rf"(?<=[。；！？])[ \u3000]+(?=[{CJK}“‘《（(])", "\n", text)
    text = re.sub(rf"(?<=[:：])[ \u3000]+(?=[{CJK}《“])", "\n", text)
    return re.sub(r"\n{2,}", "\n", text)


def strip_markdown(text: str) -> str:
    """Plain text of a Markdown page: YAML head, HTML tags, `:::` marks, emphasis, heading and quote marks go; words stay."""
    text = tidy(text)
    text = re.sub(r"\A\s*---[ \t]*\n(?=[ \t]*[\w-]+[ \t]*:).*?\n---[ \t]*(?:\n|\Z)", "", text, flags=re.S)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.S | re.I)
    text = re.sub(r"</?(?:p|div|br|li|tr|h\d)\b[^>]*>", "\n", text, flags=re.I)
    text = re.sub(r"</t[dh]\s*>", " | ", text, flags=re.I)
    text = re.sub(r"</?[a-zA-Z][^<>]*>", "", text)
    text = re.sub(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});", lambda entity: html.unescape(entity[0]), text)
    lines = []
    for line in text.split("\n"):
        line = re.sub(r"^\s*:{3,}[ \t]*[a-zA-Z-]*[ \t]*", "", line)
        line = re.sub(r"^\s{0,3}#{1,6}[ \t]*", "", line)
        line = re.sub(r"^\s{0,3}(?:>[ \t]?)+", "", line)
        lines.append(line)
    text = "\n".join(lines)
    text = re.sub(r"!?\[([^\]\n]*)\]\([^)\s]*\)", r"\1", text)
    text = re.sub(r"\*\*([^*\n]+)\*\*", r"\1", text)
    return tidy(text)
