"""What a question sets side by side, as its words name it: the names of the sides, and what is asked of them."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.makers import aspects
from assistant.wording import words

COMPARES = re.compile(
    r"区别|区分|差在|有啥不一样|不一样|不同|差别|差异|对比|相比|比较|分别|各(?:自|是|有|要|需|为|应|得|能|必须|多久|多少|几|什么时候|由|归|找|报|罚|管|干|负责|怎么)"
    r"|(?:哪个|哪边|谁)(?:更|要)?(?:长|短|多|少|高|低|快|慢|严|久|难)?|哪样|三类|三种|一样(?:吗|么|不|重|长|多|严|难|高|快|大)"
    r"|异同|还是|[有无]无区别|(?:不?是(?:不是)?)?(?:同?一回事|一码事|同?一个意思)|(?:同|是不是)一(?:个|家|回|种|样)|分不清|搞混|混淆|怎么分(?!配|工|立)|界[线限]|分界|边界|什么关系|差[得多][远大]"
)
NO_COMPARISON = re.compile(  # whether one thing may be as the other (能和公章一样大吗), or two things that should agree and do not
    r"(?:可以|能|要|得|应该|必须|到)[和跟与同][^，,。？?]{1,12}一样|^(?!.*(?:什么|啥|哪|有何)).*(?:不一样|不一致|对不上|不符)(?:了|的话)?[，,。]?(?:怎么办|咋办|咋整|怎么弄|怎么处理|以哪|按哪|行吗|可以吗|$)"
)
FALLS_SHORT = re.compile(r"差多少|相差|差几")  # of two sides a difference, of one what it lacks (28家企业，差多少)
BESIDE = r"(?:[和跟]|(?<![参给授])与|(?<![不共会相])同(?![意时样级一等])|[vV][sS])"
BRIEF = re.compile(rf"^\S{{2,14}}{BESIDE}\S{{2,14}}(?:\s\S{{2,12}})+$")  # keywords: 协会和基金会 登记机关
LEADING = re.compile(
    r"^(?:请问|我们?想问一?下?|想问一?下?|想知道|问一?下|俺|我们?|咱们?|麻烦|帮我?|说说|讲讲|解释一?下?|比较一?下?|对比一?下?|(?:怎么|如何|怎样)区分|(?:总是|老是|一直)?(?:分不清楚?|搞不清楚?|弄不清楚?|弄不懂)|什么是)+"
)
NOISE = re.compile(
    r"[“”\"「」『』‘’]|听(?:着|起来|上去)|看(?:着|起来|上去)|差不多|这?[两俩二](?:者|个词|种说法|个概念|个说法|样东西)|这俩"
    r"|[^，,和跟与同的]{1,8}(?:法典?|条例|办法)(?:里|中|上)(?:面|边)?(?:[说讲写]的?|规定的?|的)"
)
SAME_ACT = re.compile(r"^(?:同样是?|都是?|一样是)")
ONE_EACH = re.compile(r"^一个(?:想?要?)(?P<one>[^，,、一]{2,10})[，,、]?一个(?:想?要?)(?P<other>[^，,、一]{2,10})[，,](?P<behind>.+)$")
LISTED = re.compile(r"^(?P<one>[^，,、？?]{2,16})、(?P<other>[^，,、？?]{2,16})[，,](?P<behind>.+)$")
BEHIND = re.compile(
    r"，|,|\s|？|\?|在(?!职|任|校|编)|的(?!人)|之间|上(?!网|门|诉|级|报|一|年|交)|(?<![所拥没国私享具])有|差|是|分别|哪|各(?!类|级|地|种)|一样|怎[么样]|如何|能不能|能否|可不可以|是否|互相|到底|究竟|区别|不同|不一样|相比|比(?!例)|啥|$"
)
FILLER = re.compile(r"[？?，,。\s]|到底|究竟|具体|之间|有?什么(?!时候)|有何|有啥|有无|何(?=$)|啥|吗|呢|么|是不是|规定|的地方|^(在|的|上|有|是)+")
ENDING = re.compile(r"(的|上|在|哪儿?|是)+$")
DEMAND = re.compile(r"(?:的|方面的?)?(?:要求|规定|标准|条件|手续|流程|方面)$|(?:的|办理|登记|申请)程序$")
SHORTEST, LONGEST = 2, 18


def compares(question: str) -> bool:
    """Whether a question asks how two or more things differ."""
    if NO_COMPARISON.search(question):
        return False
    return bool(COMPARES.search(question) or BRIEF.match(question) or (FALLS_SHORT.search(question) and re.search(BESIDE, question)))


def side_by_side(question: str, fits: Callable[[str, str], bool] = lambda one, other: True) -> tuple[tuple[str, ...], str] | None:
    """(the names of the sides, what is compared) of a question that sets things side by side (公开募捐和定向募捐差在哪); None for any other.

    `fits` tells whether a name may stand beside the first one; a longer one is tried where it may not.
    """
    text = re.sub(rf"[，,]\s*(?={BESIDE})", "", NOISE.sub("", question).replace("，", ","))
    first, comma, last = text.partition(",")
    above, rest = (first, last) if comma and re.search(BESIDE, last) and not re.search(BESIDE, first) else ("", text)
    rest = LEADING.sub("", rest.strip())
    found = _counted(rest) or _joined(rest, fits)
    if not found:
        return None
    one, other, behind = found
    while (tail := _tail(other)) and not one.endswith(tail):
        other, behind = other.removesuffix(tail).removesuffix("的"), tail + behind
    noun = _noun_of(other)
    names = [name + noun if noun and name in words("comparison")["qualifiers"] else name for name in _several(one)]
    about = "".join(bare(part) for part in (SAME_ACT.sub("", above), behind))
    return (*names, other), about


def bare(text: str) -> str:
    """A piece of a question without the words of comparison and of asking."""
    return ENDING.sub("", FILLER.sub("", FALLS_SHORT.sub("", COMPARES.sub("", text))))


def _counted(text: str) -> tuple[str, str, str] | None:
    """Two sides counted out (一个想办协会，一个想办民非，…) or listed before a comma (换会长、换首席代表，…)."""
    found = ONE_EACH.match(text) or (None if re.search(BESIDE, text.partition(",")[0]) else LISTED.match(text))
    return (found["one"], found["other"], found["behind"]) if found else None


def _joined(text: str, fits: Callable[[str, str], bool]) -> tuple[str, str, str] | None:
    """Two sides with 和, 跟, 与 between them: the second ends where something is said of both."""
    join = next((m for m in re.finditer(BESIDE, text) if m.start() >= SHORTEST), None)
    if join is None or join.start() > LONGEST + 8 or re.search(r"[,。？?]", text[: join.start()]):
        return None
    one, after = text[: join.start()].strip(), text[join.end() :]
    ends = [m.start() for m in BEHIND.finditer(after) if SHORTEST <= m.start() <= LONGEST]
    end = next((end for end in ends if fits(one, after[:end])), next(iter(ends), None))
    return None if end is None else (one, after[:end].strip(), after[end:].strip())


def _several(one: str) -> list[str]:
    """The names before the last one: more than one where they are listed (撤销、吊销和注销)."""
    names = one.split("、")
    return names if all(len(name) >= SHORTEST for name in names) else [one]


def _tail(side: str) -> str:
    """What a side ends with that is asked of both: an aspect, or 要求, 条件 and the like."""
    match = DEMAND.search(side)
    return aspects.ending(side) or (match[0] if match and match.start() > 1 else "")


def _noun_of(side: str) -> str:
    """The noun that a qualified side ends with (非公募基金会 → 基金会)."""
    heads = [side.removeprefix(str(word)) for word in words("comparison")["qualifiers"] if side.startswith(str(word))]
    return min(heads, key=len, default="").removeprefix("的")
