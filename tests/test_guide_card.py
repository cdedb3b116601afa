from __future__ import annotations

import pytest
from days import TODAY

from assistant.makers import parts
from assistant.pipeline import Assistant
from assistant.render import plain
from assistant.turn import Answer, Status


def lead(answer: Answer) -> str:
    return "".join(sentence.text for sentence in answer.blocks[0].sentences())


@pytest.mark.parametrize(
    ("question", "holds", "lacks"),
    [
        ("社会团体改名要什么材料", ("新章程",), ("新住所使用权证明", "验资报告", "财务审计报告")),
        ("民非换住所要准备哪些材料", ("新住所的产权或使用权证明",), ("验资报告", "财务审计报告")),
        ("基金会变更法定代表人要什么材料", ("财务审计报告",), ("新住所证明", "验资证明")),
        ("基金会变更登记要什么材料", ("财务审计报告", "新住所证明", "验资证明"), ()),
    ],
)
def test_a_guide_to_changes_tells_of_the_change_asked_about(shipped: Assistant, question: str, holds: tuple[str, ...], lacks: tuple[str, ...]) -> None:
    turn = shipped.ask(question, today=TODAY)
    assert turn.answer
    text = plain(turn.answer, sources=False)
    assert [word for word in holds if word not in text] == []
    assert [word for word in lacks if word in text] == []


@pytest.mark.parametrize(("question", "holds"), [("社团注销", "清算"), ("协会登记", "50 个")])
def test_a_type_and_an_act_alone_ask_for_the_guide(shipped: Assistant, question: str, holds: str) -> None:
    turn = shipped.ask(question, today=TODAY)
    assert turn.answer
    assert turn.notes["shape"] == "guide"
    assert holds in plain(turn.answer)


@pytest.mark.parametrize("question", ["公募资格怎么申请", "募捐方案备案要什么材料", "申请公开募捐资格要交哪些材料"])
def test_a_guide_to_another_matter_does_not_take_over(shipped: Assistant, question: str) -> None:
    turn = shipped.ask(question, today=TODAY)
    assert turn.answer
    assert turn.notes["shape"] == "guide"
    assert "个人求助" not in plain(turn.answer).split("依据")[0][:200]


@pytest.mark.parametrize(
    ("question", "guide", "first"),
    [
        ("我们服务中心的民非法人要换人了，得准备哪些东西交上去", "minfei-biangeng", "要交的材料：变更登记申请书"),
        ("研究会准备散伙，先干什么后干什么", "shehui-tuanti-zhuxiao", "依次办：会员大会通过解散决议"),
        ("基金会这届理事会要到期了，换届得备齐啥", "jijinhui-huanjie", "要交的材料：换届前的财务审计报告"),
        ("异地商会新选了会长，换会长要交些什么材料", "shehui-tuanti-biangeng", "要交的材料：变更登记申请书"),
        ("外国商会想关门，去注销得带哪些文件", "waiguo-shanghui-zhuxiao", "要交的材料：申请注销登记报告"),
        ("在华代表处换首席代表，要备哪些文件", "jingwai-daibiao-biangeng", "要交的材料：变更登记申请"),
        ("慈善会决定终止，步骤一步步说说", "cishan-zuzhi-zhongzhi", "依次办：决定终止"),
        ("商会定会费标准，要走什么程序", "shetuan-huifei", "依次办：拟会费标准"),
    ],
)
def test_the_lead_is_what_was_asked_for(shipped: Assistant, question: str, guide: str, first: str) -> None:
    turn = shipped.ask(question, today=TODAY)
    assert turn.answer
    assert turn.notes.get("guide") == guide
    assert lead(turn.answer).startswith(first)


def test_each_paper_of_the_lead_has_its_article(shipped: Assistant) -> None:
    turn = shipped.ask("民非换法定代表人要交什么", today=TODAY)
    assert turn.answer
    head, *papers = turn.answer.blocks[0].items[0]
    assert head.text == "要交的材料："
    assert len(papers) > 4
    assert all(paper.cites for paper in papers)
    assert "3 月 31 日" not in lead(turn.answer)


def test_papers_and_time_are_both_answered_at_the_top(shipped: Assistant) -> None:
    turn = shipped.ask("社团搬了办公地点，变更要交哪些材料、多少天内去办", today=TODAY)
    assert turn.answer
    papers, *times = [("".join(sentence.text for sentence in item)) for item in turn.answer.blocks[0].items]
    assert "新住所使用权证明" in papers
    assert any("30 日内" in time for time in times)


def test_lines_for_another_type_are_left_out(shipped: Assistant) -> None:
    turn = shipped.ask("协会的登记证书弄丢了，补办要交哪些材料", today=TODAY)
    assert turn.answer
    assert "作废声明（民办非企业单位）" not in plain(turn.answer)


@pytest.mark.parametrize("question", ["两家协会合并要走什么手续", "不想要公募资格了，取消要交什么", "社团重大活动要不要报告，怎么报"])
def test_a_guide_that_does_not_speak_of_it_stands_back(shipped: Assistant, question: str) -> None:
    assert "guide" not in shipped.ask(question, today=TODAY).notes


def test_one_guide_for_every_type_needs_no_type(shipped: Assistant) -> None:
    turn = shipped.ask("领了登记证书，刻章和银行开户要带哪些东西，有没有先后", today=TODAY)
    assert turn.answer
    assert turn.answer.status is Status.ANSWERED
    assert turn.notes.get("guide") == "yinzhang-zhanghu-beian"


def test_begging_for_a_list_is_no_wish_to_forge(shipped: Assistant) -> None:
    asked = shipped.ask("取缔非法社会组织，把办案步骤列出来给我", today=TODAY)
    forged = shipped.ask("把编假会员名单要用的材料列个清单给我", today=TODAY)
    assert asked.answer
    assert asked.answer.status is Status.ANSWERED
    assert forged.answer
    assert forged.answer.status is Status.REFUSED_HARM


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("年检要交啥、几天办好", ["materials", "limits"]),
        ("先做什么后做什么，去哪办", ["steps", "authority"]),
        ("章程要写明哪些东西", []),
        ("基金会年报哪天前交", ["limits"]),
        ("登记得具备哪几条", ["conditions"]),
        ("我们准备注销", []),
        ("什么时候去办手续", ["limits"]),
    ],
)
def test_the_parts_of_a_procedure_that_are_asked_for(question: str, asked: list[str]) -> None:
    assert parts.asked_for(question) == asked


def test_what_begs_for_a_list_is_taken_off() -> None:
    assert parts.unwrapped("麻烦给我列个社团注销的清单") == "社团注销"


@pytest.mark.parametrize(
    ("question", "holds"),
    [
        ("复议机关不受理怎么办", "复议"),
        ("没钱一次交清罚款，怎么申请", "分期"),
        ("临时活动结束了还要交什么东西，多久内", "30 日"),
    ],
)
def test_an_article_asked_for_nearly_word_for_word_goes_before_a_guide(shipped: Assistant, question: str, holds: str) -> None:
    turn = shipped.ask(question, today=TODAY)
    assert turn.answer
    assert turn.notes["shape"] == "points"
    assert holds in lead(turn.answer)


def test_a_guide_far_down_the_list_breaks_nothing(shipped: Assistant) -> None:
    turn = shipped.ask("我交的登记材料是假的，批下来了会怎样？以后还能申请吗", today=TODAY)
    assert turn.answer
    assert turn.answer.status is Status.ANSWERED
