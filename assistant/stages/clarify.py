"""clarify: one short question with buttons when the organisation type is missing and the answers differ by type."""

from __future__ import annotations

import re
from collections.abc import Callable

from assistant.makers.comparison import same_figures
from assistant.stop import Stop, stop
from assistant.turn import Clarify, Option, Status, Turn
from assistant.wording import words
from index.search import Search

GENERIC = re.compile(r"社会组织|这类组织|组织|机构|单位")
ASKS_CASE = re.compile(
    r"条件|截止|日期|还是|有几|几个|材料|流程|步骤|程序|怎么办|怎么|如何|要什么|需要|准备|多少|多久|多长|几天|手续|资金|时限|时间|什么时候|交什么|哪些|去哪|哪里|找谁|哪级|市里|省里|规定|要求"
)
SAME_FOR_ALL = re.compile(
    r"收费|要钱|费用|[检记证本册]费|区别|不同|一样吗|三类|三种|分别|各|哪几类|哪些类型|什么是|含义|意思|定义|党|网址|平台|电话|评估|信用|异常|失信|复议|诉讼|听证|举报|取缔|罚|章子|规划|名录|社会组织的?名称"
)


def stage(search: Search) -> Callable[[Turn], Turn | Stop]:
    """Ask back, or go on; a reader who does not know the type gets the cases side by side."""

    def clarify(turn: Turn) -> Turn | Stop:
        if not needs_type(turn):
            return turn
        if same_figures(turn, search):
            return turn.having(notes={**turn.notes, "clarify": "三类相同", "side_by_side": True})
        unsure = any(word in turn.question for word in words("slots")["unsure"])
        if unsure or (turn.audience == "clerk" and turn.notes.get("contextualise")):
            return turn.having(notes={**turn.notes, "clarify": "并列", "side_by_side": True})
        choices = words("slots")["choices"]
        options = tuple(Option(label, f"{label}{GENERIC.sub('', turn.asked, count=1)}") for label in choices)
        question = Clarify("type", wording_of(turn), (*options, Option("不清楚，都说说", f"{turn.asked}（不清楚类型，都说说）")))
        return stop(Status.CLARIFY_TYPE, "缺组织类型", clarify=question)

    return clarify


def wording_of(turn: Turn) -> str:
    """The question back, naming the matter."""
    matter = turn.slots.matters[0] if turn.slots.matters else "办理"
    return f"您问的是哪一类社会组织的{matter}？"


def needs_type(turn: Turn) -> bool:
    """Whether the type is missing and the matter is one whose rules differ by type."""
    slots = turn.slots
    if slots.types or slots.laws or slots.addresses or turn.notes.get("side_by_side"):
        return False
    if SAME_FOR_ALL.search(turn.asked) or not ASKS_CASE.search(turn.asked):
        return False
    matters = set(slots.matters)
    differing = set(words("slots")["differing"])
    money = bool(re.search(r"(注册|开办|启动|活动|登记|起步)资[金本]|要多少钱|多少资金", turn.asked))
    register = not matters and bool(re.search(r"登记", turn.asked))
    others = matters - differing - {"证书", "名称", "负责人", "财产财务", "印章账户"}
    return (bool(matters & differing) or money or register) and not others
