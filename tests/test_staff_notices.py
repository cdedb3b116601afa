"""一次性告知单: numbers without a gap whoever issues at once, what is printed, and that nothing is issued unchecked."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import docx
import live
import pytest
from fastapi.testclient import TestClient
from office_staff import at_work

from api.app import create_app
from api.staff.notices import Notices
from api.staff.roles import Role, Staff
from api.store import Store
from assistant.tools.sheet import LINES, TABLE, Entry, Part, Sheet, sheet_from, sheet_json
from assistant.tools.sheet_page import page, policy

DAY = date(2026, 11, 23)
WHO = Staff("a" * 32, "li", "李四", frozenset({Role.CLERK}))
FILING = {"guide": "jijinhui-biangeng", "circumstances": ["法定代表人"], "applicant": "某某基金会", "checked": True}


def plain(number: str) -> Sheet:
    return Sheet(
        "告知单",
        (("申请人", "某甲"),),
        (Part("材料", TABLE, (Entry("缺页", "章程", "原件", (1,)),), ("序号", "材料", "问题", "要求", "依据")),),
        (),
        number=number,
    )


def issue(notices: Notices, request: str, office: str = "甲局", on: date = DAY) -> str:
    return notices.issue(WHO, office, on, request, "g", "r", "某甲", plain).serial


@pytest.fixture
def store(database: str) -> Iterator[Store]:
    found = Store(database)
    yield found
    found.close()


@pytest.fixture(scope="module")
def clerk(shipped_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = create_app(live.settings(shipped_home, tmp_path_factory.mktemp("notices")))
    with TestClient(app):
        yield at_work(app, "li", Role.CLERK, display="李四")


def sent(clerk: TestClient, request: str, **changes) -> dict:
    answer = clerk.post("/api/v1/staff/notices", json=FILING | {"request": request * 16} | changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_numbers_run_by_office_and_year(store):
    notices = Notices(store)
    assert [issue(notices, "a" * 16), issue(notices, "b" * 16)] == ["〔2026〕0001号", "〔2026〕0002号"]
    assert issue(notices, "c" * 16, office="乙局") == "〔2026〕0001号"
    assert issue(notices, "d" * 16, on=date(2027, 1, 4)) == "〔2027〕0001号"


def test_clerks_who_issue_at_once_get_every_number_once(store):
    serials: list[str] = []
    gate = threading.Barrier(8)

    def work(name: int) -> None:
        gate.wait()
        for turn in range(5):
            serials.append(issue(Notices(store), f"{name:08d}{turn:08d}"))

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(serials) == [f"〔2026〕{number:04d}号" for number in range(1, 41)]


def test_a_number_whose_notice_failed_is_given_to_the_next(store):
    def broken(number: str) -> Sheet:
        raise RuntimeError(number)

    with pytest.raises(RuntimeError, match="0001"):
        Notices(store).issue(WHO, "甲局", DAY, "a" * 16, "g", "r", "某甲", broken)
    assert issue(Notices(store), "b" * 16) == "〔2026〕0001号"


def test_a_second_press_issues_no_second_notice(store):
    assert issue(Notices(store), "a" * 16) == issue(Notices(store), "a" * 16)
    assert len(Notices(store).all()) == 1


def test_a_sheet_is_the_same_after_it_was_kept():
    sheet = Sheet(
        "单",
        (("甲", "乙"),),
        (Part("一", LINES, (Entry("文", "名", "细", (1, 2)),)), Part("一", LINES, (Entry("另", "", "", ()),))),
        (),
        ("慎",),
        ("签",),
        ("脚",),
        "〔2026〕0001号",
    )
    assert sheet_from(sheet_json(sheet)) == sheet


def test_the_page_carries_number_and_page_numbers_under_its_own_policy():
    shown = page(plain("〔2026〕0001号"))
    assert '@bottom-left { content: "编号 〔2026〕0001号"' in shown
    assert 'counter(page) " 页 / 共 " counter(pages)' in shown
    assert "<caption>材料</caption>" in shown
    assert policy("〔2026〕0001号") != policy()
    assert '"' not in page(plain('x"; } body { display: none')).split("编号 x")[1].split(";")[0].rstrip('"')


def test_a_notice_is_issued_from_the_checklist_and_kept_as_printed(clerk):
    issued = sent(clerk, "1", lacking=[{"material": 1, "reason": "没有签字"}], remarks="请周三来")
    shown = clerk.get(issued["page"])
    assert shown.headers["content-security-policy"] == policy(issued["serial"])
    for part in (
        "基金会变更登记补正材料一次性告知单",
        issued["serial"],
        "某某基金会",
        "没有签字",
        "变更登记申请书",
        "经办人",
        "李四",
        "请周三来",
        "行政许可法",
        "申请人签收",
    ):
        assert part in shown.text
    assert "验资证明" not in shown.text.split("已收到的材料")[1].split("</dd>")[0]


def test_with_nothing_lacking_all_that_the_matter_takes_is_told(clerk):
    issued = sent(clerk, "2")
    assert issued["title"] == "基金会变更登记办理材料一次性告知单"
    shown = clerk.get(issued["page"]).text
    assert "需要准备的材料" in shown
    assert "财务审计报告" in shown
    assert "告知期限" not in shown


def test_materials_that_do_not_apply_are_neither_lacking_nor_received(clerk):
    issued = sent(clerk, "3", lacking=[{"material": 1, "reason": "缺"}], needless=[2])
    assert "理事会决议" not in clerk.get(issued["page"]).text.split("已收到的材料")[1].split("</dd>")[0]


def test_prints_and_word_files_are_noted_with_who_and_when(clerk):
    issued = sent(clerk, "4")
    assert clerk.post(f"/api/v1/staff/notices/{issued['id']}/prints", json={}).status_code == 201
    word = clerk.get(issued["docx"])
    assert issued["serial"] in "".join(p.text for p in docx.Document(io.BytesIO(word.content)).paragraphs)
    foot = docx.Document(io.BytesIO(word.content)).sections[0].footer._element.xml
    assert "PAGE" in foot and "NUMPAGES" in foot and issued["serial"] in foot
    prints = clerk.get(f"/api/v1/staff/notices/{issued['id']}").json()["prints"]
    assert [(each["form"], each["clerk"]) for each in prints] == [("paper", "李四"), ("docx", "李四")]


def test_notices_are_found_by_applicant_title_and_number(clerk):
    issued = sent(clerk, "5", applicant="独一无二基金会")
    for words in ("独一无二", issued["serial"], issued["serial"][6:10]):
        assert issued["id"] in [each["id"] for each in clerk.get("/api/v1/staff/notices", params={"q": words}).json()["notices"]]
    assert clerk.get("/api/v1/staff/notices", params={"q": "查无此人"}).json()["notices"] == []


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"checked": False}, 422, "checked"),
        ({"received": "2026-11-24"}, 422, "received"),
        ({"received": "2026-11-02", "lacking": [{"material": 1, "reason": "缺"}]}, 409, "received"),
        ({"guide": "nothing"}, 404, "guide"),
        ({"lacking": [{"material": 99, "reason": "缺"}]}, 422, "lacking"),
        ({"circumstances": ["搬家"]}, 422, "circumstances"),
    ],
)
def test_what_cannot_be_issued_takes_no_number(clerk, changes, status, field):
    before = clerk.get("/api/v1/staff/notices").json()["notices"]
    answer = clerk.post("/api/v1/staff/notices", json=FILING | {"request": "6" * 16} | changes)
    assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert clerk.get("/api/v1/staff/notices").json()["notices"] == before


def test_a_notice_that_comes_too_late_is_issued_on_purpose_only(clerk):
    late = {"received": "2026-11-02", "lacking": [{"material": 1, "reason": "缺"}]}
    assert "即为受理" in clerk.post("/api/v1/staff/notices", json=FILING | late | {"request": "8" * 16}).json()["detail"]
    assert sent(clerk, "8", **late, despite=True)["serial"]


def test_every_issue_and_print_is_in_the_audit_log(clerk):
    issued = sent(clerk, "7")
    clerk.post(f"/api/v1/staff/notices/{issued['id']}/prints", json={})
    told = [(entry.action, entry.target) for entry in clerk.app.state.service.ledger.entries(most=2)]
    assert told == [("打印告知单", issued["serial"]), ("出具告知单", issued["serial"])]
