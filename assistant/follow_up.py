"""What a follow-up leans on: recognises one, and completes it from the question before it into one that stands alone."""

from __future__ import annotations

import re

from assistant.clauses import LEAST_HEAD, PARALLEL, UNENDED, asked_part, asks, clauses, head, named_type, told
from assistant.exchange import (
    AS_WELL,
    DATED,
    LOOSE,
    SHORT,
    FollowUp,
    contrast,
    exchanged,
    names_of,
    other_article,
    other_figure,
    other_law,
    other_level,
    other_thing,
    other_type,
    own_subject,
)
from assistant.turn import Slots
from assistant.wording import words

POLITE = re.compile(
    r"^((好|行|嗯|哦|噢|喔|啊|OK|ok|哈)(的|吧|了|嘞)?|对(的|吧)?|知道了|明白了?|懂了|了解了?|谢谢(你|您|了)?|多谢|收到|原来如此|这样啊|那个)[，,。！!；;\s]+(?=.)"
)
OTHER_SUBJECT = re.compile(
    r"^(对了|换个(话题|问题)|另外(想?再?问)?(一?下|一个)?|顺便(再?问)?(一?下)?|再?问个别的|还想问(问|一下)?|还有(个|一个)(问题|事)|算了|不说这个了?|别的不问了)[，,。：:\s]*(问)?"
)
LEADING = re.compile(r"^((那么|那(?![种个些里时样])|如果|要是|换成|换作|假如|假设|万一|至于|还有|另外|再问一下|请问|对于|是(?!否|不是))[，,\s]*)+")
ALSO = re.compile(r"^[^，,。？?]{1,8}也(?:行|可以|能|算|得|要|成|可|中)")  # 信托公司也行？
CORRECTS = re.compile(
    r"^([哦噢啊嗯，,。！!\s]*(不对|不是的?|不好意思|抱歉|口误|更正(一?下)?|我?(刚才|刚刚)?(说|搞|弄|打|写)错了|错了|我是说|我说的是|我的意思是"
    r"|我(想|要)?问的是|我们这是|我们是|应该是|就是|说的是))+[，,。：:！!\s]*(我?(说|问)的?是|是|应该是)?"
)
REPLACED = re.compile(r"^不是.{1,12}?[，,]\s*(而?是|我(说|问)的?是)")
TRAILING = re.compile(r"(呢|吗|吧|怎么样|怎么办|也一样吗|一样吗|也适用|的话|又怎样|呀|啊){0,9}[？?。！!]{0,20}$")
ELLIPTIC = re.compile(r"(呢|的话)[？?]*$")
GOING_ON = re.compile(r"正.*呢[？?]*$")
UNNAMED = 24
LEAST_TOLD = 4
THING = (
    r"(?:(?:前面|上面|刚才|刚刚|上述)(?:你|您|我)?(?:说|讲|提到?|问)?的?(?:这个|那个|这种|那种|这些|那些)?"
    r"|它们?|这个(?!人)|那个(?!人)|这种|那种|该(?=组织|机构|单位|证|基金))"
)
WITHIN = re.compile(THING)
POINTS = re.compile(rf"^({THING}|这(?=要|能|算|会[怎不被]|得|可|行|需|还|是)|那样|这样的?(?=能|要|算|可|会))(的)?(组织|机构|单位)?[，,]?")
PERSON = re.compile(r"他们|她们|他(?!人|们|国|乡)|她|这个人|此人")
ANAPHORA = re.compile(
    rf"{THING}|上面|这样|那样|其中|这些|那些|这时|此时|同样|这期间|其间|到时候?|完了(之后|以后)?|然后|接着|接下来|这当口|剩下的|之后|中间|{PERSON.pattern}"
)
ORDINAL = re.compile(r"^(我?(选|要|是))?第?(?P<n>[一二三123])(个|种|类|项)?(吧|的)?$|^(?P<last>最后(一|那)?(个|种|类))(吧|的)?$")
EVERY = re.compile(
    r"^((我们?)?(也|还)?(不知道|不清楚|不确定|说不好|没想好|没定)[^，,]{0,8}|随便|都行|都可以|都要|都说说?|都讲讲|都看看|都想(知道|了解|看看?|听听)"
    r"|全(部|都)(要|说说?|讲讲|列出来)?|每[种类个]都.{0,4}|三[种类个]都.{0,4}|[，,、。！!\s])+$"
)
EVERY_KIND = re.compile(r"社会组织|各类组织|(什么|哪些|哪种)组织")
AGAINST = re.compile(r"^(跟|和|与|同)(?P<other>.{2,12}?)(相?比|有(什么|啥)(区别|不同|不一样)|的?(区别|不同))")
LACKS = re.compile(r"^(没有|没|不够|少了|缺了?)(?=行|能|可|会|怎|咋|的话)")
COUNTED = re.compile(r"(?:多少|几[个名位]?|什么|哪些)([^，？?吗呢]{2,6})$")
STATES = re.compile(r"了|想|已经|还没|没有|没|正|打算|准备|是|在|有")


