"""What a follow-up leans on: recognises one, and completes it from the question before it into one that stands alone."""

from __future__ import annotations

import re

from assistant.turn import Slots
from assistant.wording import words

LEADING = re.compile(r"^(那么|那|如果是|要是|换成|换作|如果|假如|假设|至于|还有|另外|再问一下|请问|对于|是)+")
CORRECTS = re.compile(
    r"^[哦噢啊嗯，,。\s]*(不对|不是的?|我?(说|搞|弄|打)错了|错了|我是说|我说的是|我的意思是|我问的是|我们这是|我们是|应该是|就是)"
    r"[，,。：:\s]*(我?(说|问)的?是|是|应该是)?"
)
TRAILING = re.compile(r"(呢|吗|怎么样|怎么办|也一样吗|一样吗|的话|又怎样|呀|啊){0,9}[？?。！!]{0,20}$")
SHORT = 14
LOOSE = 4
LEAST_HEAD = 4
PREDICATE = re.compile(r"吗|么|吧|多少|几|多久|怎|如何|什么|啥|哪|谁|何时|能不能|可不可|要不要|是否|行不行|会不会|有没有|需不需|该不该|够不够")
ASKED_PART = re.compile(
    r"(一共|总共|大概|到底|具体|最多|最少|至少)?(还?需要|是?要|得|应该?|应当|有|是|能|可以|会|算)?"
    r"(在|向|找|由|交|带|提交|准备|去)?(什么|哪|啥|多少|多久|几|怎|如何|何时|谁|能不能|可不可以?|要不要|是否|行不行|会不会|有没有|需不需要|够不够).*$"
)
YES_NO = re.compile(r"(可以|能|行|对|要|会|需要|算)?[吗么吧][？?]*$")
DATED = re.compile(r"(?:19|20)\d{2}\s*年(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*[日号])?)?的?")
ANAPHORA = re.compile(r"(它|他们|这个|那个|这种|那种|该|上面|刚才|前面|这样|那样|其中|这些|那些|这时|此时|同样)")
PERSON = re.compile(r"他们|她们|他(?!人|们)|她|这个人|此人")
ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百\d]+条(之[一二三四五六七八九])?")
ADDS = re.compile(r"^(再|又|还)?(加上|加|多了?|另外有?|另有)")
FIGURE = re.compile(r"(?P<number>[\d.]+万?|[零一二两三四五六七八九十百千万亿]+)(?P<unit>亿元|万元|元|块|个|名|位|人|家|票|天|日|年|个月|%|％|届|次)?")
FACT = re.compile(r"\d|[一二两三四五六七八九十百千]+[个名位人家万天年月票]|(有|没有|无|没)(公募|公开募捐)?资格|非公募|公募")
TOO = re.compile(r"也|都|同样|一样")
AS_WELL = re.compile(r"也(是|一样|要|得|可以|能|算|适用)(这样|这么|如此|的)?[吗吧么]?[？?]*$")
CUT = re.compile(r"(能|可以|够|算|合|会(?!员|长)|要|有效|行|对).*$")
AGAINST = re.compile(r"^(跟|和|与|同)(?P<other>.{2,12}?)(相?比|有(什么|啥)(区别|不同|不一样)|的?(区别|不同))")
DEED = re.compile(r"来了|来|到会|到场|出席|同意|赞成|反对|弃权")
COUNTS = re.compile(r"几票|多少票|多少人|几个人|够不够|够吗|有效|能开|算数|最少|至少|最多|多少")


def follows(question: str, own: Slots) -> bool:
    """Whether a question leans on the one before it: short, elliptic, a correction, or naming only one of type, matter and law."""
    bare = TRAILING.sub("", LEADING.sub("", question))
    whole = bool(own.types and own.matters) or bool(own.addresses)
    if CORRECTS.match(question):
        return len(bare) <= 2 * SHORT
    if own.types and AS_WELL.search(question):
        return len(bare) <= SHORT
    if whole and not ANAPHORA.search(question):
        return leans(question) and len(bare) <= SHORT
    return leans(question) or len(bare) <= SHORT


def leans(question: str) -> bool:
    """Whether a question shows by its words that it goes on from another one."""
    return bool(LEADING.match(question) or CORRECTS.match(question) or ANAPHORA.search(question) or question.rstrip("？?").endswith("呢"))


