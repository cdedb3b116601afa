from datetime import UTC, datetime, timedelta

import live
import pytest
from fastapi import Depends
from fastapi.testclient import TestClient
from office_staff import PASSWORD, at_work, hired, signed_in

from api.app import create_app
from api.staff.access import require
from api.staff.guesses import PER_ACCOUNT, PER_ADDRESS, WAIT, Guesses
from api.staff.roles import Role, Staff
from api.staff.sessions import LONGEST, Sessions
from api.store import Store

SESSION = "/api/v1/staff/session"


@pytest.fixture
def app(shipped_home, tmp_path, database):
    made = create_app(live.settings(shipped_home, tmp_path, database=database))

    @made.post("/api/v1/staff/changed")
    def change(who: Staff = Depends(require(Role.EDITOR))):  # noqa: B008
        return {"by": who.name}

    with TestClient(made):
        yield made


def sign_in(client, name, password=PASSWORD, **headers):
    return client.post(SESSION, json={"name": name, "password": password}, headers=headers)


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(app):
    hired(app, "li", Role.CLERK)
    cookie = sign_in(TestClient(app), "li").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie
    secure = sign_in(TestClient(app, base_url="https://testserver"), "li").headers["set-cookie"]
    assert secure.startswith("__Host-shezu-staff=")
    assert "Secure" in secure


def test_signing_in_says_who_it_is_and_names_the_csrf_token(app):
    hired(app, "li", Role.CLERK, Role.EDITOR, display="李明")
    client = TestClient(app)
    said = sign_in(client, "Li ").json()
    assert (said["name"], said["display"], [role["role"] for role in said["roles"]]) == ("li", "李明", ["clerk", "editor"])
    assert client.get(SESSION).json() == said
    assert client.post("/api/v1/staff/changed", headers={"X-CSRF": said["csrf"]}).json() == {"by": "li"}


def test_a_change_without_the_csrf_header_is_refused(app):
    client = at_work(app, "li", Role.EDITOR)
    for wrong in ("", "0" * 64, "错"):
        refused = client.post("/api/v1/staff/changed", headers={"X-CSRF": wrong.encode()})
        assert refused.status_code == 403
        assert refused.json()["field"] == "X-CSRF"
    assert client.post("/api/v1/staff/changed").status_code == 200


def test_nobody_and_other_roles_are_refused(app):
    assert TestClient(app).post("/api/v1/staff/changed").status_code == 401
    refused = at_work(app, "li", Role.CLERK, Role.AUDITOR).post("/api/v1/staff/changed")
    assert refused.status_code == 403
    assert "语料编辑" in refused.json()["detail"]


def test_signing_in_begins_a_new_session_and_ends_the_one_before(app):
    hired(app, "li", Role.EDITOR)
    client = TestClient(app, cookies={"shezu-staff": "planted-by-somebody"})
    sign_in(client, "li")
    first = client.cookies.get("shezu-staff", domain="testserver.local")
    assert first != "planted-by-somebody"
    client = TestClient(app, cookies={"shezu-staff": first})
    second = sign_in(client, "li").cookies["shezu-staff"]
    assert second != first
    assert TestClient(app, cookies={"shezu-staff": first}).get(SESSION).status_code == 401
    assert TestClient(app, cookies={"shezu-staff": second}).get(SESSION).status_code == 200


def test_the_token_itself_is_not_kept(app, tmp_path):
    hired(app, "li")
    token = sign_in(TestClient(app), "li").cookies["shezu-staff"]
    held = b"".join(path.read_bytes() for path in tmp_path.glob("shezu.sqlite*"))
    assert token.encode() not in held
    assert PASSWORD.encode() not in held


def test_signing_out_ends_the_session(app):
    client = at_work(app, "li")
    token = client.cookies["shezu-staff"]
    assert client.delete(SESSION).status_code == 204
    assert TestClient(app, cookies={"shezu-staff": token}).get(SESSION).status_code == 401


def test_a_disabled_account_is_out_at_once(app):
    staff = app.state.service.staff
    boss = staff.get(hired(app, "boss", Role.ADMIN))
    number = hired(app, "li", Role.CLERK)
    client = signed_in(app, number)
    staff.change(number, display="li", roles=[Role.CLERK], disabled=True)
    assert client.get(SESSION).status_code == 401
    assert sign_in(TestClient(app), "li").status_code == 401
    assert boss


