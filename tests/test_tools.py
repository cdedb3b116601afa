"""The tools over HTTP: JSON, page and Word answers, and problem documents that name the field."""

from types import SimpleNamespace
from urllib.parse import unquote

import charters
import pytest
from days import TODAY
from fastapi import FastAPI
from fastapi.testclient import TestClient
from shelf import library

from api import problems, tools
from assistant.tools import checklist, deadlines, sheet_page
from corpus.extract import extract_bytes
from corpus.office import Office


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = FastAPI()
    problems.install(app)
    app.include_router(tools.router, prefix="/api/v1")
    search = SimpleNamespace(library=library())
    app.state.service = SimpleNamespace(assistant=SimpleNamespace(search=search), today=lambda: TODAY, office=Office("示例窗口", phones=("12345",)))
    return TestClient(app)


def post(client: TestClient, path: str, **sent: object) -> dict[str, object]:
    answer = client.post(f"/api/v1/tools/{path}", json=sent)
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


def test_a_name_is_checked(client: TestClient) -> None:
    shown = post(client, "name", name="全国皮影戏服务中心", type="民办非企业单位")
    assert shown["verdict"] == "problem"
    assert shown["citations"]


def test_a_last_day_is_computed_and_events_are_listed(client: TestClient) -> None:
    shown = post(client, "deadline", event="shetuan-close", start="2026-03-03")
    assert (shown["due"], shown["verdict"]) == ("2026-03-18", "ok")
    events = client.get("/api/v1/tools/deadlines").json()["events"]
    assert [event["key"] for event in events] == [event.key for event in deadlines.events()]
    assert post(client, "deadline", event="shetuan-close", start="2027-03-03")["due"] is None


def test_a_checklist_comes_as_json_page_and_word(client: TestClient) -> None:
    case = {"type": "社会团体", "matter": "成立", "level": "市级", "region": "浙江省宁波市"}
    assert post(client, "checklist", **case)["guide"] == "shehui-tuanti-chengli"
    page = client.post("/api/v1/tools/checklist", json=case | {"format": "html"})
    assert page.headers["content-security-policy"] == sheet_page.policy()
    assert page.headers["content-type"].startswith("text/html")
    assert "☐" in page.text
    word = client.post("/api/v1/tools/checklist", json=case | {"format": "docx"})
    assert "社会团体成立登记材料和步骤清单.docx" in unquote(word.headers["content-disposition"])
    assert "登记申请书" in extract_bytes(word.content, "a.docx").text
    known = client.get("/api/v1/tools/checklists").json()
    assert {row["type"] for row in known["types"]} == set(checklist.kinds(library()))


def test_a_notice_is_made_from_the_same_case(client: TestClient) -> None:
    case = {"type": "社会团体", "matter": "成立", "applicant": "某筹备组", "received": "2026-11-20"}
    shown = post(client, "notice", **case, lacking=[{"material": 1, "reason": "没有签字"}])
    assert shown["tell_by"] == "2026-11-27"
    page = client.post("/api/v1/tools/notice", json=case | {"lacking": [{"material": 1, "reason": "没有签字"}], "format": "html"})
    assert "申请人签收" in page.text
    assert "12345" in page.text


def test_eligibility_asks_and_assesses(client: TestClient) -> None:
    questions = client.get("/api/v1/tools/eligibility").json()["questions"]
    assert "purpose" in questions
    shown = post(client, "eligibility", purpose="members", scope="local", people=60, money=30000)
    assert shown["best"] == "社会团体"


def test_a_charter_is_checked_as_text_and_as_a_file(client: TestClient) -> None:
    text = charters.text("社会团体", "area")
    shown = post(client, "charter", text=text, type="社会团体")
    sent = client.post("/api/v1/tools/charter/file", params={"type": "社会团体", "name": "草案.txt"}, content=text.encode())
    assert sent.status_code == 200
    assert sent.json()["clauses"] == shown["clauses"]
    assert shown["verdict"] == "problem"


@pytest.mark.parametrize(
    ("path", "sent", "field"),
    [
        ("name", {"name": "嘉兴市皮影戏学会", "type": "公司"}, "type"),
        ("name", {"name": ""}, "name"),
        ("name", {"name": "嘉兴市皮影戏学会", "colour": "red"}, "colour"),
        ("deadline", {"event": "nope", "start": "2026-03-03"}, "event"),
        ("deadline", {"event": "shetuan-close", "start": "2020-03-03"}, "date"),
        ("deadline", {"event": "shetuan-close", "start": "soon"}, "start"),
        ("checklist", {"type": "公司", "matter": "成立"}, "type"),
        ("checklist", {"type": "社会团体", "matter": "成立", "format": "exe"}, "format"),
        ("notice", {"type": "社会团体", "matter": "成立", "lacking": [{"material": 99, "reason": "缺"}]}, "lacking"),
        ("eligibility", {"purpose": "fun"}, "purpose"),
        ("eligibility", {"people": -1}, "people"),
        ("charter", {"text": "太短", "type": "社会团体"}, "text"),
    ],
    ids=range(12),
)
def test_what_cannot_be_answered_is_a_problem_document(client: TestClient, path: str, sent: dict[str, object], field: str) -> None:
    answer = client.post(f"/api/v1/tools/{path}", json=sent)
    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["field"] == field
    assert answer.json()["detail"]


def test_a_broken_file_is_a_problem_document(client: TestClient) -> None:
    answer = client.post("/api/v1/tools/charter/file", params={"type": "社会团体", "name": "a.docx"}, content=b"PK\x03\x04")
    assert answer.status_code == 422
    assert "a.docx" in answer.json()["detail"]
