"""clarify: a short question with buttons when it is not said which act or thing is meant, or which type, and the answers differ by it."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.clauses import named_type
from assistant.makers import contrast, guides
from assistant.makers.parts import asked_for
from assistant.makers.points import Scored, figure_units, score_points
from assistant.makers.sides import asked_types, read
from assistant.missing import Missing, missing, named_with
from assistant.missing import question_back as matter_back
from assistant.rivals import agree, by_type, rivals
from assistant.stages.retrieve import LEAST_COSINE_INSIDE, LEAST_COSINE_OUTSIDE
from assistant.stop import Stop, stop
from assistant.turn import Clarify, Option, Status, Turn
from assistant.wording import words
from index.search import Search

NOTHING_ASKED = re.compile(r"[\W_]|我们?|咱们?|想|要|请问|问问?|咨询|了解|打听|一下|点|关于|有关|方面|的|事情|事儿?|问题|业务|吧|呀|啊|呢|是|这里")
GENERIC = re.compile(r"社会组织|这类组织|组织|机构|单位")
DEPTH = 40
OF_AN_ACT = re.compile(r"材料|资料|文件|手续|流程|步骤|程序|清单|多[久长]|几天|时间|时候|哪|[找向给]谁")
SHORT = 21
BRIEF = 25
VOTES = re.compile(r"[\d两二三四五六七八九十]\s*[人名位票]|[\d两二三四五六七八九十]个(人|理事|监事|委员)")
ASKS_BRIEFLY = re.compile(r"咋|能不能|可不可以|能否|吗[？?]?$")
ASKS_CASE = re.compile(
    r"条件|截止|日期|还是|几个|多少|材料|流程|步骤|程序|手续|怎么|如何|什么|啥|哪些|内容|次数|几次|必须|需要|准备|备齐|多久|多长|几天|时间|哪|找谁|规定|要求"
)
WANTS_A_YES = re.compile(r"吧[？?]?$|(?:一定|肯定|必然|当然)[^，。]*[吗么][？?]?$|(?:就行|就可以|就够|没问题)了?[吗么]?[？?]?$")
SAME_FOR_ALL = re.compile(
    r"直接登记|四类|脱钩|会费|收费|收不收|要钱|(?<!管理)费用|[检记证本册]费|区别|不同|一样吗|三类|三种|分别|哪几类|哪些类型|什么是|含义|意思|定义|党|网址|平台|电话|评估|信用|异常|失信|复议|诉讼|听证|举报|取缔|罚|参评|评上|直接(?:去|到|找|向)[^，。]{0,6}登记|不(?:用|需要?|必)?找[^，。]{0,3}主管|[能可以]告"
)


def stage(search: Search) -> Callable[[Turn], Turn | Stop]:
    """Ask back, or go on; a reader who does not know the type gets the cases side by side."""

    def clarify(turn: Turn) -> Turn | Stop:
        slots = turn.slots
        if names_only_a_type(turn):
            return stop(Status.CLARIFY_MATTER, "缺事项", clarify=which_matter(turn))
        if unsaid := left_unsaid(turn):
            return ask_matter(turn, unsaid)
        if slots.types or slots.laws or slots.addresses or asked_types(turn) or contrast.told(read(turn), search.library)[1] or one_guide_for_all(turn, search):
            return turn
        if of_another_kind(turn, search):
            return turn.having(notes={**turn.notes, "clarify": "另有专门法", "other_kind": True})
        return ask_type(turn, search)

    return clarify


def ask_type(turn: Turn, search: Search) -> Turn | Stop:
    """The question back which type is meant where the types' answers differ; the types side by side where they agree or the reader cannot say."""
    guided = asks_for_a_guide(turn)
    every = words("slots")["every"] in turn.asked
    told = implied(turn) or votes_are_told(turn) or WANTS_A_YES.search(turn.asked)  # a belief is set right by the rule that speaks of it
    answers = {} if every or told else rival_answers(turn, search)
    steps = guided and "steps" in asked_for(turn.asked)  # each type's guide tells more than what they share
    agreed = len(answers) > 1 and not steps and agree(turn.asked, answers, differing=of_matter(turn, "differing"))
    unsure = (guided or answers) and any(word in turn.asked for word in words("slots")["unsure"])
    if every or agreed or unsure:
        return turn.having(notes={**turn.notes, "clarify": "各类相同" if agreed else "并列", "side_by_side": True})
    if not guided and not answers:
        return turn
    return stop(Status.CLARIFY_TYPE, "缺组织类型：" + "、".join(answers or words("slots")["choices"]), clarify=question_back(turn))


