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
        (("社团章程改了",), "要报谁批", ("章程改了", "报谁批")),
        (("社团换届多久一次",), "民非理事会呢？", ("民非理事会换届多久一次",)),
        (("协会分会能不能自己开户",), "基金会的代表机构呢", ("基金会代表机构能不能自己开户",)),
        (("成立协会要多少人？",), "那基金会呢，最低要多少钱？", ("成立基金会", "最低要多少钱")),
        (("社会团体要验资吗",), "基金会要不要", ("基金会要验资吗",)),
        (("社会组织失信名单是什么",), "进了那个几年能出来", ("进了社会组织失信名单几年能出来",)),
        (("异地商会怎么成立",), "那种能跨省收会员吗", ("异地商会", "能跨省收会员吗")),
        (("协会名字可以带国际吗",), "那能用人名吗", ("协会名字能用人名吗",)),
        (("基金会要公开哪些信息",), "不公开呢", ("基金会不公开会怎样",)),
        (("我爸留下两百万", "想拿来做慈善"), "够不够设基金会", ("两百万，想拿来做慈善，够不够设基金会",)),
        (("境外NGO代表处下一年的计划啥时候交？", "主管单位看完点头了"), "然后还要给谁？", ("下一年的计划", "点头了", "还要给谁")),
        (("基金会注销", "财产怎么处理"), "债务呢", ("基金会注销，债务怎么处理",)),
        (("协会被撤销登记了",), "他以后还能当别的协会会长吗", ("被撤销登记了", "会长")),
        (("县里的基金会要多少原始资金",), "不对不对，是省里的", ("省里的基金会",)),
        (("理事会多久开一次",), "第二个", ("民办非企业单位理事会多久开一次",)),
        (("登记要多少钱",), "协会吧", ("协会登记要多少钱",)),
        (("成立要什么材料",), "两个都要，协会和基金会", ("社会团体和基金会分别成立要什么材料",)),
        (("理事会几年换一次",), "我也不知道是哪种", ("理事会几年换一次", "都说说")),
        (("我们协会会长到点了，最多能干几届？",), "隔壁基金会的理事也卡这个数吗？", ("基金会理事", "最多能干几届")),
        (("基金会账上起码得多少？",), "我们只在省里活动，不向外头募钱", ("省里活动", "账上起码得多少")),
        (("协会年检啥时候截止？", "错过了咋办？"), "会被撤销不？", ("协会年检", "错过了", "会被撤销")),
        (("我想捐一批旧电脑给学校", "要走什么手续"), "能抵税吗", ("旧电脑", "能抵税吗")),
        (("基金会理事长我想请个退休的老领导", "要审批吗"), "能给他发工资吗", ("退休的老领导", "发工资")),
        (("慈善信托签好合同了",), "接下来呢", ("慈善信托签好合同了", "接下来要办什么")),
        (("成立基金会要多少专职人员",), "没有行不行", ("没有专职人员行不行",)),
        (("学校想办个校友会", "业务主管单位找谁"), "学校自己当行吗", ("校友会", "业务主管单位", "自己当")),
    ],
)
def test_a_follow_up_becomes_a_whole_question(shipped: Assistant, history: tuple[str, ...], question: str, holds: tuple[str, ...]) -> None:
    asked = shipped.ask(question, today=TODAY, history=history).asked
    assert all(word in asked for word in holds), asked


def test_a_changed_subject_drops_the_old_one(shipped: Assistant) -> None:
    turn = shipped.ask("慈善组织申请公开募捐资格要满几年", today=TODAY, history=("社会团体注销要什么材料",))
    assert "注销" not in turn.asked


@pytest.mark.parametrize(
    ("history", "question", "asked"),
    [
        (("基金会要几个监事",), "对了，个人捐款能抵税吗", "个人捐款能抵税吗"),
        (("协会注销要多久", "谢谢"), "社会组织评估怎么申请", "社会组织评估怎么申请"),
        (("我想成立学会",), "换个话题，境外NGO办临时活动找谁备案", "境外NGO办临时活动找谁备案"),
        (("民非年检要什么材料",), "那个，志愿者证明去哪开", "志愿者证明去哪开"),
    ],
)
def test_a_question_of_another_matter_stands_alone(shipped: Assistant, history: tuple[str, ...], question: str, asked: str) -> None:
    assert shipped.ask(question, today=TODAY, history=history).asked == asked


def test_a_refused_question_does_not_leak(shipped: Assistant) -> None:
    turn = shipped.ask("那基金会呢", today=TODAY, history=("社会团体年检什么时候交", "结婚登记要带什么"))
    assert "结婚" not in turn.asked
    assert "年检" in turn.asked


@pytest.mark.parametrize("question", ["今天天气怎么样", "帮我订张火车票"])
def test_a_question_of_another_world_is_not_completed(shipped: Assistant, question: str) -> None:
    turn = shipped.ask(question, today=TODAY, history=("慈善组织怎么认定", "谁来认定"))
    assert turn.asked == question
    assert turn.answer and turn.answer.outcome.value == "refused"


@pytest.mark.parametrize("question", ["车辆年检在哪办", "驾照年检过期了怎么办"])
def test_another_authoritys_matter_of_the_same_name_is_not_completed(shipped: Assistant, question: str) -> None:
    turn = shipped.ask(question, today=TODAY, history=("民非一年没年检会怎么样",))
    assert turn.asked == question
    assert turn.answer and turn.answer.outcome.value == "refused"


def test_an_order_for_a_text_is_refused_in_the_middle_of_a_talk_and_leaves_no_subject(shipped: Assistant) -> None:
    order, before = "帮我写个会长发言稿", "民非的年检几月份交"
    turn = shipped.ask(order, today=TODAY, history=(before,))
    assert turn.asked == order
    assert turn.answer and turn.answer.outcome.value == "refused"
    assert "民非" not in shipped.ask("逾期了呢", today=TODAY, history=(order,)).asked
    assert "民非" in shipped.ask("逾期了呢", today=TODAY, history=(before, order)).asked


def test_the_date_of_another_subject_does_not_leak(shipped: Assistant) -> None:
    turn = shipped.ask("退休干部当会长要批准吗", today=TODAY, history=("2019年申请公募资格要成立满几年",))
    assert turn.day == TODAY
