from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import lantern
import live
import pytest
from patience import PATIENCE

from api.dify import Condition, holds
from api.settings import Settings

QUESTION = "花灯会登记要几盏灯"


@pytest.fixture(scope="module")
def chosen(lantern_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return live.settings(lantern_home, tmp_path_factory.mktemp("dify"))


@pytest.fixture(scope="module")
def client(chosen: Settings) -> Iterator[httpx.Client]:
    with live.serving(chosen) as address:
        headers = {"Authorization": f"Bearer {live.token(chosen, 'retrieval')}"}
        with httpx.Client(base_url=address, headers=headers, timeout=PATIENCE) as found:
            yield found


def retrieve(client: httpx.Client, query: str = QUESTION, top_k: int = 5, score_threshold: float = 0.0, knowledge: str = "shezu", **more: object) -> list[dict]:
    """As Dify asks."""
    setting = {"top_k": top_k, "score_threshold": score_threshold}
    answer = client.post("/retrieval", json={"knowledge_id": knowledge, "query": query, "retrieval_setting": setting, **more})
    assert answer.status_code == 200, answer.text
    assert list(answer.json()) == ["records"]
    return answer.json()["records"]


def test_records_have_text_score_title_and_an_object_of_metadata(client: httpx.Client):
    records = retrieve(client)
    assert records
    for record in records:
        assert set(record) == {"content", "score", "title", "metadata"}
        assert record["content"]
        assert 0 <= record["score"] <= 1
        assert isinstance(record["metadata"], dict)
    assert [record["score"] for record in records] == sorted((record["score"] for record in records), reverse=True)
    article = next(record for record in records if record["title"] == "《花灯会登记办法》第三条")
    assert "四十盏以上" in article["content"]
    assert article["metadata"]["edition"] == lantern.NEW
    assert "四十盏以上" in httpx.get(article["metadata"]["url"], timeout=PATIENCE).text


def test_top_k_and_the_threshold_hold(client: httpx.Client):
    assert len(retrieve(client, top_k=2)) == 2
    scores = [record["score"] for record in retrieve(client, top_k=50)]
    middle = sorted(scores)[len(scores) // 2]
    assert [record["score"] for record in retrieve(client, top_k=50, score_threshold=middle)] == [score for score in scores if score >= middle]


def test_nothing_found_is_an_empty_list(client: httpx.Client):
    assert retrieve(client, query=" ") == []
    assert retrieve(client, score_threshold=1.1) == []


def test_articles_and_guides_can_be_asked_apart(client: httpx.Client):
    assert {record["metadata"]["kind"] for record in retrieve(client, top_k=50)} == {"article", "guide"}
    assert {record["metadata"]["kind"] for record in retrieve(client, top_k=50, knowledge="shezu-articles")} == {"article"}
    assert {record["metadata"]["kind"] for record in retrieve(client, top_k=50, knowledge="shezu-guides")} == {"guide"}


def test_conditions_on_the_metadata_are_kept(client: httpx.Client):
    def told(*conditions: dict, operator: str = "and") -> set[str]:
        asked = {"logical_operator": operator, "conditions": list(conditions)}
        return {record["metadata"]["title"] for record in retrieve(client, top_k=50, metadata_condition=asked)}

    ferry = {"name": "title", "comparison_operator": "contains", "value": "渡船"}
    rules = {"name": ["rank"], "comparison_operator": "is", "value": "部门规章"}
    assert told(ferry) == {"渡船规则"}
    assert told(rules) == {"花灯会登记办法"}
    assert told(ferry, rules) == set()
    assert told(ferry, rules, operator="or") == {"渡船规则", "花灯会登记办法"}
    assert told() == told({"name": "title", "comparison_operator": "not empty"})


@pytest.mark.parametrize(
    ("operator", "value", "met"),
    [
        ("contains", "登记", True),
        ("not contains", "登记", False),
        ("start with", "花", True),
        ("end with", "花", False),
        ("is", "花灯会登记办法", True),
        ("is not", "花灯会登记办法", False),
        ("in", ["花灯会登记办法", "渡船规则"], True),
        ("not in", ["渡船规则"], True),
        ("empty", None, False),
        ("not empty", None, True),
        ("=", 3, False),
    ],
)
def test_each_operator_on_words(operator: str, value: object, met: bool):
    assert holds({"title": "花灯会登记办法"}, Condition(name="title", comparison_operator=operator, value=value)) is met


@pytest.mark.parametrize(
    ("operator", "value", "met"),
    [("before", "2020-01-01", True), ("after", "2019-01-01", True), ("after", "2019-11-05", False), (">", 2018, True), ("≤", 2018, False), ("≠", 2019, False)],
)
def test_each_operator_on_days(operator: str, value: object, met: bool):
    assert holds({"edition": "2019-11-05"}, Condition(name="edition", comparison_operator=operator, value=value)) is met


def test_a_fact_that_is_not_there_is_empty():
    assert holds({}, Condition(name="colour", comparison_operator="empty"))
    assert not holds({}, Condition(name="colour", comparison_operator="before", value="2020-01-01"))
    assert not holds({"colour": ""}, Condition(name="colour", comparison_operator=">", value=1))


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [({"Authorization": ""}, 401, 1001), ({"Authorization": "Bearer wrong"}, 401, 1002)],
    ids=["no key", "wrong key"],
)
def test_without_a_good_key_there_is_an_error_in_difys_shape(client: httpx.Client, headers: dict, status: int, code: int):
    answer = client.post("/retrieval", json={}, headers=headers)
    assert answer.status_code == status
    assert answer.json()["error_code"] == code
    assert "密钥" in answer.json()["error_msg"]


def test_an_unknown_knowledge_is_said_in_difys_shape(client: httpx.Client):
    body = {"knowledge_id": "other", "query": "灯", "retrieval_setting": {"top_k": 1, "score_threshold": 0}}
    answer = client.post("/retrieval", json=body)
    assert (answer.status_code, answer.json()["error_code"]) == (404, 2001)
    assert "shezu-articles" in answer.json()["error_msg"]


def test_a_key_for_something_else_is_refused(client: httpx.Client, chosen: Settings):
    answer = client.post("/retrieval", json={}, headers={"Authorization": f"Bearer {live.token(chosen, 'chat')}"})
    assert (answer.status_code, answer.json()["error_code"]) == (403, 1002)