def test_roles_taken_away_count_at_once(app):
    hired(app, "boss", Role.ADMIN)
    client = at_work(app, "li", Role.EDITOR)
    app.state.service.staff.change(client.get(SESSION).json()["id"], display="li", roles=[Role.CLERK], disabled=False)
    assert client.post("/api/v1/staff/changed").status_code == 403


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(app):
    hired(app, "li")
    unknown, wrong = (sign_in(TestClient(app), name, "Wrong-password-1") for name in ("nobody", "li"))
    assert (unknown.status_code, unknown.json()) == (wrong.status_code, wrong.json())


def test_a_password_is_hashed_also_where_there_is_no_such_account(app, monkeypatch):
    from api.staff import passwords

    seen = []
    verify = passwords._hasher.verify
    monkeypatch.setattr(passwords, "_hasher", type("Counting", (), {"verify": staticmethod(lambda kept, given: seen.append(kept) or verify(kept, given))})())
    sign_in(TestClient(app), "nobody", "Wrong-password-1")
    app.state.service.staff.add("outside", "", [], subject="issuer user")
    sign_in(TestClient(app), "outside", "Wrong-password-1")
    parameters = [kept.rsplit("$", 2)[0] for kept in seen]
    hired_hash = passwords.NOBODY.rsplit("$", 2)[0]
    assert parameters == [hired_hash, hired_hash]


def test_guessing_locks_known_and_unknown_names_alike(app):
    hired(app, "li")
    said = {}
    for name in ("li", "nobody"):
        for _ in range(PER_ACCOUNT):
            assert sign_in(TestClient(app), name, "Wrong-password-1").status_code == 401
        locked = sign_in(TestClient(app), name)
        assert locked.status_code == 429
        assert locked.headers["Retry-After"] == "900"
        said[name] = locked.json()["detail"]
    assert said["li"] == said["nobody"]
    assert [entry.result for entry in app.state.service.ledger.entries(most=1)] == ["失败次数太多，未核对"]


def test_more_passwords_at_once_than_the_machine_can_check_are_put_off(app, monkeypatch):
    from api.staff import passwords

    monkeypatch.setattr(passwords, "PATIENCE", 0.01)
    with passwords._turn(), passwords._turn():
        busy = sign_in(TestClient(app), "li")
    assert (busy.status_code, busy.headers["Retry-After"]) == (503, "5")
    assert sign_in(TestClient(app), "li").status_code == 401


def test_signing_in_has_the_rate_limit_of_asking(shipped_home, tmp_path):
    with TestClient(create_app(live.settings(shipped_home, tmp_path, rate_per_minute=2))) as client:
        assert [sign_in(client, "li").status_code for _ in range(3)] == [401, 401, 429]


@pytest.fixture
def store(database):
    made = Store(database)
    yield made
    made.close()


def test_an_account_that_waited_may_be_tried_again(store):
    now = [datetime(2026, 11, 23, 9, tzinfo=UTC)]
    guesses = Guesses(store, lambda: now[0])
    assert [guesses.admit("li", f"192.0.2.{i}") for i in range(PER_ACCOUNT + 1)] == [True] * PER_ACCOUNT + [False]
    now[0] += WAIT - timedelta(seconds=1)
    assert not guesses.admit("li", "192.0.2.9")
    now[0] += timedelta(seconds=2)
    assert guesses.admit("li", "192.0.2.9")
    now[0] += timedelta(days=3650)
    assert [guesses.admit("wang", f"192.0.2.{i}") for i in range(PER_ACCOUNT + 1)] == [True] * PER_ACCOUNT + [False]
    now[0] -= timedelta(days=3650)  # the clock was wrong, and is set right
    assert guesses.admit("wang", "192.0.2.9")


def test_an_address_that_tries_many_names_has_to_wait(store):
    guesses = Guesses(store)
    assert [guesses.admit(f"name{i}", "192.0.2.1") for i in range(PER_ADDRESS + 1)] == [True] * PER_ADDRESS + [False]
    assert guesses.admit("name0", "192.0.2.2")


def test_right_guesses_do_not_lock(store):
    guesses = Guesses(store)
    for _ in range(PER_ADDRESS * 2):
        assert guesses.admit("li", "192.0.2.1")
        guesses.succeeded("li", "192.0.2.1")


