"""Which parts of a procedure a question asks for: materials, steps, time, fee, the counter to go to …"""

from __future__ import annotations

import re

WRITTEN = "".join(f"(?<!{word})" for word in ("写", "写明", "写上", "写清", "写清楚", "写进", "载明", "注明", "列明", "包括", "包含"))  # contents, not papers
PAPERS = r"(?:文件|证明|东西|表|承诺|手续)"
PARTS = {
    "materials": re.compile(
        r"材料|资料|(?<!具)[交带备递填附](?:些|齐|好|上)?(?:什么|啥|哪[些几样]|几[样份])|(?<!年)(?<!汇)报(?:些|送)?(?:什么|啥|哪[些几样])|(?:准备|提交|报送|提供)(?:些|好)?(?:什么|啥|哪[些几样])|什么手续"
        rf"|{WRITTEN}(?:什么|哪些|哪几[样份]|几[样份]){PAPERS}|哪?几样|清单|单子|备齐"
    ),
    "steps": re.compile(
        r"流程|步骤|程序|(?<![去来]办)手续|怎么办|怎样办|怎么(?:申请|登记|成立|设立|注销|变更|换|改|注册|开办|弄|搞|操作|走|补|备案|报|移|退|做|排|推进|进行)"
        r"|如何(?:申请|登记|成立|设立|注销|变更|办|换|改|备案|移出|操作|进行)|先.{0,6}(?:还是|再)|先后|顺序|第一步|每一步|一步步|一步一步|哪?几步|哪几道|环节|过程|先[做干办找走给报交](?:什么|啥|谁|哪)|下一步"
    ),
    "conditions": re.compile(r"条件|要求|门槛|资格是|符合什么|具备|满足|哪几条|什么样的.{0,6}(?:才|可以|能)"),
    "limits": re.compile(r"多久|几天|多长时间|时限|什么时候|期限|多少天|几个月|哪天|截止|几日内|几月几[号日]|时间要求|(?:报送|提交|办理|申请)时间|最晚|最迟"),
    "fee": re.compile(r"收费|多少钱|费用|要钱|花钱|免费"),
    "authority": re.compile(r"去哪|找谁|哪个部门|哪里办|在哪|归谁管|哪个机关|哪一级|向谁|报给谁|哪个窗口|交给谁|交到哪|哪家"),
    "refusals": re.compile(r"不予|不批|被退|退回|不给登记|驳回|退件"),
    "remedies": re.compile(r"不服|复议|诉讼|怎么救济"),
    "portal": re.compile(r"网上|网址|网站|在线|平台|线上"),
    "local": re.compile(r"各地|当地|我们这|地方"),
}
# Words that ask for a list of papers or for the way through, whatever else the question tells of its case.
LISTED = re.compile(
    r"材料(?!不|没|交齐|齐|收齐)|清单|单子|(?<!具)[交带备递填附](?:些|齐)?(?:什么|啥|哪[些几样])|(?:准备|提交|报送|提供|出具)(?:些|好)?(?:什么|啥|哪[些几样])"
    rf"|{WRITTEN}(?:什么|哪些|哪几[样份])(?:文件|东西|表|手续)|流程|步骤|(?:走|要|全套|登记|注销|变更|备案)手续|手续(?:怎|如何|有|是|都)"
    r"|(?:文件|证件|东西|表格)(?:都|一共)?(?:有|是|包括)(?:哪些|什么|啥)|一步步|一步一步|每一步|[哪走]几步|先后|先[做干办找走给报交](?:什么|啥|谁|哪)|顺序|怎么走|哪些环节|程序(?:怎|如何|是|有)|(?:走|经过|履行)(?:哪些|什么|啥)程序"
)
TERMS = re.compile(r"(?:具备|满足|符合|够)(?:了)?(?:哪|什么|啥)|(?:哪些|什么|啥|几条|几个)(?:条件|门槛)|哪几条")
HOW = re.compile(r"怎么(?:申请|办理|弄|操作|备案|报|移|补|设立|成立|注销|变更|登记|评|认定)|如何(?:申请|办理|操作|备案|移出|补办|设立|成立|注销|变更)")
CLAUSES = re.compile(r"[，,、；;。？?！!\s]+")
DEEDS = re.compile(r"怎么(?!样|处罚|罚)|怎样|如何|[做干]什么|[做干]啥|[去走]哪|该.{1,3}哪些")
SEVERAL = 2
WRAPPED = re.compile(  # how a list is begged for; what is left says what it is a list of
    r"(?:请|麻烦|能不能|可以)?(?:帮我|给我|替我|跟我)?(?:列|开|给|出|写|整理|讲|说)(?:一?[份个张下]|出来|清楚)*(?:给我)?|从头到尾|的?(?:清单|单子)|最好|列成一二三|一步(?:一步|步)(?:地|来)?|一份|出来"
)
WAYS = ("materials", "steps")


def asked_for(question: str) -> list[str]:
    """The sections of a guide that a question asks for, in the order in which it asks."""
    found = {key: match.start() for key, pattern in PARTS.items() if (match := pattern.search(question))}
    return sorted(found, key=lambda key: found[key])


def bare_of(question: str) -> str:
    """The question without the words that ask for a part."""
    for pattern in PARTS.values():
        question = pattern.sub("", question)
    return question


def unwrapped(question: str) -> str:
    """The question without the words that only beg for a list (给我一份…的清单, …列出来)."""
    return WRAPPED.sub("", question)


def asks_several(question: str) -> bool:
    """Whether a question asks what to do at several points (文件怎么签、去哪备案、以后每年做什么)."""
    return sum(bool(DEEDS.search(clause)) for clause in CLAUSES.split(question)) >= SEVERAL


def asks_the_way(question: str) -> bool:
    """Whether papers or the way through are asked for in so many words."""
    return bool(LISTED.search(question) or HOW.search(question)) or asks_several(question)
