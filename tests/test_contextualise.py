import pytest
from days import TODAY

from assistant.pipeline import Assistant


@pytest.mark.parametrize(
    ("history", "question", "holds"),
    [
        (("成立社会团体要什么条件",), "那基金会呢？", ("成立", "基金会", "条件")),
        (("民非注销要交什么材料",), "要多久？", ("民非", "注销", "多久")),
        (("成立基金会要多少钱",), "如果是全国性的呢？", ("基金会", "全国性")),
        (("社会团体成立登记流程", "要交什么材料"), "那民非呢", ("民非",)),
        (("公司给慈善会捐款能抵多少税",), "那个人捐的呢", ("个人", "抵多少税")),
        (("基金会的监事能领报酬吗",), "理事呢", ("理事", "领报酬")),
        (("协会被处罚不服，复议期限多久",), "直接起诉呢", ("起诉", "期限多久")),
        (("协会一年没办过活动会怎样",), "把证书租给别人呢", ("把证书租给别人", "会怎样")),
        (("基金会年报什么时候报",), "要审计吗", ("基金会", "年报", "审计")),
        (("社团条例第十条讲的什么",), "那第十三条呢", ("社团条例", "第十三条")),
        (("协会变更住所要什么材料",), "要多久", ("协会变更住所", "多久")),
        (("学会换届要提前报吗",), "不对，我说的是商会", ("商会", "换届")),
        (("给基金会换理事长要审计吗",), "哦说错了，是协会换会长", ("社会团体", "会长", "审计")),
        (("我们协会账上有60万够开办吗",), "要是两百万呢", ("两百万",)),
        (("理事会有15名理事，来了10名能开会吗",), "改章程要几票", ("15名理事", "来了10名", "改章程要几票")),
        (("我有四十二个个人会员够吗",), "再加上9家公司呢", ("四十二个个人会员", "9家公司", "够")),
        (("基金会的监事要参加理事会吗",), "他能领工资吗", ("监事", "领工资")),
        (("协会和民非有什么区别",), "那跟基金会比呢", ("社会团体", "基金会", "区别")),
        (("退休的局长能当会长吗",), "在职的呢", ("在职", "局长", "会长")),
        (("我们义工队去敬老院帮忙", "有人收了老人的红包"), "这要怎么罚", ("义工队", "红包", "怎么罚")),
        (("协会换法定代表人要审计吗",), "民非换法定代表人也是吗", ("民办非企业单位", "审计")),
        (("基金会理事会有18个人", "来了11个能开会吗"), "来了13个呢", ("18个人", "来了13个", "能开会")),
        (("基金会理事会有18个人",), "来了11个能开会吗", ("18个人", "来了11个")),
        (("我想成立基金会",), "要多少钱", ("基金会", "多少钱")),
        (("民非注销要什么材料", "哪种更好办"), "要公告吗", ("民非", "注销", "公告")),
    ],
)
def test_a_follow_up_becomes_a_whole_question(shipped: Assistant, history: tuple[str, ...], question: str, holds: tuple[str, ...]) -> None:
    asked = shipped.ask(question, today=TODAY, history=history).asked
    assert all(word in asked for word in holds), asked


def test_a_changed_subject_drops_the_old_one(shipped: Assistant) -> None:
    turn = shipped.ask("慈善组织申请公开募捐资格要满几年", today=TODAY, history=("社会团体注销要什么材料",))
    assert "注销" not in turn.asked


def test_a_refused_question_does_not_leak(shipped: Assistant) -> None:
    turn = shipped.ask("那基金会呢", today=TODAY, history=("社会团体年检什么时候交", "结婚登记要带什么"))
    assert "结婚" not in turn.asked
    assert "年检" in turn.asked


@pytest.mark.parametrize("question", ["今天天气怎么样", "帮我订张火车票"])
def test_a_question_of_another_world_is_not_completed(shipped: Assistant, question: str) -> None:
    turn = shipped.ask(question, today=TODAY, history=("慈善组织怎么认定", "谁来认定"))
    assert turn.asked == question
    assert turn.answer and turn.answer.outcome.value == "refused"


def test_the_date_of_another_subject_does_not_leak(shipped: Assistant) -> None:
    turn = shipped.ask("退休干部当会长要批准吗", today=TODAY, history=("2019年申请公募资格要成立满几年",))
    assert turn.day == TODAY