def completed(question: str, own: Slots, previous: str, before: Slots) -> str:
    """The standalone question: the previous one with what is new exchanged, or the new question with its subject set before it."""
    bare = TRAILING.sub("", LEADING.sub("", CORRECTS.sub("", question))).strip("，, ")
    bare = TRAILING.sub("", bare).strip("，, ")
    for way in (_other_article, _against, _corrected, _other_type, _other_level, _other_law, _other_figure, _of_a_person, _told_before):
        if whole := way(question, bare, own, previous, before):
            return whole
    if not PREDICATE.search(question) and len(bare) <= SHORT:
        return _contrasted(DATED.sub("", previous), bare, own, before)
    return _with_subject(bare, own, previous, before)


def _other_article(question: str, bare: str, own: Slots, previous: str, before: Slots) -> str:
    """那第十三条呢 after an article of a law: the same law, the new article."""
    new, old = ARTICLE.search(bare), ARTICLE.search(previous)
    if new and old and not own.laws and not own.types:
        return previous[: old.start()] + bare[new.start() :] if len(bare) > len(new[0]) + LOOSE else previous.replace(old[0], new[0])
    return ""


def _against(question: str, bare: str, own: Slots, previous: str, before: Slots) -> str:
    """那跟基金会比呢 after types: those types beside the new one."""
    found = AGAINST.match(bare)
    return f"{before.types[0]}和{own.types[0]}有什么区别" if found and own.types and before.types else ""


def _corrected(question: str, bare: str, own: Slots, previous: str, before: Slots) -> str:
    """不对，我说的是民非: the question before, of the right type and with the right word."""
    if not CORRECTS.match(question) or PREDICATE.search(bare) or not (own.types or _contrast(previous, bare)):
        return ""
    kept = previous
    if own.types:
        kept = _exchanged(previous, before.types, own.types[0] if own.matters or len(bare) > LOOSE else bare) if before.types else f"{own.types[0]}，{previous}"
    row = _contrast(kept, bare)
    return kept.replace(*row) if row else kept


def _other_type(question: str, bare: str, own: Slots, previous: str, before: Slots) -> str:
    named = own.types and (not own.matters or (AS_WELL.search(question) and set(own.matters) & {*before.matters, *words("slots")["sides"]}))
    if named and not own.matters and before.types and len(bare) <= max(map(len, own.types)) + 5:
        return _exchanged(previous, before.types, bare if len(own.types) == 1 and bare != own.types[0] and len(bare) < 8 else own.types[0])
    return _retyped(previous, own, before) if named and TOO.search(bare) and len(bare) <= SHORT else ""


def _other_level(question: str, bare: str, own: Slots, previous: str, before: Slots) -> str:
    if own.level and not own.types and not own.matters and len(bare) <= 10:
        return f"{own.level}{_without(previous, 'levels', before.level)}"
    return ""


def _other_law(question: str, bare: str, own: Slots, previous: str, before: Slots) -> str:
    return f"{bare}，{previous}" if own.laws and not own.matters and len(bare) <= 24 else ""


def _other_figure(question: str, bare: str, own: Slots, previous: str, before: Slots) -> str:
    """如果是三百万呢 puts the new figure in the old one's place; 再加上6家公司 adds to it; 改章程要几票 is asked of the figures before."""
    new, olds = _figures(bare), _figures(previous)
    if new and olds and (deed := DEED.search(bare)) and not own.types:
        return _done_otherwise(previous, bare, deed[0], new[0])
    if new and ADDS.match(bare) and olds:
        facts = ASKED_PART.sub("", previous)
        return f"{facts.rstrip('，, ')}，{bare}，{previous[len(facts) :]}"
    if len(new) == 1 and not own.types and not PREDICATE.search(bare) and len(bare) <= SHORT:
        old = next((figure for figure in olds if figure["unit"] == new[0]["unit"] or (_money(figure) and _money(new[0]))), None)
        return previous[: old.start()] + new[0][0] + previous[old.end() :] if old else ""
    if not new and olds and not own.types and COUNTS.search(bare):
        facts = _facts(previous)
        return f"{facts}，{bare}" if facts else ""
    return ""


def _done_otherwise(previous: str, bare: str, deed: str, figure: re.Match[str]) -> str:
    """来了 13 个呢 in the place of 来了 11 个, or beside the number of all that was told before."""
    clauses = re.split(r"(?<=[，,])", previous)
    same = next((clause for clause in clauses if deed[0] in clause and _figures(clause)), "")
    if same:
        old = _figures(same)[-1]
        return previous.replace(same, same[: old.start()] + figure[0] + same[old.end() :])
    facts = _facts(previous)
    return f"{facts}，{bare}" if facts else f"{bare}，{previous}"


