"""New words put in the place of the old ones: the question before asked of another type, level, law, figure or thing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.clauses import asked_part, asks, facts, figures, money, named_type, told
from assistant.slots import named
from assistant.turn import Slots
from assistant.wording import words

SHORT = 14
LOOSE = 4
ARTICLE = re.compile(r"第[〇零一二三四五六七八九十百\d]+条(之[一二三四五六七八九])?")
ADDS = re.compile(r"^(再|又|还)?(加上|加|多了?|另外有?|另有)")
TOO = re.compile(r"也|都|同样|一样")
AS_WELL = re.compile(r"也(是|一样|要|得|可以|能|算|适用|卡|按|照|有)[^，,]{0,5}[吗吧么]?[？?]*$")
WHETHER = re.compile(r"^(也|还)?(要不要|可以吗|行吗|行不行|要吗|能吗|可不可以|是吗|是不是|有吗|有没有|适用吗|需要吗|用不用|怎么样)[？?]*$")
SEVERAL = re.compile(r"[和跟与、]|都")
DEED = re.compile(r"来了|来|到会|到场|出席|同意|赞成|反对|弃权")
COUNTS = re.compile(r"几票|多少票|多少人|几个人|够不够|够吗|有效|能开|算数|最少|至少|最多|多少")
SAME_VERB = re.compile(r"^(叫|带|加|用|投|写|冠|放|设在|设|买|找|报|给|交给|捐给|借给|租给|卖给|由|请|让|选)(?=.{2,})")
SUPPOSES = re.compile(r"^(那|那么)?[，,]?(如果|要是|万一|假如|假设)")
LAPSE = re.compile(r"^(不|没|未|逾期|晚|迟)(?!.*的$)")
NEXT = re.compile(r"接下来|然后|之后|下一步|后面|以后")
WISHES = re.compile(r"想|打算")
OUTCOME = re.compile(r"罚|怎样|怎么办|怎么处理|后果|责任")
DATED = re.compile(r"(?:19|20)\d{2}\s*年(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*[日号])?)?的?")
ABROAD = ("境外非政府组织代表机构", "外国商会")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A follow-up (question, bare of what ties it to the talk, its slots) and the question before it (previous, its slots)."""

    question: str
    bare: str
    own: Slots
    previous: str
    before: Slots


def own_subject(own: Slots) -> bool:
    """Whether a question names a matter that is no side of another one."""
    return bool(set(own.matters) - set(words("slots")["sides"]) - {"境外" for kind in own.types if kind in ABROAD})


def names_of(own: Slots) -> set[str]:
    """Every name of the types of a question."""
    return {str(name) for kind in own.types for name in words("slots")["types"][kind]}


def other_article(new: FollowUp) -> str:
    """那第十三条呢 after an article of a law: the same law, the new article."""
    named, old = ARTICLE.search(new.bare), ARTICLE.search(new.previous)
    if not named or not old or new.own.laws or new.own.types:
        return ""
    return new.previous[: old.start()] + new.bare[named.start() :] if len(new.bare) > len(named[0]) + LOOSE else new.previous.replace(old[0], named[0])


def other_type(new: FollowUp) -> str:
    """那基金会呢, 民非理事会呢, 商会可以吗: the question before, of the other type."""
    own, bare = new.own, new.bare
    also = AS_WELL.search(new.question) and set(own.matters) & {*new.before.matters, *words("slots")["sides"]}
    if not own.types or (own_subject(own) and not also):
        return ""
    too = TOO.search(bare) and len(bare) <= SHORT and (also or not own.matters) and not asks(bare)
    if WHETHER.match(new.question.partition(named_type(new.question, own))[2]):
        return _retyped(new)
    if len(own.types) > 1 and SEVERAL.search(bare) and not asks(bare) and not new.before.types:
        return f"{'和'.join(own.types)}分别{new.previous}"
    if too:
        return _retyped(new)
    asked = asks(re.sub(r"吧[？?。]*$", "", new.question)) and not new.question.rstrip("？? ").endswith("呢")
    return "" if asked or asks(bare) or len(bare) > max(map(len, own.types)) + LOOSE + 1 else _of_the_type_named(new)


def _of_the_type_named(new: FollowUp) -> str:
    """The question before with the whole phrase that names the new type (民办养老院, 基金会的代表机构) in the old one's place."""
    phrase, _, rest = new.bare.replace(",", "，").partition("，")
    name = phrase if len(new.own.types) == 1 and len(phrase) < 2 * LOOSE else new.own.types[0]
    whole = exchanged(new.previous, new.before.types, name) if new.before.types else f"{name}{new.previous}"
    row = contrast(whole.replace(name, "〇"), new.bare.replace(named_type(new.bare, new.own), "")) if new.before.types else None
    if row:
        whole = whole.replace(name, new.own.types[0]).replace(*row)
    return f"{rest}，{whole}" if rest else whole


def other_level(new: FollowUp) -> str:
    """如果是全国性的呢: the question before, of the new level."""
    if not new.own.level or new.own.types or new.own.matters or len(new.bare) > 2 * LOOSE + 2 or asks(new.bare):
        return ""
    previous = new.previous
    if len(named("levels", previous, previous)) > 1:  # asked between levels (去市里还是省里)
        return f"{new.own.level}的，{previous}"
    for name in sorted(map(str, words("slots")["levels"].get(new.before.level, ())), key=len, reverse=True):
        previous = previous.replace(name, "")
    return f"{new.own.level}{previous}"


