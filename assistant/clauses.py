"""What a question tells and what it asks: its clauses, what it is about, and the figures in it."""

from __future__ import annotations

import re

from assistant.turn import Slots
from assistant.wording import words

PREDICATE = re.compile(
    r"吗|么(?=[？?]|$)|吧(?=[？?]|$)|多少|(?<![十好这那了们里上区村家友事])几(?![十百千万]|年没|次没|个月没)|多久|怎|咋|如何|什么|啥|哪|谁|何时|能不能|可不可|要不要|是否|行不行|会不会"
    r"|有没有|需不需|该不该|够不够|算不算|是不是|(也行|可以|行|对|算|要)[？?]|不[？?]?$"
)
ASKED_PART = re.compile(
    r"(一共|总共|大概|到底|具体|最多|最少|至少|一般)?(还?需要|是?要|得|应该?|应当|有|是|能|可以|(?<![协学商友大员事金进合究谊])会|算)?"
    r"(在|向|找|由|交|带|提交|准备|去|设|收|写|(?<!公)开)?(什么|哪|啥|多少|多久|几|怎|咋|如何|何时|谁|能不能|可不可以?|要不要|是否|行不行|会不会|有没有|需不需要|够不够|算不算|是不是).*$"
)
WHEN = re.compile(
    r"(在|要|得|是)?(几月份?|什么时候|啥时候|多久|何时|哪天|几号|多少天|几天)(之?[前内后])?(要|能|可以)?(?=[^，？?]{2,})(?!一次|办完|下来|能|可以|才)"
)
HOW = re.compile(r"(怎么|如何|怎样)(才能|去)?(?=[^，？?]{2,})(?!处理|处罚|产生|样|计算|规定|收费|定|办理?[？?]?$)")
YES_NO = re.compile(r"(可以|能|行|对|要|会|需要|算|合法|合规)?[吗么吧不][？?]*$")
ASKS_FIRST = re.compile(r"^(请问|那|想问(一?下)?|我想知道)?(什么(是|叫做?)|啥(是|叫)|怎么(样|才能?|去)?|如何|怎样|谁(能|可以|来|有权)|哪些|哪种|哪个)")
MODAL = re.compile(r"(?<![不])(可不可以|能不能|可以|能够|能|是不是可以)(?!力|源|否)")
PARALLEL = re.compile(r"^(还|也)?(可不可以|能不能|可以|能)(?!不)")
UNENDED = re.compile(r"(最多|最少|至少|最长|可以|能|要|得|应当|需要|有|是|在|设|给|由|被|满)+$")
BEFALLEN = re.compile(r"(.+了)(怎么办|咋办|会怎么?样|会咋样|怎么处理|怎么罚)[？?]*$")  # 错过了咋办 tells that it was missed
EMPTY = re.compile(r"(最多|最少|至少|最长|一共|总共|到底|可以|应该|需要|正常|一般|能|要|得|干|当|做|办|审|先|还|再|会|有)+")
LEAST_HEAD = 4
LONGEST_TOLD = 60
CUT = re.compile(r"(能|可以|够|算|合|会(?!员|长)|要|有效|行|对).*$")
FACT = re.compile(r"\d|[一二两三四五六七八九十百千]+[个名位人家万天年月票]|(有|没有|无|没)(公募|公开募捐)?资格|非公募|公募")
FIGURE = re.compile(r"(?P<number>[\d.]+万?|[零一二两三四五六七八九十百千万亿]+)(?P<unit>亿元|万元|元|块|个|名|位|人|家|票|天|日|年|个月|%|％|届|次)?")


def clauses(question: str) -> list[str]:
    """The clauses of a question, without the marks between them."""
    return [part for part in re.split(r"[，,。；;？?！!（）()]\s*", question) if part]


def asks(clause: str) -> bool:
    """Whether a clause asks something."""
    return bool(PREDICATE.search(clause))


def told(question: str) -> str:
    """The clauses that tell of the case (我们志愿队去陪护老人), without those that ask; "" where there are none."""
    marked = re.findall(r"[^，,。；;？?！!（）()]+[？?]?", question)
    facts_told = [part if not asks(part) else found[1] if (found := BEFALLEN.match(part)) else "" for part in marked]
    return "，".join(part for part in facts_told if part)[-LONGEST_TOLD:]


def head(question: str, *, whole: bool = True, bare: bool = False) -> str:
    """What the first clause that asks is about: 协会变更住所 of 协会变更住所要什么材料; "" where little is left.

    Of a question whether something may be done (基金会可以投资吗), with `whole` the deed too, else only who would do it, where that is
    an organisation. With `bare` only the thing: 异地商会 of 异地商会怎么成立.
    """
    first = next((part for part in clauses(question) if asks(part)), "")
    if found := ASKS_FIRST.match(first):
        rest = YES_NO.sub("", ASKED_PART.sub("", first[found.end() :]))
        return rest if len(rest) >= LEAST_HEAD else ""
    may = MODAL.search(first)
    if may and YES_NO.search(first) and not asks(YES_NO.sub("", first[may.end() :])):
        if not whole and _named_in(first[: may.start()], "types"):
            return first[: may.start()]
        first = first[: may.start()] + first[may.end() :]
    for pattern in () if bare else (WHEN, HOW):
        if pattern.search(first) and not asks(rest := pattern.sub("", first, count=1)):
            return rest
    rest = UNENDED.sub("", YES_NO.sub("", ASKED_PART.sub("", first)).rstrip(" 的"))
    if EMPTY.fullmatch(rest):
        return ""
    return rest if rest != first and (len(rest) >= LEAST_HEAD or _named_in(rest, "matters", "types")) else ""


def _named_in(text: str, *kinds: str) -> bool:
    """Whether a text holds the name of a matter or a type."""
    return any(str(name) in text for kind in kinds for names in words("slots")[kind].values() for name in names)


def asked_part(question: str) -> str:
    """What the last clause asks (会怎么罚 of 协会超出章程搞活动会怎么罚); "" of a question that asks yes or no."""
    last = next((part for part in reversed(clauses(question)) if asks(part)), "")
    found = ASKED_PART.search(last)
    return found[0] if found else ""


def named_type(question: str, slots: Slots) -> str:
    """The type as the question itself calls it: the longest of its names there; "" without one."""
    names = [str(name) for kind in slots.types for name in words("slots")["types"][kind] if str(name) in question]
    return max(names, key=len, default=next(iter(slots.types), ""))


def facts(question: str) -> str:
    """The clauses that tell figures of a case (15 个理事来了 10 个), without those that ask."""
    parts = [re.sub(r"[？?。]", "", part) for part in re.split(r"[，,。；;]", question)]
    kept = [CUT.sub("", part) if asks(part) else part for part in parts]
    return "，".join(part for part in kept if FACT.search(part))


def figures(text: str) -> list[re.Match[str]]:
    """The figures of a text, those with a unit or in digits or ten thousands."""
    return [found for found in FIGURE.finditer(text) if found["unit"] or re.search(r"[\d万亿]", found[0])]


def money(figure: re.Match[str]) -> bool:
    """Whether a figure is a sum."""
    return bool(re.search(r"[万亿元块]", figure[0]))
