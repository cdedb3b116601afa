"""The answer to a question of procedure: the sections of a guide that it asks for, each line with its citations."""

from __future__ import annotations

import re

from assistant.draft import Draft
from assistant.turn import Sentence, Turn
from assistant.wording import words
from corpus.guide import SECTIONS, Guide, Line

ASKS = {
    "materials": re.compile(r"材料|交什么|带什么|提交|准备|哪些文件|什么文件|要什么手续|交哪些|报送什么|资料"),
    "steps": re.compile(
        r"流程|步骤|程序|手续|怎么办|怎样办|怎么(申请|登记|成立|设立|注销|变更|换|改|注册|开办|弄|搞|操作|走|补|备案|报)|如何(申请|登记|成立|设立|注销|变更|办|换|改|备案)|先.{0,6}(还是|再)|第一步"
    ),
    "conditions": re.compile(r"条件|要求|门槛|资格是|符合什么|具备|什么样的.{0,6}(才|可以|能)"),
    "limits": re.compile(r"多久|几天|多长时间|时限|什么时候|期限|多少天|几个月|哪天|截止"),
    "fee": re.compile(r"收费|多少钱|费用|要钱|花钱|免费"),
    "authority": re.compile(r"去哪|找谁|哪个部门|哪里办|在哪|归谁管|哪个机关|哪一级|向谁"),
    "refusals": re.compile(r"不予|不批|被退|退回|不给登记|驳回|退件"),
    "remedies": re.compile(r"不服|复议|诉讼|怎么救济"),
    "portal": re.compile(r"网上|网址|网站|在线|平台|线上"),
    "local": re.compile(r"各地|当地|我们这|地方"),
}
INTENT = re.compile(r"^(你好[，,]?)?(我们?|咱们?|俺们?|本人|公司|单位|几个人)?.{0,4}(想|打算|准备|要|计划)")
ASKING = re.compile(r"[?？]|吗|怎|如何|什么|啥|哪|谁|多少|多久|几|是否|能不能|可不可|要不要")
PROCEDURAL = ("materials", "steps", "conditions")
WHOLE = ("summary", "conditions", "materials", "steps", "limits")
NEAR = 8
FOUNDING = ("成立",)
ASKS_FOUNDING = re.compile(r"登记|注册|[想要]办|开一?[家个]|条件")
GENERAL = 7
BARE = 14
FILLER = re.compile(
    r"[\W_]|请问|我们|我|想|要|需要|应该|应当|的|和|与|及|了|都|有|哪些|哪|什么|吗|呢|个|一个|一家|去|办理|办|登记|申请|如果|才能|可以|能|得|是|具体|一下|走|交|打算|准备|计划|民政局|民政"
)
MOST_LINES = 14


def wanted(question: str) -> list[str]:
    """The sections a question asks for, in the order of the guide."""
    return [key for key in SECTIONS if key in ASKS and ASKS[key].search(question)]


def choose(turn: Turn, draft: Draft) -> Guide | None:
    """The guide that fits a general question of procedure: near the top, of the matter and type asked for."""
    if not (set(wanted(turn.asked)) & set(PROCEDURAL) or intends(turn) or bare(turn)) or not general(turn) or turn.notes.get("other_kind"):
        return None
    found = [
        (rank, guide) for rank, hit in enumerate(turn.hits) if hit.kind == "guide" and (guide := draft.library.guide(hit.address.law)) and _fits(guide, turn)
    ]
    if not found or found[0][0] >= NEAR:
        return None
    matter = found[0][1].matter
    farther = bool(turn.slots.types) and matter in words("slots")["guided"]  # the general guide of a type may stand behind a narrower one
    near = [guide for rank, guide in found if rank < NEAR or (farther and guide.matter == matter)]
    return max(near, key=lambda guide: _closeness(guide, turn))


