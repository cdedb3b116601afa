"""What lines say about instruments: citations, 《…》第…条, titles and document numbers, and whether these resolve."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from corpus.article import Address
from corpus.finding import Finding, Kind
from corpus.guide import UNCITED
from corpus.library import Library
from corpus.references import CITE, Reference, references
from corpus.stale import Stale
from corpus.support import complete, shortened
from corpus.timeline import in_force

TITLE = re.compile(r"《([^《》]{2,80})》")
INSTRUMENT = re.compile(r"(?:法|条例|办法|规定|规则|细则|通知|意见|决定|公告|规划|纲要|制度|准则|指引|批复|方案|基准|通则)(?:[（(][^）)]*[)）])?$")
ISSUERS = "中国民财办组政人社京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
DOCUMENT = re.compile(rf"[{ISSUERS}]{{1,4}}(?:发|函|规|会|税|字|办)?[〔\[](?:19|20)\d{{2}}[〕\]]\s*\d+\s*号")
ORDER = re.compile(r"令第\s*(\d{1,3})\s*号|(?<!\d)(\d{2,3})\s*号令")
ORDINAL = re.compile(r"^(?:原则|理由|途径|路径|红线|底线|标准|要求)")
SUBSIDIARY = re.compile(r"(实施条例|实施细则|实施办法)\s*$")


def cites(library: Library, on: date) -> Iterator[Finding]:
    """Citations of guides and terms that name no known law or no known article, and lines without any citation."""
    for where, section, line in library.lines():
        if not line.cites and section not in UNCITED:
            yield Finding(Kind.UNCITED, where, f"这一行没有写依据：“{shortened(line.say)}”")
        for cite in line.cites:
            yield from bad_cite(library, cite, where, on)


def bad_cite(library: Library, cite: str, where: str, on: date) -> Iterator[Finding]:
    """What is wrong with one citation as written: the law unknown, no article named, or no such article in that edition."""
    address = library.resolve(cite, on)
    if address is None:
        named = CITE.match(cite)
        if named:
            yield Finding(Kind.NOT_IN_CATALOG, where, f"目录里没有“{named[1]}”（依据“{cite}”），请登记到 catalog，或更正名称", named[1])
        else:
            yield Finding(Kind.UNRESOLVED, where, f"依据“{cite}”不是“文件名 第几条”的写法，请改成例如“慈善法 第二十二条”")
        return
    law = library.law(address.law)
    if not address.article:
        yield Finding(Kind.UNRESOLVED, where, f"依据“{cite}”只有文件名，没有写到条", law.title)
    elif library.entry(address) is None and sure(library, address):
        yield Finding(Kind.NO_ARTICLE, where, f"《{law.title}》{address.edition} 文本里没有“{address.article}”（依据“{cite}”）", law.title)


def sure(library: Library, address: Address) -> bool:
    """Whether an article that is not found does not exist: every article of the edition is known, or it is a 要点 of our own."""
    return address.article.startswith("要点") or complete(library, library.law(address.law), address.edition)


def mentions(library: Library, on: date, stale: Stale) -> Iterator[Finding]:
    """References in digest and guide lines that do not resolve, and instruments named that neither catalog nor `stale` knows."""
    for digest in library.digests:
        law = library.law(digest.law)
        where = f"要点 {law.title} {digest.edition} {digest.article}"
        for point in digest.points:
            yield from dangling(library, point.say, [Address(digest.law, digest.edition, "")], where, on)
            yield from unknown(library, point.say, where, stale)
    for guide in library.guides:
        for section, line in guide.lines():
            where = f"办事指南 {guide.slug} {section}"
            own = [address for cite in line.cites if (address := library.resolve(cite, on))]
            yield from dangling(library, line.say, own, where, on)
            yield from unknown(library, line.say, where, stale)


def dangling(library: Library, sentence: str, own: list[Address], where: str, on: date) -> Iterator[Finding]:
    """第…条 of the sentence that no text or digest has. Without a law's name it may be of any law among `own`."""
    for reference in references(sentence, library.catalog):
        if ORDINAL.match(sentence[reference.end :]):
            continue
        places = candidates(library, sentence, reference, own, on)
        if any(library.entry(address) for address in places) or not all(sure(library, address) for address in places):
            continue
        named = f"《{library.law(reference.law).title}》" if reference.law else ""
        law = library.law(reference.law).title if reference.law else ""
        yield Finding(Kind.UNRESOLVED, where, f"{named}{reference.article}查不到：“{shortened(sentence)}”", law)


def candidates(library: Library, sentence: str, reference: Reference, own: list[Address], on: date) -> list[Address]:
    """Where a reference may point: the law named in its edition of the day, else `own` laws or their 实施条例."""
    if reference.law:
        law = library.law(reference.law)
        current = in_force(law, on) or law.editions[-1]
        editions = {current.date, *(a.edition for a in own if a.law == law.slug)}
        return [Address(law.slug, edition, reference.article) for edition in sorted(editions)]
    suffix = SUBSIDIARY.search(sentence[: reference.start])
    found = [Address(a.law, a.edition, reference.article) for a in own]
    for address in own if suffix else ():
        below = library.catalog.find(library.law(address.law).title + (suffix[1] if suffix else ""))
        edition = in_force(below, on) if below else None
        if below and edition:
            found.append(Address(below.slug, edition.date, reference.article))
    return found


def unknown(library: Library, sentence: str, where: str, stale: Stale) -> Iterator[Finding]:
    """Titles in 《》 and document numbers of the sentence that neither the catalog nor the list of repealed instruments has."""
    for match in TITLE.finditer(sentence):
        title = match[1]
        if INSTRUMENT.search(title) and not library.catalog.find(title) and not stale.knows(title):
            yield Finding(Kind.NOT_IN_CATALOG, where, f"目录里没有《{title}》，请登记到 catalog，或更正名称", title)
    for number in numbers(sentence):
        if not library.catalog.find(number) and not _numbered(library, number) and not stale.knows(number):
            yield Finding(Kind.NOT_IN_CATALOG, where, f"目录里没有文号“{number}”，请登记到 catalog，或更正文号", number)


def numbers(sentence: str) -> list[str]:
    """The document numbers of a sentence in one spelling: 民发〔2014〕38号, 令第59号."""
    found = [re.sub(r"\s", "", match[0]).replace("[", "〔").replace("]", "〕") for match in DOCUMENT.finditer(sentence)]
    return found + [f"令第{match[1] or match[2]}号" for match in ORDER.finditer(sentence)]


def _numbered(library: Library, number: str) -> bool:
    return any(number in law.number or any(number in alias for alias in law.aliases) for law in library.catalog)
