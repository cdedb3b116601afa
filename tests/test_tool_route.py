"""tool_route: names and last days are answered by a tool with its sources; every other question goes on untouched."""

import json
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from days import TODAY
from shelf import library

from assistant.render import markdown, plain
from assistant.stages import tool_route
from assistant.stages.verify import quote_is_exact
from assistant.stop import Stop
from assistant.tools import asked
from assistant.turn import Answer, Outcome, Status, Turn, as_json
from evals.case import load
from evals.measures import has_forbidden, nugget_recall

CASES = Path(__file__).parent.parent / "evals" / "cases"
STAGE = tool_route.stage(SimpleNamespace(library=library()))  # type: ignore[arg-type]


def routed(question: str, completed: str = "") -> Turn | Stop:
    return STAGE(Turn(question=question, today=TODAY, asked=completed or question))


def answered(question: str, completed: str = "") -> Answer:
    found = routed(question, completed)
    assert isinstance(found, Stop), question
    return found.answer


def assert_cited(answer: Answer) -> None:
    numbers = {citation.n for citation in answer.citations}
    assert numbers == set(range(1, len(answer.citations) + 1))
    for block in answer.blocks:
        for sentence in block.sentences():
            assert sentence.cites or block.tone == "info", sentence
            assert set(sentence.cites) <= numbers
    assert all(quote_is_exact(citation, library()) for citation in answer.citations)


NAMES = [
    ("嘉兴市皮影戏学会这个名字行不行", "嘉兴市皮影戏学会"),
    ("嘉兴市皮影戏学会这个名称能不能用？", "嘉兴市皮影戏学会"),
    ("我们想成立一个民非，叫烟台市海鸥养老服务中心，可以吗", "烟台市海鸥养老服务中心"),
    ("请问“中国皮影戏学会”这个名字能用吗", "中国皮影戏学会"),
    ("帮我看看河北省太行山公益基金会这个名称规范吗", "河北省太行山公益基金会"),
    ("注册社团，名称定为山西省醋业协会，合规吗？", "山西省醋业协会"),
    ("打算取名泉州市甘肃商会，行吗", "泉州市甘肃商会"),
    ("嘉兴市皮影戏学会能不能用", "嘉兴市皮影戏学会"),
    ("检查一下名称：烟台市第一敬老院", "烟台市第一敬老院"),
    ("协会名字叫嘉兴市国际少年促进会有问题吗", "嘉兴市国际少年促进会"),
    ("山西省醋业协会陈醋专业委员会这个名字可以吗", "山西省醋业协会陈醋专业委员会"),
    ("能叫全国皮影戏服务中心吗", "全国皮影戏服务中心"),
    ("嘉興市皮影戲學會這個名字行不行", "嘉兴市皮影戏学会"),
    ("烟台市海鸥养老院|民办非企业单位", "烟台市海鸥养老院"),
]


@pytest.mark.parametrize(("question", "name"), NAMES, ids=range(len(NAMES)))
def test_a_proposed_name_is_checked(question: str, name: str) -> None:
    answer = answered(question)
    assert answer.status is Status.ANSWERED_TOOL
    assert answer.outcome is Outcome.ANSWERED
    assert name in plain(answer)
    assert "xxgs.chinanpo.mca.gov.cn" in plain(answer) or "分支" in plain(answer)
    assert_cited(answer)


DAYS = [
    ("清算3月3日结束，最晚哪天申请注销", "2026年3月18日"),
    ("协会清算 2026年3月6日 做完，最迟几号去办注销？", "2026年3月23日"),
    ("2025-05-17 学会清算结束，注销截止哪天", "2025年6月3日"),
    ("昨天收到处罚决定书，最晚哪天交罚款", "2026年12月7日"),
    ("去年9月25日作出准予登记决定，最晚哪天送达证书", "2025年10月15日"),
    ("主管单位8月28日同意变更法定代表人，协会最迟哪天去民政局申请变更？", "2026年9月28日"),
    ("临时活动10月20日开始，境外NGO最晚哪天备案", "2026年10月5日"),
    ("2024年8月31日收到不予登记决定，打官司最晚到哪天", "2025年2月28日"),
    ("社团2024年年检最迟几号交民政局", "2024年5月31日"),
    ("窗口2月11日收到材料说缺件，最晚哪天一次告知补正", "2026年2月25日"),
]


@pytest.mark.parametrize(("question", "due"), DAYS, ids=range(len(DAYS)))
def test_a_last_day_is_computed_with_its_working(question: str, due: str) -> None:
    answer = answered(question)
    assert answer.status is Status.ANSWERED_TOOL
    assert due in plain(answer).split("\n")[0]
    assert "怎么算的" in plain(answer)
    assert_cited(answer)


def test_without_a_type_the_types_stand_side_by_side_under_one_count() -> None:
    answer = answered("清算3月3日结束，最晚哪天申请注销")
    lead = plain(answer).split("怎么算的")[0]
    assert all(kind in lead for kind in ("社会团体", "民办非企业单位", "基金会"))
    assert plain(answer).count("数到 2026年3月18日") == 1
    assert "没有写年份，按 2026 年算" in plain(answer)