def spoken(question: str) -> str:
    """The question without thanks and the like in front of it (好的，知道了。那要多久)."""
    while found := POLITE.match(question):
        question = question[found.end() :]
    return question


def unbound(question: str) -> str:
    """The question without what ties it to the talk, where it needs no other (对了，个人捐款能抵税吗)."""
    return OTHER_SUBJECT.sub("", spoken(question)) or question


def follows(question: str, own: Slots, previous: str, before: Slots) -> bool:
    """Whether a question leans on the one before it: on a mere statement, or short, elliptic, a correction, naming only one of type, matter and law."""
    question = spoken(question)
    bare = _bare(question)
    if (OTHER_SUBJECT.match(question) and (own.types or own_subject(own) or own.laws)) or (
        EVERY_KIND.search(question) and own_subject(own) and not leans(question)
    ):
        return False
    if CORRECTS.match(question):
        return len(bare) <= 2 * SHORT
    if not asks(previous) and not own.laws and (not own.types or not before.types or set(own.types) & set(before.types)):
        return len(bare) <= 2 * SHORT
    if own.types and own.matters and not (own.addresses or ANAPHORA.search(question) or AS_WELL.search(question)):
        return leans(question) and len(bare) <= SHORT
    return leans(question) or len(bare) <= (SHORT if own.types or own.matters or own.laws else UNNAMED)


def leans(question: str) -> bool:
    """Whether a question shows by its words that it goes on from another one."""
    question = spoken(question)
    return bool(
        LEADING.match(question) or ALSO.match(question) or CORRECTS.match(question) or ANAPHORA.search(question) or question.rstrip("？?").endswith("呢")
    )


def completed(question: str, own: Slots, previous: str, before: Slots) -> str:
    """The standalone question: the previous one with what is new exchanged, or the new question with its subject set before it."""
    question = spoken(question)
    new = FollowUp(question, _bare(question), own, previous, before)
    names_a_type = own.types and len(new.bare) <= len(named_type(new.bare, own)) + LOOSE
    if not asks(previous) and not asks(question) and not names_a_type and (whole := _told_too(new)):
        return whole
    for way in (_chosen, other_article, _against, _corrected, other_type, other_level, other_law, other_figure, _of_a_person):
        if whole := way(new):
            return whole
    if not asks(question) or (ELLIPTIC.search(question) and not asks(new.bare)):
        return _told_too(new) or other_thing(new)
    return _with_subject(new)


def _bare(question: str) -> str:
    """What is new in a question, without how it is tied to the one before."""
    bare = LEADING.sub("", CORRECTS.sub("", OTHER_SUBJECT.sub("", REPLACED.sub("", question))))
    for _ in range(2):
        bare = TRAILING.sub("", bare).strip("，, ")
    return bare if asks(bare) else POINTS.sub("", bare)


def _chosen(new: FollowUp) -> str:
    """第二个, 都想知道 in answer to the question which type is meant."""
    said = new.question.strip("？?。！! ")
    if new.before.types or new.own.types:
        return ""
    if found := ORDINAL.match(said):
        number = -1 if found["last"] else {"一": 0, "1": 0, "二": 1, "2": 1}.get(found["n"], 2)
        return f"{words('slots')['choices'][number]}{new.previous}"
    return f"{new.previous}{words('slots')['every']}" if EVERY.match(said) else ""


def _against(new: FollowUp) -> str:
    """那跟基金会比呢 after types: those types beside the new one."""
    return f"{new.before.types[0]}和{new.own.types[0]}有什么区别" if AGAINST.match(new.bare) and new.own.types and new.before.types else ""


