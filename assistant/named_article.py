"""Questions that name an article by its number: what they ask beside it, and what to say where the article is not held or not there."""

from __future__ import annotations

import re

from assistant.turn import Turn
from corpus.article import Address
from corpus.catalog import Catalog
from corpus.library import Library
from corpus.numerals import number_value
from corpus.references import ARTICLE, without_laws

ASKS_FOR_IT = re.compile(
    r"请问|帮我|查[一下]*|看[一下]*|规定|内容|条文|原文|全文|解释|意思|说明|怎么|如何|哪些|情形|情况|具体|什么|里面|讲|说|写|的|了|是|都|有|啥|呢|吗|一下|[^\w]"
)
LEAST = 3  # characters left over that ask for something


def asked_beside(question: str, catalog: Catalog) -> bool:
    """Whether more is asked than what the named article says."""
    return len(ASKS_FOR_IT.sub("", ARTICLE.sub("", without_laws(question, catalog)))) >= LEAST


def unheld(turn: Turn, library: Library) -> str:
    """The sentence that the named article is beyond the last one held, or missing between those held; "" where each is held."""
    return next((said for address in turn.slots.addresses if (said := _unheld(address, library))), "")


def _unheld(address: Address, library: Library) -> str:
    if library.entry(Address(address.law, address.edition, address.article)):
        return ""
    law = library.catalog.get(address.law)
    edition = library.edition(law, address.edition)
    labels = library.labels(law, edition) if edition else []
    numbers = [number_value(match[1]) for label in labels if (match := ARTICLE.fullmatch(label))]
    asked = ARTICLE.fullmatch(address.article)
    if not numbers or not asked:
        return f"本库没有收录《{law.title}》的条文，不能说{address.article}写了什么；请到国家法律法规数据库查原文。"
    last = max(numbers)
    name = next(label for label in labels if (match := ARTICLE.fullmatch(label)) and number_value(match[1]) == last)
    if number_value(asked[1]) > last:
        return f"本库收录的《{law.title}》（{address.edition[:4]} 年文本）到{name}为止，没有{address.article}；请核对条号，或直接写要问的事。"
    return f"本库没有收录《{law.title}》{address.article}，不能说它写了什么；请到国家法律法规数据库查原文，或直接写要问的事。"