def test_a_second_day_is_compared_with_the_last_one() -> None:
    assert "已经超过最后一天 2 天" in plain(answered("基金会清算3月3日结束，3月20日去注销来得及吗"))
    assert "还来得及" in plain(answered("基金会清算3月3日结束，3月18日去注销来得及吗"))


def test_a_day_the_calendar_does_not_reach_is_a_partial_answer() -> None:
    answer = answered("协会清算2026年12月25日结束，最晚哪天申请注销")
    assert answer.status is Status.PARTIAL
    assert "不能断定" in plain(answer)
    assert "2027年1月9日" in plain(answer)
    assert_cited(answer)


def test_the_question_as_completed_from_the_history_is_read_too() -> None:
    assert "2026年3月18日" in plain(answered("那要是基金会呢", "基金会清算2026年3月3日结束，最晚哪天申请注销"))


ORDINARY = [
    "协会名字能带中国两个字吗",
    "民非可以叫中心吗",
    "分会能叫研究院吗",
    "基金会名字要不要带字号",
    "怎么查社会组织名称有没有被占用",
    "注销的协会名字多久可以再用",
    "两个协会名字一样能登记吗",
    "异地商会怎么起名",
    "XX协会这个名字行不行",
    "某某市书法协会这个名字可以吗",
    "清算完多久要去办注销",
    "社团年检什么时候交",
    "成立协会要多久批下来",
    "年检6月30日截止对吗",
    "3月3日我们开了会员大会",
    "协会今年的年检材料要在几号之前交，先交给谁？",
    "2026年3月3日清算结束，要带哪些材料去注销，最晚哪天",
    "你好",
    "",
]


@pytest.mark.parametrize("question", ORDINARY, ids=range(len(ORDINARY)))
def test_other_questions_go_on_untouched(question: str) -> None:
    turn = Turn(question=question, today=TODAY, asked=question)
    assert STAGE(turn) is turn


def test_the_committed_questions_of_other_sets_go_on() -> None:
    caught = []
    for path in sorted(CASES.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            if case["set"] not in ("name", "deadline", "calculation") and isinstance(routed(case["turns"][-1]), Stop):
                caught.append(case["id"])
    assert caught == []


def test_calculations_that_a_tool_takes_hold_the_facts_asked_for() -> None:
    taken = [case for case in load() if case.set == "calculation" and isinstance(routed(case.turns[-1]), Stop)]
    assert taken
    wrong = [case.id for case in taken if nugget_recall(case, plain(answered(case.turns[-1]))) < 1 or has_forbidden(case, plain(answered(case.turns[-1])))]
    assert wrong == []


def test_everyday_questions_of_the_digests_go_on() -> None:
    asks = {ask for digest in library().digests for ask in digest.asks} | {ask for guide in library().guides for ask in guide.asks}
    assert len(asks) > 5_000
    caught = [ask for ask in asks if asked.proposed(ask) or asked.running(ask, TODAY)]
    assert len(caught) <= len(asks) // 5_000, caught


@pytest.mark.parametrize("name", ["names", "deadlines"])
def test_the_committed_tool_cases_are_answered_by_the_tool(name: str) -> None:
    missed = []
    for line in (CASES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        answer = answered(case["turns"][0])
        cited = {(citation.title, citation.address.article) for citation in answer.citations}
        found = all(any((gold["title"], gold["article"]) in cited for gold in group) for group in case["gold"])
        said = all(group[0] in plain(answer) for nugget in case["nuggets"] for group in nugget["match"])
        if answer.status.value != case["status"] or not found or not said:
            missed.append(case["id"])
    assert missed == []


def test_a_name_on_a_day_before_the_order_goes_on() -> None:
    turn = Turn(question="嘉兴市皮影戏学会这个名字行不行", today=TODAY, asked="", on=date(2020, 1, 1))
    assert STAGE(turn) is turn


def test_answers_render_in_every_form() -> None:
    for question, _ in (*NAMES[:3], *DAYS[:3]):
        answer = answered(question)
        assert json.loads(json.dumps(as_json(answer)))["status"] == "answered_tool"
        assert markdown(answer)


@pytest.mark.parametrize(
    ("text", "days", "assumed"),
    [
        ("2026年3月3日", [date(2026, 3, 3)], False),
        ("2026-3-3", [date(2026, 3, 3)], False),
        ("3月3号", [date(2026, 3, 3)], True),
        ("明年3月3日", [date(2027, 3, 3)], False),
        ("2025年的3月3日", [date(2025, 3, 3)], False),
        ("从2026年2月做到3月3日，最迟2027年几月", [date(2026, 3, 3)], False),
        ("2026年3月3日和4月5日", [date(2026, 3, 3), date(2026, 4, 5)], False),
        ("2026年2月30日", [], False),
        ("今天", [TODAY], False),
        ("前天", [date(2026, 11, 21)], False),
        ("没有日子", [], False),
    ],
    ids=range(11),
)
def test_days_are_read_as_people_write_them(text: str, days: list[date], assumed: bool) -> None:
    found, rest, note = asked.dates_in(text, TODAY)
    assert found == days
    assert bool(note) is assumed
    assert "3月3" not in rest