def _of_a_person(question: str, bare: str, own: Slots, previous: str, before: Slots) -> str:
    """他能领工资吗: the person is the one named last."""
    roles = [str(role) for row in words("slots")["contrasts"] if "理事" in row for role in row]
    found = PERSON.search(bare)
    last = max(((at.start(), len(role), role) for role in roles for at in re.finditer(f"{role}(?!会)", previous)), default=None)
    if not found or not last:
        return ""
    kind = next(iter(before.types), "")
    return f"{kind if kind not in bare else ''}{bare.replace(found[0], last[2], 1)}"


def _told_before(question: str, bare: str, own: Slots, previous: str, before: Slots) -> str:
    """After a statement (我们志愿队去陪护老人) the question is asked of what was told."""
    told = len(previous) > LEAST_HEAD + LOOSE and not PREDICATE.search(previous) and not re.search(r"[？?]", previous)
    return f"{previous.rstrip('。，,')}，{bare if PREDICATE.search(bare) else question}" if told else ""


def _with_subject(bare: str, own: Slots, previous: str, before: Slots) -> str:
    """The new question behind what the one before was about: its own words where they can be told from what it asked, else type and matter."""
    alone = set(own.matters) - set(words("slots")["sides"])
    head = _head(DATED.sub("", previous))
    if head and not own.types and not alone and len(bare) <= SHORT and not any(m in head for m in own.matters):
        return f"{head}，{bare}"
    subject = "".join(t for t in before.types if t not in own.types)[:20] if not own.types else ""
    matter = "" if alone or not before.matters or before.matters[0] in own.matters else before.matters[0]
    if not subject and not matter:
        # a question with a matter of its own is read beside the one before it, but not on that one's day
        before_it = DATED.sub("", previous) if own.matters else previous
        return bare if own.types else f"{bare}（{before_it}）"
    return f"{subject}{matter}，{bare}" if matter not in bare else f"{subject}{bare}"


def _head(previous: str) -> str:
    """What a question is about, without what it asks: 协会变更住所 of 协会变更住所要什么材料; "" where little is left."""
    first = re.split(r"[，,（(]", previous)[0]
    head = YES_NO.sub("", ASKED_PART.sub("", first)).strip("，,？?。 的")
    return head if LEAST_HEAD <= len(head) < len(first) else ""


def _facts(previous: str) -> str:
    """The clauses of a question that tell of its case (15 个理事来了 10 个), without those that ask."""
    clauses = [re.sub(r"[？?。]", "", part) for part in re.split(r"[，,。；;]", previous)]
    told = [CUT.sub("", part) if PREDICATE.search(part) else part for part in clauses]
    return "，".join(part for part in told if FACT.search(part))


def _figures(text: str) -> list[re.Match[str]]:
    return [found for found in FIGURE.finditer(text) if found["unit"] or re.search(r"[\d万亿]", found[0])]


def _money(figure: re.Match[str]) -> bool:
    return bool(re.search(r"[万亿元块]", figure[0]))


def _retyped(previous: str, own: Slots, before: Slots) -> str:
    """The question before with its type exchanged for the new one's; in front of it where it has none."""
    if not own.types or set(own.types) & set(before.types):
        return previous
    return _exchanged(previous, before.types, own.types[0])


def _exchanged(previous: str, values: tuple[str, ...], replacement: str) -> str:
    names = sorted((str(n) for v in values for n in words("slots")["types"][v]), key=len, reverse=True)
    for name in names:
        if name in previous:
            return previous.replace(name, replacement)
    return f"{replacement}，{previous}"


def _contrast(previous: str, bare: str) -> tuple[str, str] | None:
    """(old word, new word) of one row of contrasts, the old one in the question before, the new one in this."""
    for row in words("slots")["contrasts"]:
        named = sorted((str(word) for word in row), key=len, reverse=True)
        new = next((word for word in named if word in bare), "")
        old = next((word for word in named if word in previous), "")
        if new and old and old not in new and new not in old:
            return old, new
    return None


def _contrasted(previous: str, bare: str, own: Slots, before: Slots) -> str:
    """The question before with the word exchanged that the new one stands in the place of; where there is none, the new words before it."""
    found = _contrast(previous, bare)
    if found is None:
        return f"{bare}，{previous}"
    exchanged = _retyped(previous.replace(*found), own, before)
    return exchanged if len(bare) <= len(found[1]) + LOOSE else f"{bare}，{exchanged}"


def _without(previous: str, kind: str, value: str) -> str:
    for name in sorted(map(str, words("slots")[kind].get(value, ())), key=len, reverse=True):
        previous = previous.replace(name, "")
    return previous
