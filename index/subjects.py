"""Laws with a subject of their own (工会法, 反洗钱法) stand back unless the question touches that subject; laws of the domain never do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from corpus.catalog import Catalog, read_yaml

DATA = Path(__file__).parent / "data" / "subjects.yaml"
DOMAIN = re.compile(r"社会组织|社会团体|社团|民办非企业|社会服务机构|基金会|慈善|募捐|捐赠|志愿|行业协会|商会|民间组织|规划")
FORM = re.compile(r"实施|中华人民共和国|管理|促进|保障|保护|暂行|试行|若干|规定|条例|办法|决定|细则|通知|意见|关于|登记|[的法和与及（）《》〔〕\d]")


class Subjects:
    """Which laws a question does not touch. A law without digests that the data do not list is touched by a pair of characters of its title."""

    def __init__(self, catalog: Catalog, digested: Iterable[str]) -> None:
        listed = {slug: re.compile("|".join(map(re.escape, words)), re.IGNORECASE) for slug, words in _listed(catalog)}
        known = set(digested)
        for law in catalog:
            if law.slug not in listed and law.slug not in known and not DOMAIN.search(law.title):
                listed |= {law.slug: pattern} if (pattern := _of_title(law.title, law.region)) else {}
        self._patterns = listed

    def untouched(self, question: str) -> list[str]:
        """The slugs of the laws that have a subject of their own and are not asked about."""
        return [slug for slug, pattern in self._patterns.items() if not pattern.search(question)]


def _listed(catalog: Catalog) -> Iterator[tuple[str, list[str]]]:
    """(slug, words) of the listed laws that the catalog has: an office may have left one out."""
    for row in read_yaml(DATA):
        for title in row["laws"]:
            if law := catalog.find(title):
                yield law.slug, list(map(str, row["words"]))


def _of_title(title: str, region: str) -> re.Pattern[str] | None:
    core = FORM.sub(" ", title.replace(region, "") if region else title)
    pairs = {part[i : i + 2] for part in core.split() for i in range(len(part) - 1)}
    return re.compile("|".join(map(re.escape, sorted(pairs)))) if pairs else None
