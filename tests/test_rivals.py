from dataclasses import replace

from assistant.makers.points import Scored
from assistant.rivals import agree, by_type, rivals
from corpus.article import Address

SOCIETY, SERVICE, FOUNDATION = "社会团体", "民办非企业单位", "基金会"


def statement(say: str, score: float, *types: str, article: str = "第一条") -> Scored:
    address = Address("甲法", "2020-01-01", article)
    return Scored(say, (address,), "", 0, address, "", types, score)


def found(*scored: Scored, by_words: bool = True) -> dict[str, list[Scored]]:
    return by_type(scored, frozenset(), by_words=by_words)[0]


def test_a_rule_for_all_that_begins_with_a_type_is_that_types() -> None:
    one = statement("基金会用人名要先得到本人同意。", 1.0, "全部")
    assert list(found(one)) == [FOUNDATION]
    assert list(found(one, by_words=False)) == []


def test_a_rule_for_all_stands_against_the_rivals() -> None:
    own = (statement("社会团体每年开两次会。", 1.0, SOCIETY), statement("基金会每年开三次会。", 0.99, FOUNDATION))
    near = by_type((*own, statement("各类组织都要开会。", 1.03, "全部")), frozenset(), by_words=True)
    far = by_type((*own, statement("各类组织都要开会。", 0.9, "全部")), frozenset(), by_words=True)
    assert rivals(*near, "每年要开会吗", differing=False, short=True, charter=False) == {}
    assert set(rivals(*far, "每年要开会吗", differing=False, short=True, charter=False)) == {SOCIETY, FOUNDATION}


def test_a_rule_of_one_type_alone_is_no_rival_unless_the_others_leave_it_to_the_charter() -> None:
    scored = (statement("基金会理事三分之一以上不能领报酬。", 1.1, FOUNDATION), statement("社会团体要有章程。", 0.98, SOCIETY))
    told = by_type(scored, frozenset(), by_words=True)
    assert rivals(*told, "理事可以领报酬吗", differing=False, short=True, charter=False) == {}
    assert FOUNDATION in rivals(*told, "理事可以领报酬吗", differing=False, short=True, charter=True)


def test_a_type_whose_rules_say_nothing_of_it_is_no_rival() -> None:
    speaks, silent = statement("基金会的财会人员不能当监事。", 1.1, FOUNDATION), statement("社会团体的条例没有写谁能当监事。", 1.04, SOCIETY)
    told = by_type((speaks, replace(silent, silent=True)), frozenset(), by_words=True)
    assert rivals(*told, "会计可以当监事吗", differing=False, short=True, charter=True) == {}


def test_types_agree_that_all_of_them_forbid_the_same_of_an_act_whose_rules_differ() -> None:
    answers = found(statement("社会团体剩下的财产不能分给出资人。", 1.0, SOCIETY), statement("基金会剩下的财产不退给出资人。", 0.99, FOUNDATION))
    others = found(statement("社会团体剩下的财产不能分给出资人。", 1.0, SOCIETY), statement("基金会清算期间不能开展活动。", 0.99, FOUNDATION))
    assert agree("剩下的财产可以分给出资人吗", answers, differing=True)
    assert not agree("剩下的财产可以分给出资人吗", others, differing=True)


def test_types_agree_where_the_figure_asked_for_is_one() -> None:
    same = found(statement("社会团体清算完 15 日内注销。", 1.0, SOCIETY), statement("基金会清算完 15 日内注销。", 0.97, FOUNDATION))
    other = found(statement("社会团体清算完 15 日内注销。", 1.0, SOCIETY), statement("基金会清算完 30 日内注销。", 0.97, FOUNDATION))
    assert agree("清算完几天内注销", same, differing=True)
    assert not agree("清算完几天内注销", other, differing=True)
    assert not agree("清算完啥时候注销", other, differing=True)


def test_the_statement_that_speaks_of_the_same_is_held_against_the_best_one() -> None:
    answers = found(
        statement("社会团体被撤销登记的，收缴证书和印章。", 1.0, SOCIETY),
        statement("基金会拿到证书一年没活动的，撤销登记。", 0.99, FOUNDATION),
        statement("基金会被撤销登记的，收缴证书和印章。", 0.96, FOUNDATION),
    )
    assert agree("撤销登记之后证书怎么处理", answers, differing=False)


def test_a_law_that_is_silent_does_not_agree_with_one_that_forbids() -> None:
    answers = found(
        statement("社会团体的法定代表人不能兼任别家的法定代表人。", 1.0, SOCIETY),
        statement("民办非企业单位条例没有写法定代表人能不能兼任别家的法定代表人。", 0.97, SERVICE),
    )
    assert not agree("法定代表人能不能兼任", answers, differing=False)


def test_lists_are_never_taken_for_the_same() -> None:
    answers = found(statement("社会团体要交申请书。", 1.0, SOCIETY), statement("基金会要交申请书。", 1.0, FOUNDATION))
    assert not agree("要交哪些文件", answers, differing=True)
