"""clarify: one short question with buttons when the organisation type is missing and the answers differ by type."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from assistant.clauses import named_type
from assistant.makers import guide_card
from assistant.makers.points import Scored, figure_units, score_points
from assistant.makers.sides import asked_types
from assistant.stages.retrieve import LEAST_COSINE_INSIDE, LEAST_COSINE_OUTSIDE
from assistant.stop import Stop, stop
from assistant.turn import Clarify, Option, Status, Turn
from assistant.wording import words
from corpus.numerals import quantities
from index.search import Search
from index.tokens import token_set

NOTHING_ASKED = re.compile(r"[\W_]|我们?|咱们?|想|要|请问|问问?|咨询|了解|打听|一下|点|关于|有关|方面|的|事情|事儿?|问题|业务|吧|呀|啊|呢|是|这里")
GENERIC = re.compile(r"社会组织|这类组织|组织|机构|单位")
DEPTH = 40
RIVAL = 0.035
NEAR = 0.06  # for a question that says little: rules of other types stand farther behind the first one found
WIDE = 0.1
GENERAL = 0.02
CLOSE = 0.03
EVERY = 0.05
NARROW = 0.03  # by how much a rule for another kind (慈善组织, 境外代表机构) must be nearer than one for all
MAY = re.compile(r"能不能|可不可以|能否|(能|可以)[^，。]*吗")
FORBIDS = re.compile(r"不能(?!没有)|不得|不准|不可以|禁止|不允许|只能")
SHORT = 21
ASKS_CASE = re.compile(
    r"条件|截止|日期|还是|几个|多少|材料|流程|步骤|程序|手续|怎么|如何|什么|啥|哪些|内容|次数|几次|必须|需要|准备|备齐|多久|多长|几天|时间|哪|找谁|规定|要求"
)
SAME_FOR_ALL = re.compile(
    r"直接登记|四类|脱钩|会费|收费|收不收|要钱|费用|[检记证本册]费|区别|不同|一样吗|三类|三种|分别|哪几类|哪些类型|什么是|含义|意思|定义|党|网址|平台|电话|评估|信用|异常|失信|复议|诉讼|听证|举报|取缔|罚"
)
ALIKE = 0.5
LISTS = re.compile(r"哪些|哪几|什么(内容|材料|条件|文件|东西)|写(什么|哪)|[写交带递]啥|备齐|内容")
FIGURE = re.compile(r"会怎么?样|什么后果|几|多少|次数|人数|多久|期限|金额|最[多少低高长短]")


def stage(search: Search) -> Callable[[Turn], Turn | Stop]:
    """Ask back, or go on; a reader who does not know the type gets the cases side by side."""

    def clarify(turn: Turn) -> Turn | Stop:
        slots = turn.slots
        said = slots.types or slots.laws or slots.addresses or asked_types(turn)
        if names_only_a_type(turn):
            return stop(Status.CLARIFY_MATTER, "缺事项", clarify=which_matter(turn))
        if said:
            return turn
        if of_another_kind(turn, search):
            return turn.having(notes={**turn.notes, "clarify": "另有专门法", "other_kind": True})
        guided = asks_for_a_guide(turn)
        every = words("slots")["every"] in turn.asked
        rivals = {} if every or implied(turn) else rival_answers(turn, search)
        agreed = len(rivals) > 1 and same(turn, list(rivals.values()))
        unsure = (guided or rivals) and any(word in turn.asked for word in words("slots")["unsure"])
        if every or agreed or unsure:
            return turn.having(notes={**turn.notes, "clarify": "各类相同" if agreed else "并列", "side_by_side": True})
        if not guided and not rivals:
            return turn
        return stop(Status.CLARIFY_TYPE, "缺组织类型：" + "、".join(rivals or words("slots")["choices"]), clarify=question_back(turn))

    return clarify


def names_only_a_type(turn: Turn) -> bool:
    """Whether nothing but a main type is said (协会的事, 想问基金会的事情), so that it is not known what is asked of it."""
    if not set(turn.slots.types) & set(words("slots")["choices"]) or turn.slots.matters or turn.slots.laws or turn.slots.addresses:
        return False
    rest = NOTHING_ASKED.sub("", turn.asked.replace(named_type(turn.asked, turn.slots), "", 1))
    return not rest and named_type(turn.asked, turn.slots) in turn.asked


def which_matter(turn: Turn) -> Clarify:
    """The question back what is to be done, with a button for each act that has a guide and one for what the type is."""
    name = named_type(turn.asked, turn.slots)
    options = tuple(Option(matter, f"{name}{ask}") for matter, ask in words("slots")["begins"].items())
    return Clarify("matter", f"您想办{name}的哪件事？", (*options, Option(f"什么是{name}", f"什么是{name}")))


def asks_for_a_guide(turn: Turn) -> bool:
    """Whether the whole procedure of an act is asked for, for which each type has a guide of its own."""
    if not set(turn.slots.matters) & set(words("slots")["guided"]) or not guide_card.general(turn):
        return False
    procedure = differs_by_matter(turn) and set(guide_card.wanted(turn.asked)) & set(guide_card.PROCEDURAL)
    return bool(procedure) or guide_card.intends(turn)


def of_another_kind(turn: Turn, search: Search) -> bool:
    """Whether the question is about an organisation of another kind with a law of its own (宗教活动场所, 事业单位), which is none of the main types."""
    untouched = set(search.untouched(turn.asked))
    others = [law.slug for title in words("slots")["other_kinds"] if (law := search.library.catalog.find(title))]
    return any(slug not in untouched for slug in others)


def implied(turn: Turn) -> bool:
    """Whether a word of the question (会员, 原始基金, 举办者) is used of one type only, or its matter has one law for all."""
    return bool(set(turn.slots.matters) & set(words("slots")["common"])) or any(
        str(word) in turn.asked for names in words("slots")["implied"].values() for word in names
    )


def rival_answers(turn: Turn, search: Search) -> dict[str, list[Scored]]:
    """The best statements for each main type, where those of two types answer about as well.

    Empty where a rule for all answers about as well, or where only one type has an answer to a question that does not ask for a figure.
    """
    hits = search.search(turn.asked, turn.day, region=turn.region, top=DEPTH)
    floor = LEAST_COSINE_INSIDE if turn.notes.get("inside") else LEAST_COSINE_OUTSIDE
    if search.has_known_cosines and max((hit.cosine for hit in hits[:5]), default=0.0) < floor:
        return {}
    found: dict[str, list[Scored]] = {}
    general = 0.0
    wanted = figure_units(turn.asked)
    for one in score_points(turn.asked, [hit for hit in hits if hit.kind == "article"], search):
        kinds = [kind for kind in words("slots")["choices"] if kind in one.types]
        if len(kinds) in (1, 2) and not set(one.types) & {"慈善组织", "全部"}:
            for kind in kinds:
                found.setdefault(kind, []).append(one)
        elif not wanted or any(quantity.unit in wanted for quantity in quantities(one.say)):
            general = max(general, one.score - (0 if kinds or "全部" in one.types else NARROW))
    if len(found) < 2:
        return {}
    lead = max(rows[0].score for rows in found.values())
    differing = differs_by_matter(turn)
    every = len(found) == len(words("slots")["choices"]) and all(rows[0].score >= lead - EVERY for rows in found.values())
    if general > lead + (CLOSE / 2 if differing else 0 if every else -GENERAL):
        return {}
    short = len(turn.asked) <= SHORT and not SAME_FOR_ALL.search(turn.asked)
    margin = WIDE if differing else NEAR if short or every else RIVAL
    rivals = [kind for kind, rows in found.items() if rows[0].score >= lead - margin]
    if len(rivals) == 1 and not (short and FIGURE.search(turn.asked) and general < lead - NEAR):
        return {}
    return {kind: [row for row in rows if row.score >= rows[0].score - CLOSE] for kind, rows in found.items() if kind in rivals or rows[0].score >= lead - WIDE}


def differs_by_matter(turn: Turn) -> bool:
    """Whether the question is about a matter whose rules are known to differ by type, and asks for nothing that is common to all."""
    matters = set(turn.slots.matters)
    differing = set(words("slots")["differing"])
    register = not matters and "登记" in turn.asked
    others = matters - differing - {"证书", "名称", "负责人", "财产财务", "印章账户", "管辖"}
    asks = ASKS_CASE.search(turn.asked) and not SAME_FOR_ALL.search(turn.asked)
    return bool(asks and (matters & differing or register) and not others)


def same(turn: Turn, answers: Sequence[Sequence[Scored]]) -> bool:
    """Whether the types' answers agree: the same figures where a figure is asked for, else much the same words."""
    if LISTS.search(turn.asked):
        return False
    wanted = figure_units(turn.asked)
    if wanted:
        figures = {
            frozenset((q.value, q.unit) for one in rows for q in quantities(one.say) if q.unit in wanted and one.unit == rows[0].unit) for rows in answers
        }
        return len(figures) == 1 and frozenset() not in figures
    if MAY.search(turn.asked) and all(FORBIDS.search(rows[0].say) for rows in answers):
        return True
    first, *others = (token_set(_without_type(rows[0].say)) for rows in answers)
    return all(len(first & other) >= ALIKE * min(len(first), len(other)) for other in others)


def _without_type(say: str) -> str:
    for kind in words("slots")["choices"]:
        say = say.replace(kind, "")
    return say


def of_type(kind: str, asked: str) -> str:
    """The question asked of one type: its name before the words, in the place of a general one (这类组织)."""
    return f"{kind}{GENERIC.sub('', asked, count=1)}"


def question_back(turn: Turn) -> Clarify:
    """The question back with a button for each type and one for those who do not know."""
    options = tuple(Option(kind, of_type(kind, turn.asked)) for kind in words("slots")["choices"])
    matter = turn.slots.matters[0] if turn.slots.matters else "规定"
    return Clarify("type", f"您问的是哪一类社会组织的{matter}？", (*options, Option("不清楚，都说说", f"{turn.asked}{words('slots')['every']}")))