def other_law(new: FollowUp) -> str:
    """那按慈善法呢: the question before, of the law named."""
    return f"{new.bare}，{new.previous}" if new.own.laws and not new.own.matters and len(new.bare) <= 24 else ""


def other_figure(new: FollowUp) -> str:
    """如果是三百万呢 puts the new figure in the old one's place; 再加上6家公司 adds to it; 改章程要几票 is asked of the figures before."""
    bare, previous = new.bare, new.previous
    fresh, olds = figures(bare), figures(previous)
    if fresh and olds and (deed := DEED.search(bare)) and not new.own.types:
        return _done_otherwise(previous, bare, deed[0], fresh[0])
    if fresh and ADDS.match(bare) and olds:
        asked = asked_part(previous)
        known = previous[: -len(asked)] if asked and previous.rstrip("？?").endswith(asked) else facts(previous)
        return f"{known.rstrip('，, ')}，{bare}，{previous[len(known) :]}"
    if len(fresh) == 1 and not new.own.types and not asks(bare) and len(bare) <= SHORT:
        old = next((figure for figure in olds if figure["unit"] == fresh[0]["unit"] or (money(figure) and money(fresh[0]))), None)
        return previous[: old.start()] + fresh[0][0] + previous[old.end() :] if old else ""
    if not fresh and olds and not new.own.types and COUNTS.search(bare):
        known = facts(previous)
        return f"{known}，{bare}" if known else ""
    return ""


def _done_otherwise(previous: str, bare: str, deed: str, figure: re.Match[str]) -> str:
    """来了 13 个呢 in the place of 来了 11 个, or beside the number of all that was told before."""
    same = next((clause for clause in re.split(r"(?<=[，,])", previous) if deed[0] in clause and figures(clause)), "")
    if same:
        old = figures(same)[-1]
        return previous.replace(same, same[: old.start()] + figure[0] + same[old.end() :])
    known = facts(previous)
    return f"{known}，{bare}" if known else f"{bare}，{previous}"


def other_thing(new: FollowUp) -> str:
    """理事呢, 叫中心呢, 不公开呢: the question before with the words exchanged that the new ones stand in the place of, else behind the new words."""
    previous, bare = DATED.sub("", new.previous), new.bare
    if NEXT.fullmatch(bare):
        return f"{previous}，接下来要办什么"
    if found := contrast(previous, bare):
        whole = _retyped(FollowUp(new.question, bare, new.own, previous.replace(*found), new.before))
        return whole if len(bare) <= len(found[1]) + LOOSE else f"{bare}，{whole}"
    if (verb := SAME_VERB.match(bare)) and (old := re.search(rf"{verb[0]}[^，,？?吗呢要能会可]+", previous)):
        return previous[: old.start()] + bare + previous[old.end() :]
    kind = "" if new.own.types else named_type(previous, new.before)
    asked = _asked_of_it(new, previous)
    return f"{kind if kind not in bare else ''}{bare}{asked}" if asked else _beside(bare, previous)


def _asked_of_it(new: FollowUp, previous: str) -> str:
    """What is asked of a deed that stands in the old one's place: the old outcome (会怎么罚), 怎么办 of a wish, 会怎样 of a lapse; "" of any other."""
    outcome = asked_part(previous)
    supposed = SUPPOSES.match(new.question)
    if not supposed and len(new.bare) > LOOSE and OUTCOME.search(outcome):
        return f"，{outcome}"
    if not supposed and WISHES.search(new.bare):
        return "怎么办"
    return "会怎样" if LAPSE.match(new.bare) and new.question.rstrip("？?").endswith("呢") else ""


def _beside(bare: str, previous: str) -> str:
    """A noun in the place of the one asked about, where a case was told before (基金会注销，债务怎么处理); else the new words before the old."""
    known, outcome = told(previous), asked_part(previous)
    return f"{known}，{bare}{outcome}" if known and outcome and len(bare) <= LOOSE else f"{bare}，{previous}"


def contrast(previous: str, bare: str) -> tuple[str, str] | None:
    """(old word, new word) of one row of contrasts, the old one in the question before, the new one in this."""
    for row in words("slots")["contrasts"]:
        named = sorted((str(word) for word in row), key=len, reverse=True)
        new = next((word for word in named if word in bare), "")
        old = next((word for word in named if word in previous), "")
        if new and old and old not in new and new not in old:
            return _whole_person(previous, old), new
    return None


def _whole_person(previous: str, word: str) -> str:
    """The word with the relative named after it: 理事长的爱人 is one person, not the 理事长."""
    named = (f"{word}的{other}" for row in words("slots")["contrasts"] for other in row)
    return next((name for name in named if name in previous), word)


def exchanged(previous: str, values: tuple[str, ...], replacement: str) -> str:
    """The text with the name of one of these types exchanged; behind the new name where it has none."""
    names = sorted((str(n) for v in values for n in words("slots")["types"][v]), key=len, reverse=True)
    for name in names:
        if name in previous:
            return previous.replace(name, replacement)
    return f"{replacement}，{previous}"


def _retyped(new: FollowUp) -> str:
    """The question before with its type exchanged for the new one's; behind the new one where it has none."""
    if not new.own.types or set(new.own.types) & set(new.before.types):
        return new.previous
    row = contrast(new.previous, new.bare.replace(named_type(new.bare, new.own), ""))
    return exchanged(new.previous.replace(*row) if row else new.previous, new.before.types, new.own.types[0])
