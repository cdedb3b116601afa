"""A guide's plain text as sentences, each with its line, the headings above it, and the organisation types it is about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

BREAK = re.compile(r"(?<=[。；;！？!?])")
HEADING_LIMIT = 30
MARKED = re.compile(r"^(?:第[一二三四五六七八九十百\d]+[章节部分步]|[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[)）]|\d+[.、．])")
TYPE_WORDS = (
    ("外国商会", "外国商会"),
    ("境外非政府组织代表机构", "境外非政府组织|境外NGO|境外ngo"),
    ("行业协会商会", "行业协会|商会"),
    ("社会团体", "社会团体|社团|协会|学会|商会|联合会|促进会|研究会"),
    ("民办非企业单位", "民办非企业|民非|社会服务机构"),
    ("基金会", "基金会"),
    ("慈善组织", "慈善组织|募捐|公募资格"),
    ("社区社会组织", "社区社会组织"),
    ("志愿服务组织", "志愿服务组织"),
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: as written, without white space, its line number (from 1), the title and headings above it, and its types.

    `types` are those that the sentence names, else those of the nearest heading, else of the title; empty where none does.
    """

    written: str
    text: str
    line: int
    context: str
    types: frozenset[str]


def sentences_of(text: str) -> Iterator[Sentence]:
    """The sentences in order; a table row is one sentence, and a short line without a full stop is a heading as well."""
    title = heading = ""
    for number, line in enumerate(text.split("\n"), start=1):
        line = "，".join(cell.strip() for cell in line.split(" | ") if cell.strip())
        if not line:
            continue
        context = "\n".join(part for part in (title, heading) if part)
        for piece in BREAK.split(line):
            bare = plain(piece)
            if len(bare) > 3:
                types = types_in(bare) or types_in(heading) or types_in(title)
                yield Sentence(piece.strip(), bare, number, context, types)
        if is_heading(line):
            title, heading = (line, heading) if not title else (title, line)


def plain(text: str) -> str:
    """The text without white space, digits and percent signs in their narrow form."""
    text = re.sub(r"\s+", "", text)
    return "".join(unicodedata.normalize("NFKC", c) if c in "０１２３４５６７８９％．" else c for c in text)


def is_heading(line: str) -> bool:
    """Whether a line stands over what follows: short, and not a sentence of its own."""
    return len(line) <= HEADING_LIMIT and not re.search(r"[。；;，,！？]", line) and (bool(MARKED.match(line)) or not re.search(r"\d", line))


def types_in(text: str) -> frozenset[str]:
    """The organisation types that a text names; 外国商会 is no 商会, 境外非政府组织 no 社会团体."""
    found = set()
    for name, words in TYPE_WORDS:
        if re.search(words, text):
            found.add(name)
            if name in ("外国商会", "境外非政府组织代表机构"):
                text = re.sub(words, "", text)
    return frozenset(found)