def test_an_account_of_one_s_own_does_not_wash_an_address_clean(store):
    guesses = Guesses(store)
    admitted = 0
    for i in range(PER_ADDRESS + 5):
        admitted += guesses.admit(f"name{i}", "192.0.2.1")
        if guesses.admit("mine", "192.0.2.1"):
            guesses.succeeded("mine", "192.0.2.1")
    assert admitted <= PER_ADDRESS


def test_sessions_lock_without_work_and_end_at_last(store):
    from api.staff.accounts import Accounts

    number = Accounts(store).add("li", "李", [Role.CLERK]).staff.id
    now = [datetime(2026, 11, 23, 9, tzinfo=UTC)]
    sessions = Sessions(store, timedelta(minutes=20), lambda: now[0])
    token = sessions.begin(number)
    now[0] += timedelta(minutes=19)
    assert sessions.find(token) == (number, False)
    now[0] += timedelta(minutes=21)
    assert sessions.find(token) == (number, True)
    token = sessions.begin(number)
    began = now[0]
    while now[0] - began <= LONGEST - timedelta(minutes=10):
        assert sessions.find(token) == (number, False)
        now[0] += timedelta(minutes=10)
    now[0] = began + LONGEST + timedelta(seconds=1)
    assert sessions.find(token) == (number, True)


def test_a_locked_console_says_so_and_the_session_is_gone(app, monkeypatch):
    client = at_work(app, "li", Role.CLERK)
    monkeypatch.setattr(app.state.service.sessions, "idle", timedelta(seconds=-1))
    locked = client.get(SESSION)
    assert locked.status_code == 401
    assert "20 分钟" in locked.json()["detail"]
    monkeypatch.undo()
    assert client.get(SESSION).status_code == 401


def test_a_one_time_password_opens_nothing_but_its_change(app):
    account = app.state.service.staff.add("li", "李", [Role.EDITOR], "Given-by-admin-1")
    client = TestClient(app)
    said = sign_in(client, "li", "Given-by-admin-1").json()
    client.headers["X-CSRF"] = said["csrf"]
    assert said["once"]
    assert client.post("/api/v1/staff/changed").status_code == 403
    changed = client.post("/api/v1/staff/password", json={"old": "Given-by-admin-1", "new": PASSWORD})
    assert changed.status_code == 204
    client.headers["X-CSRF"] = client.get(SESSION).json()["csrf"]
    assert client.post("/api/v1/staff/changed").status_code == 200
    assert not app.state.service.staff.get(account.staff.id).once


@pytest.mark.parametrize(
    ("new", "why"), [("short", "10 到 128"), ("1234567890123", "数字"), ("aaaaaaaaaaaa", "简单"), ("my-name-is-li-ming", "登录名"), (PASSWORD, "相同")]
)
def test_a_bad_password_is_refused_with_its_reason(app, new, why):
    hired(app, "li-ming")
    client = TestClient(app)
    client.headers["X-CSRF"] = sign_in(client, "li-ming").json()["csrf"]
    refused = client.post("/api/v1/staff/password", json={"old": PASSWORD, "new": new})
    assert refused.status_code == 422
    assert why in refused.json()["detail"]


def test_changing_a_password_ends_the_other_sessions_and_needs_the_old_one(app):
    number = hired(app, "li")
    other, client = signed_in(app, number), signed_in(app, number)
    assert client.post("/api/v1/staff/password", json={"old": "Wrong-password-1", "new": "Another-good-1"}).status_code == 422
    assert client.post("/api/v1/staff/password", json={"old": PASSWORD, "new": "Another-good-1"}).status_code == 204
    assert other.get(SESSION).status_code == 401
    assert client.get(SESSION).status_code == 200


def test_a_sign_in_sent_by_another_site_s_page_is_refused(app):
    hired(app, "li")
    assert sign_in(TestClient(app), "li", origin="https://evil.example").status_code == 403
    assert sign_in(TestClient(app), "li", origin="http://testserver").status_code == 201


def test_signing_in_is_in_the_audit_log_without_the_password(app):
    hired(app, "li")
    client = TestClient(app)
    sign_in(client, "li", "Wrong-password-1")
    sign_in(client, "li")
    good, bad = app.state.service.ledger.entries(most=2)
    assert (bad.action, bad.target, bad.result, bad.name) == ("登录", "li", "失败", "")
    assert (good.action, good.target, good.result, good.name) == ("登录", "li", "成功", "li")
    assert good.origin == "testclient"
    assert len(good.request) == 16