def left_unsaid(turn: Turn) -> Missing | None:
    """What a question without act or thing leaves unsaid; of a type alone only where the acts differ in what is asked (协会要什么材料)."""
    if turn.slots.laws or turn.slots.addresses:
        return None
    if not turn.slots.types:
        return missing(turn.asked)
    name, main = named_type(turn.asked, turn.slots), set(words("slots")["choices"])
    return missing(turn.asked.replace(name, "", 1)) if len(turn.slots.types) == 1 and main & set(turn.slots.types) and OF_AN_ACT.search(turn.asked) else None


def ask_matter(turn: Turn, unsaid: Missing) -> Turn | Stop:
    """The question back what is meant; for a reader who cannot say, what to choose from side by side."""
    every = str(words("slots")["every"])
    if every in turn.asked:
        asked = turn.asked.replace(every, "")
        cases = tuple((label, named_with(said, asked)) for label, said in unsaid.cases)
        return turn.having(notes={**turn.notes, "clarify": "并列", "side_by_side": True, "cases": cases})
    return stop(Status.CLARIFY_MATTER, "缺事项", clarify=matter_back(turn, unsaid))


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
    if not set(turn.slots.matters) & set(words("slots")["guided"]) or not guides.general(turn):
        return False
    procedure = differs_by_matter(turn) and set(asked_for(turn.asked)) & set(guides.PROCEDURAL)
    return bool(procedure) or guides.intends(turn)


def one_guide_for_all(turn: Turn, search: Search) -> bool:
    """Whether papers or steps are asked for of a matter with one guide for all main types (刻章备案, 税前扣除资格)."""
    if words("slots")["every"] in turn.asked or not guides.is_wish(turn):
        return False
    return guides.for_every_type(turn, search.search(turn.asked, turn.day, region=turn.region, top=DEPTH), search.library)


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


def votes_are_told(turn: Turn) -> bool:
    """Whether the figures of a meeting are told (理事9人，出席7人), which are worked out by the one rule there is."""
    return bool(VOTES.search(turn.asked)) and set(turn.slots.matters) <= {"治理", "换届", "负责人"}


def rival_answers(turn: Turn, search: Search) -> dict[str, list[Scored]]:
    """The best statements for each main type, where those of two types answer about as well; empty where nothing near is found."""
    hits = search.search(turn.asked, turn.day, region=turn.region, top=DEPTH)
    floor = LEAST_COSINE_INSIDE if turn.notes.get("inside") else LEAST_COSINE_OUTSIDE
    if search.has_known_cosines and max((hit.cosine for hit in hits[:5]), default=0.0) < floor:
        return {}
    scored = score_points(turn.asked, [hit for hit in hits if hit.kind == "article"], search)
    differs = not SAME_FOR_ALL.search(turn.asked)
    short = len(turn.asked) <= SHORT and differs
    found, general = by_type(scored, figure_units(turn.asked), by_words=len(turn.asked) <= BRIEF and differs)
    return rivals(found, general, turn.asked, differing=differs_by_matter(turn), short=short, charter=of_matter(turn, "by_charter"))


def of_matter(turn: Turn, row: str) -> bool:
    """Whether a matter of the question stands in a row of words/slots.yaml."""
    return bool(set(turn.slots.matters) & set(words("slots")[row]))


def differs_by_matter(turn: Turn) -> bool:
    """Whether the question is about a matter whose rules are known to differ by type, and asks for nothing that is common to all."""
    matters = set(turn.slots.matters)
    differing = set(words("slots")["differing"])
    register = not matters and "登记" in turn.asked
    others = matters - differing - {"证书", "名称", "负责人", "财产财务", "印章账户", "管辖"}
    asks = ASKS_CASE.search(turn.asked) or (len(turn.asked) <= SHORT and ASKS_BRIEFLY.search(turn.asked))
    return bool(asks and not SAME_FOR_ALL.search(turn.asked) and (matters & differing or register) and not others)


def of_type(kind: str, asked: str) -> str:
    """The question asked of one type: its name before the words, in the place of a general one (这类组织)."""
    return f"{kind}{GENERIC.sub('', asked, count=1)}"


def question_back(turn: Turn) -> Clarify:
    """The question back with a button for each type and one for those who do not know."""
    options = tuple(Option(kind, of_type(kind, turn.asked)) for kind in words("slots")["choices"])
    matter = turn.slots.matters[0] if turn.slots.matters else "规定"
    return Clarify("type", f"您问的是哪一类社会组织的{matter}？", (*options, Option("不清楚，都说说", f"{turn.asked}{words('slots')['every']}")))
