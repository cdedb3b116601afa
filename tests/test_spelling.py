import pytest

from assistant.spelling import correct, from_english, from_pinyin


def nothing_known(word: str) -> bool:
    return False


@pytest.mark.parametrize(
    ("typed", "meant"), [("登计", "登记"), ("才料", "材料"), ("社团登计要什么才料", "社团登记要什么材料"), ("集金会怎么成立", "基金会怎么成立")]
)
def test_words_that_sound_right_are_set_right(typed: str, meant: str) -> None:
    assert correct(typed, nothing_known) == meant


@pytest.mark.parametrize("real", ["公墓多少钱", "慧源协会", "名城保护协会", "车辆年检在哪办", "2025年申请认定", "结果公不公开", "执业许可已经拿了", "对公帐户"])
def test_real_words_that_only_sound_alike_stay(real: str) -> None:
    assert correct(real, nothing_known) == real


def test_what_the_corpus_writes_stays() -> None:
    assert correct("登计", lambda word: True) == "登计"


@pytest.mark.parametrize(("typed", "meant"), [("minfei zhuxiao yao shenme cailiao", "民非注销要什么材料"), ("zenme chengli jijinhui", "怎么成立基金会")])
def test_pinyin_becomes_chinese(typed: str, meant: str) -> None:
    assert from_pinyin(typed) == meant


def test_english_is_not_taken_for_pinyin() -> None:
    assert from_pinyin("How can we appeal?") == "How can we appeal?"


def test_english_questions_gain_the_chinese_terms() -> None:
    assert "基金会" in from_english("How to register a foundation?")
    assert from_english("What is the capital of France?") == "What is the capital of France?"
    assert from_english("How much is the refund?") == "How much is the refund?"
