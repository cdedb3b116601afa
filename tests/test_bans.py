import pytest

from assistant.makers.bans import reversed_clause

SOURCE = "花灯会不得设立分会。花灯会可以向渡口租借灯棚，应当每年抄送灯油账目。灯油钱不得低于三万元。"


@pytest.mark.parametrize("sentence", ["花灯会不能设立分会。", "灯棚可以向渡口租借。", "灯油账目要每年抄送。", "灯油钱应当不低于三万元。", "花灯会很热闹。"])
def test_the_same_in_other_words_is_let_through(sentence: str) -> None:
    assert reversed_clause(sentence, [SOURCE]) == ""


@pytest.mark.parametrize("sentence", ["花灯会可以设立分会。", "花灯会不得向渡口租借灯棚。", "灯油账目不用每年抄送。"])
def test_a_ban_turned_round_is_found(sentence: str) -> None:
    assert reversed_clause(sentence, [SOURCE]) == sentence.rstrip("。")
