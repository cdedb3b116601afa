from __future__ import annotations

import pytest
from days import TODAY

from assistant.named_article import asked_beside
from assistant.pipeline import Assistant
from assistant.render import plain
from assistant.turn import Status
from corpus.article import Place, places
from corpus.catalog import Catalog, law_from, load_catalog
from corpus.short_names import shortened


@pytest.fixture
def catalog() -> Catalog:
    """The laws as shipped."""
    return load_catalog()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("第一款", [Place(1)]),
        ("第一款、第二款", [Place(1), Place(2)]),
        ("第一款第（二）项、第（三）项", [Place(1, 2), Place(1, 3)]),
        ("第2款第3项", [Place(2, 3)]),
        ("第（五）项", [Place(0, 5)]),
        ("", []),
    ],
)
def test_places_are_read(text: str, found: list[Place]) -> None:
    assert places(text) == found


def test_a_place_meets_what_lies_in_it() -> None:
    assert Place(1).meets(Place(1, 2))
    assert Place(0, 2).meets(Place(3, 2))
    assert not Place(1, 2).meets(Place(1, 3))
    assert not Place(1).meets(Place(2))


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("民非登记管理暂行条例", "民办非企业单位登记管理暂行条例"),
        ("民非登记管理条例", "民办非企业单位登记管理暂行条例"),
        ("社团登记条例", "社会团体登记管理条例"),
        ("民非暂行办法", "民办非企业单位登记暂行办法"),
        ("社会组织评估办法", "社会组织评估管理办法"),
    ],
)
def test_short_names_of_everyday_find_their_law(catalog: Catalog, name: str, title: str) -> None:
    law = catalog.find(name)
    assert law and law.title == title
    assert [law.title for law, _, _ in catalog.named(f"{name}第八条说什么")] == [title]


def test_a_short_name_that_two_laws_share_finds_neither(catalog: Catalog) -> None:
    shared = shortened("星河管理条例") & shortened("星河登记管理条例")
    assert "星河条例" in shared
    for title in ("星河管理条例", "星河登记管理条例"):
        catalog.add(law_from({"slug": title, "title": title, "rank": "行政法规", "editions": [{"date": "2020-01-01", "in_force_from": "2020-01-01"}]}, "t"))
    assert catalog.find("星河条例") is None


@pytest.mark.parametrize(
    ("question", "more"),
    [
        ("社团条例第十条怎么规定的", False),
        ("帮我查一下《慈善法》第二十二条的内容", False),
        ("慈善法第二十二条规定多少天内作出决定", True),
        ("按社团条例第十条要多少会员", True),
    ],
)
def test_what_is_asked_beside_the_article(catalog: Catalog, question: str, more: bool) -> None:
    assert asked_beside(question, catalog) is more


def told(shipped: Assistant, question: str) -> str:
    turn = shipped.ask(question, today=TODAY)
    assert turn.answer
    return plain(turn.answer, sources=False)


def test_only_the_paragraph_asked_for_is_told(shipped: Assistant) -> None:
    told_there = told(shipped, "慈善法第22条第2款")
    assert "县级以上民政部门直接发公开募捐资格证书" in told_there
    assert "20 日" not in told_there


def test_an_article_behind_the_last_one_is_said_to_be_missing(shipped: Assistant) -> None:
    turn = shipped.ask("社会团体登记管理条例第一百条", today=TODAY)
    assert turn.answer and turn.answer.status is Status.REFUSED_NOT_FOUND
    assert "没有第一百条" in plain(turn.answer, sources=False)


def test_a_question_that_leans_on_a_missing_article_is_answered_all_the_same(shipped: Assistant) -> None:
    answer = told(shipped, "根据社会团体登记管理条例第八十八条，成立协会要多少会员")
    assert answer.index("没有第八十八条") < answer.index("50 个")


def test_what_answers_the_question_stands_first_in_its_article(shipped: Assistant) -> None:
    lines = told(shipped, "慈善法第二十二条规定多少天内作出决定").splitlines()
    assert "20 日" in next(line for line in lines if line.startswith("·"))