def _corrected(new: FollowUp) -> str:
    """不对，我说的是民非: the question before, of the right type and with the right word."""
    own, bare, before = new.own, new.bare, new.before
    if not CORRECTS.match(new.question) or asks(bare) or not (own.types or contrast(new.previous, bare)):
        return ""
    if own_subject(own) and len(bare) > 2 * LOOSE and not own.types:
        return f"{named_type(new.previous, before)}{bare}"
    kept = new.previous
    if own.types:
        kept = exchanged(kept, before.types, own.types[0] if own.matters or len(bare) > LOOSE else bare) if before.types else f"{own.types[0]}{kept}"
    row = contrast(kept, bare)
    return kept.replace(*row) if row else kept


def _of_a_person(new: FollowUp) -> str:
    """他能领工资吗: the person is the one named last."""
    roles = [str(role) for row in words("slots")["contrasts"] if "理事" in row for role in row]
    found = PERSON.search(new.bare)
    last = max(((at.start(), len(role), role) for role in roles for at in re.finditer(f"{role}(?!会)", new.previous)), default=None)
    if not found or not last or told(new.previous):
        return ""
    kind = next(iter(new.before.types), "")
    return f"{kind if kind not in new.bare else ''}{LEADING.sub('', new.question).replace(found[0], last[2], 1)}"


def _told_too(new: FollowUp) -> str:
    """A statement after what was told (主管单位看完点头了) is told too; after a question, the question is asked of both."""
    elliptic = ELLIPTIC.search(new.question) and not GOING_ON.search(new.question)
    if elliptic or LEADING.match(new.question) or CORRECTS.match(new.question):
        return ""
    if not asks(new.previous):
        return f"{new.previous.rstrip('。，,')}，{new.question}" if len(new.question) >= LEAST_TOLD else ""
    subject = told(new.previous) or head(new.previous)
    last = clauses(new.previous)[-1]
    return f"{subject}，{new.question}，{last}" if subject and STATES.search(new.question) else ""


def _with_subject(new: FollowUp) -> str:
    """The new question behind what the one before was about: what was told, else its words without what it asked, else type and matter."""
    own, before, previous = new.own, new.before, DATED.sub("", new.previous)
    core, thing = _pointed(LEADING.sub("", CORRECTS.sub("", new.question)).strip("，, 。"), previous)
    core = _with_object(core, previous)
    known = told(previous)
    about = head(previous)
    known += f"，{about}" if known and about and about not in known and len(about) <= SHORT else ""
    same = set(own.types) <= set(before.types)
    if not same and (named := re.match(rf"({'|'.join(map(re.escape, names_of(own)))})呢?[，,]", core)):
        return f"{exchanged(known or head(previous) or ''.join(before.matters[:1]), before.types, named[1])}，{core[named.end() :]}"
    alone = own_subject(own) and not set(own.matters) & set(before.matters)
    if known and (not asks(previous) or not alone) and (same or not before.types):
        return f"{known}，{core}"
    if not own.types and not alone and (subject := thing or head(previous, whole=not PARALLEL.match(core))):
        if (again := subject.rfind(core[:2])) >= LEAST_HEAD:
            subject = UNENDED.sub("", subject[:again])
        near = PARALLEL.match(core) and len(subject) <= LOOSE * 2 and not thing
        return f"{subject}{'' if near else '，'}{core}" if subject not in core else core
    return _of_the_kind(core, alone, new)


def _of_the_kind(core: str, alone: bool, new: FollowUp) -> str:
    """The new question behind the type and, where it names none of its own, the matter of the one before."""
    kind = "" if new.own.types else named_type(new.previous, new.before)
    matter = "" if alone or not new.before.matters or new.before.matters[0] in new.own.matters else new.before.matters[0]
    if not kind and not matter:
        return core if new.own.types else f"{core}（{DATED.sub('', new.previous)}）"
    return f"{kind}{matter}，{core}" if matter and matter not in core else f"{kind}{core}"


def _with_object(core: str, previous: str) -> str:
    """没有行不行 after 要多少专职人员: what there is none of is named."""
    lacks = LACKS.match(core)
    thing = COUNTED.search(asked_part(previous))
    return f"{lacks[0]}{thing[1]}{core[lacks.end() :]}" if lacks and thing else core


def _pointed(core: str, previous: str) -> tuple[str, str]:
    """(the question without 它 or 前面说的这个 in front, or with what that means in its place; the thing meant, "" where nothing points)."""
    thing = head(previous, bare=True)
    if found := POINTS.match(core):
        return core[found.end() :], thing
    if thing and len(thing) <= SHORT and WITHIN.search(core):
        return WITHIN.sub(thing, core, count=1), thing
    return core, ""