def _closeness(guide: Guide, turn: Turn) -> int:
    """How exactly a guide's types are those asked about: a guide for a narrower kind stands behind the general one."""
    asked = set(turn.slots.types)
    return len(asked & set(guide.types)) - len(set(guide.types) - asked)


def intends(turn: Turn) -> bool:
    """Whether the reader only says what is to be done (我们想成立一个校友会), so that all of it is asked for."""
    return bool(INTENT.search(turn.asked)) and not ASKING.search(turn.asked) and any(matter in words("slots")["acts"] for matter in turn.slots.matters)


def bare(turn: Turn) -> bool:
    """Whether nothing but a type and an act is said (协会登记, 民非注销)."""
    return bool(turn.slots.types) and len(turn.asked) <= BARE and not ASKING.search(turn.asked) and not _rest(turn)


def general(turn: Turn) -> bool:
    """Whether little is left of the question besides type, matter, level and the words that ask for a section."""
    return len(_rest(turn)) <= GENERAL


def _rest(turn: Turn) -> str:
    rest = turn.asked
    for pattern in ASKS.values():
        rest = pattern.sub("", rest)
    for kind, values in (("types", turn.slots.types), ("matters", turn.slots.matters), ("levels", (turn.slots.level,) if turn.slots.level else ())):
        for value in values:
            for name in sorted((value, *map(str, words("slots")[kind][value])), key=len, reverse=True):
                rest = rest.replace(name, "")
    return FILLER.sub("", rest)


def _fits(guide: Guide, turn: Turn) -> bool:
    """Whether a guide is for a type asked about and for the act asked about; without any act, for founding."""
    types, matters = turn.slots.types, turn.slots.matters
    right_type = not types or "全部" in guide.types or bool(set(types) & set(guide.types))
    acts = [matter for matter in matters if matter in words("slots")["acts"]]
    return right_type and guide.matter in (acts or matters or (FOUNDING if ASKS_FOUNDING.search(turn.asked) else ()))


def make(turn: Turn, draft: Draft) -> bool:
    """Fill the draft from the chosen guide; False where none fits."""
    guide = choose(turn, draft)
    if guide is None:
        return False
    sections = wanted(turn.asked) or list(WHOLE[1:])
    if sections == ["steps"] and re.search(r"怎么(办|成立|设立|申请|注册|登记|开办|弄|搞)|如何(成立|设立|办|申请|登记)", turn.asked) and len(turn.asked) < 24:
        sections = list(WHOLE[1:])
    summary = _asked_for(guide, "summary", turn)
    draft.add("paragraph", [[_line(draft, line, turn)] for line in summary[:3]], tone="lead")
    for key in sections:
        lines = _asked_for(guide, key, turn)
        kind = "steps" if key == "steps" else "list"
        draft.add(kind, [[_line(draft, line, turn, material=key == "materials")] for line in lines[:MOST_LINES]], title=SECTIONS[key])
    return bool(draft.blocks)


def _asked_for(guide: Guide, section: str, turn: Turn) -> list[Line]:
    """The lines of a section; of a guide to changes only those for the change asked about, and those for any change."""
    lines = list(guide.sections.get(section, ()))
    changes = words("slots")["changes"] if guide.matter == "变更" else {}
    asked = {change for change, row in changes.items() if any(str(word) in turn.asked for word in row["asked"])}
    if not asked:
        return lines
    about = [{change for change, row in changes.items() if re.search(row["line"], line.details.get("name", "") + line.say)} for line in lines]
    return [line for line, concerned in zip(lines, about, strict=True) if not concerned or concerned & asked]


def _line(draft: Draft, line: Line, turn: Turn, *, material: bool = False) -> Sentence:
    addresses = [a for cite in line.cites if (a := draft.library.resolve(cite, turn.day))]
    text = line.say
    name = line.details.get("name", "")
    if material and name and name not in text:
        text = f"{name}：{text}"
    sentence = draft.sentence(text, addresses)
    return sentence
