"""What the API answers has exactly the fields that its OpenAPI description says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import live
import pytest
from fastapi.testclient import TestClient
from pydantic import BaseModel

from api import shapes
from api.app import create_app


@pytest.fixture(scope="module")
def client(shipped_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with TestClient(create_app(live.settings(shipped_home, tmp_path_factory.mktemp("shapes")))) as found:
        yield found


@pytest.fixture(scope="module")
def lanterns(lantern_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with TestClient(create_app(live.settings(lantern_home, tmp_path_factory.mktemp("lanterns")))) as found:
        yield found


def fit(model: type[BaseModel], value: dict) -> None:
    model.model_validate(value, extra="forbid")


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("laws", shapes.Laws),
        ("guides", shapes.Guides),
        ("office", shapes.OfficeCard),
        ("health", shapes.Health),
        ("search?q=会员", shapes.Hits),
    ],
)
def test_a_list_has_its_shape(client: TestClient, path: str, model: type[BaseModel]):
    fit(model, client.get(f"/api/v1/{path}").json())


def test_every_guide_has_its_shape(client: TestClient):
    for guide in client.get("/api/v1/guides").json()["guides"]:
        fit(shapes.Guide, client.get(f"/api/v1/guides/{guide['slug']}").json())


def test_a_promised_limit_has_its_shape(shipped_home: Path, tmp_path: Path):
    card = tmp_path / "office.yaml"
    card.write_text("name: 窗口\npromises: [{guide: jijinhui-chengli, days: 20}]\ndetails: {停车: 北门}\n", encoding="utf-8")
    with TestClient(create_app(live.settings(shipped_home, tmp_path, office=card))) as client:
        fit(shapes.OfficeCard, client.get("/api/v1/office").json())
        guide = client.get("/api/v1/guides/jijinhui-chengli").json()
    assert guide["promised"]["days"] == 20
    fit(shapes.Guide, guide)


def test_every_article_with_and_without_text_has_its_shape(lanterns: TestClient):
    seen = set()
    for law in lanterns.get("/api/v1/laws").json()["laws"]:
        for edition in law["editions"]:
            path = f"/api/v1/laws/{law['slug']}/editions/{edition['date']}"
            listed = lanterns.get(path).json()
            fit(shapes.EditionArticles, listed)
            for row in listed["articles"]:
                found = lanterns.get(f"{path}/articles/{quote(row['label'])}").json()
                fit(shapes.Article, found)
                seen.add((found["text"] is None, found["digest"] is None))
    assert seen == {(False, False), (False, True), (True, False)}


def test_every_outcome_has_the_shape_of_a_message(client: TestClient):
    seen = set()
    for question in ("设立基金会的原始基金最低多少？", "怎么注销？", "怎么伪造验资报告？", "成立社会团体需要哪些材料？", "社会团体和基金会有什么区别？", ""):
        message = client.post("/api/v1/chat", json={"question": question}).json()
        fit(shapes.Message, message)
        fit(shapes.Message, client.get(f"/api/v1/messages/{message['message_id']}").json())
        seen.add(message["outcome"])
    assert seen == {"answered", "clarify", "refused"}
    rated = client.post("/api/v1/feedback", json={"message_id": message["message_id"], "rating": 5})
    fit(shapes.Rated, rated.json())


def test_every_route_says_how_it_fails_in_problem_documents(client: TestClient):
    described = client.get("/api/v1/openapi.json").json()
    assert "HTTPValidationError" not in str(described)
    assert described["components"]["schemas"]["Problem"]["required"] == ["type", "title", "status", "detail"]
    for path, operations in described["paths"].items():
        for operation in operations.values():
            if operation.get("parameters") or operation.get("requestBody"):
                assert {"422"} & set(operation["responses"]), path
            if path.startswith("/api/"):
                failures = [response for status, response in operation["responses"].items() if status >= "400"]
                assert all(list(response["content"]) == ["application/problem+json"] for response in failures), path
