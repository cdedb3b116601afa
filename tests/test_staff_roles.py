"""Every route of the console × every role: allowed or refused. A route without a line here fails."""

import re

import live
import pytest
from fastapi.testclient import TestClient
from office_staff import hired, signed_in

from api.app import create_app
from api.staff.roles import Role

PREFIX = "/api/v1/staff"
CLERK, SUPERVISOR, EDITOR, REVIEWER, AUDITOR, ADMIN = Role
EVERYONE = frozenset(Role)
READERS = frozenset({CLERK, EDITOR, REVIEWER})
# Who holds one of these roles may; supervisors may all that clerks may. None: also who is not signed in.
MATRIX: dict[str, frozenset[Role] | None] = {
    "POST /session": None,
    "GET /ways": None,
    "GET /oidc": None,
    "GET /oidc/callback": None,
    "GET /session": EVERYONE,
    "DELETE /session": EVERYONE,
    "POST /password": EVERYONE,
    "GET /accounts": {ADMIN},
    "POST /accounts": {ADMIN},
    "PUT /accounts/{number}": {ADMIN},
    "POST /accounts/{number}/password": {ADMIN},
    "GET /ledger": {AUDITOR},
    "GET /ledger/actions": {AUDITOR},
    "GET /ledger.jsonl": {AUDITOR},
    "POST /ledger/verify": {AUDITOR},
    "GET /queues": {CLERK},
    "GET /items/{item}": {CLERK},
    "PUT /items/{item}/helper": {SUPERVISOR},
    "POST /items/{item}/steps": {CLERK},
    "POST /items/{item}/reply": {CLERK},
    "POST /items/{item}/case": {CLERK},
    "GET /cases": {SUPERVISOR, REVIEWER},
    "PUT /cases/{case}": {SUPERVISOR, REVIEWER},
    "POST /cases/{case}/confirmation": {REVIEWER},
    "POST /cases/{case}/rejection": {REVIEWER},
    "GET /dashboard": {SUPERVISOR},
    "POST /standards": {SUPERVISOR},
    "PUT /approvals/{approval}/term": {SUPERVISOR},
    "GET /corpus/options": {EDITOR, REVIEWER},
    "GET /corpus/laws": {EDITOR, REVIEWER},
    "GET /corpus/guides": {EDITOR, REVIEWER},
    "GET /corpus/articles": {EDITOR, REVIEWER},
    "GET /corpus/item": {EDITOR, REVIEWER},
    "POST /corpus/check": {EDITOR},
    "POST /corpus/changes": {EDITOR},
    "POST /corpus/uploads": {EDITOR},
    "GET /corpus/uploads/{mark}": {EDITOR, REVIEWER},
    "PUT /corpus/changes/{number}": {EDITOR},
    "POST /corpus/changes/{number}/submit": {EDITOR},
    "POST /corpus/changes/{number}/withdraw": {EDITOR},
    "POST /corpus/changes/{number}/again": {EDITOR},
    "GET /corpus/changes": {EDITOR, REVIEWER},
    "GET /corpus/changes/{number}": {EDITOR, REVIEWER},
    "GET /corpus/changes/{number}/report": {EDITOR, REVIEWER},
    "GET /corpus/changes/{number}/steps/{step}": {EDITOR, REVIEWER},
    "POST /corpus/changes/{number}/reject": {REVIEWER},
    "POST /corpus/changes/{number}/approve": {REVIEWER},
    "GET /corpus/releases": {EDITOR, REVIEWER},
    "POST /corpus/releases": {REVIEWER},
    "POST /corpus/releases/{name}/select": {REVIEWER},
    "GET /lookup": READERS,
    "GET /lookup/choices": READERS,
    "GET /articles/{slug}/{edition}/{label}": READERS,
    "GET /checklists/{slug}": READERS,
    "GET /compare/{slug}": READERS,
    "GET /shelf": READERS,
    "PUT /shelf": READERS,
    "DELETE /shelf": READERS,
    "POST /notices": {CLERK},
    "GET /notices": {CLERK},
    "GET /notices/{number}": {CLERK},
    "GET /notices/{number}/page": {CLERK},
    "POST /notices/{number}/prints": {CLERK},
    "GET /notices/{number}/docx": {CLERK},
    "POST /ask": {CLERK},
    "POST /approvals": {CLERK},
    "GET /approvals": {CLERK},
    "POST /approvals/{approval}/confirmation": {CLERK},
    "DELETE /approvals/{approval}": {CLERK},
    "POST /messages/{message}/remarks": {CLERK},
}
# Routes where people's questions and words can be read: never for an admin, an auditor, or (but for what was handed to them) those who edit.
CONVERSATIONS = re.compile(r"/(queue|item|ask|answer|message|inquir|ticket|note|approv|case|standard|dashboard)")


def staff_routes(app):
    """ "GET /accounts" of every route of the console that the app has."""
    found = set()
    for route in app.routes:
        for one in route.effective_route_contexts() if hasattr(route, "effective_route_contexts") else [route]:
            path = getattr(one, "path", None) or ""
            if path.startswith(PREFIX):
                found |= {f"{method} {path.removeprefix(PREFIX)}" for method in one.methods - {"HEAD"}}
    return found


@pytest.fixture(scope="module")
def app(shipped_home, tmp_path_factory):
    made = create_app(live.settings(shipped_home, tmp_path_factory.mktemp("roles")))
    with TestClient(made):
        yield made


@pytest.fixture(scope="module")
def staff(app):
    return {role: hired(app, f"one-{role}", role) for role in Role}


def allowed(role, roles):
    return roles is None or (role is not None and (role in roles or (role is SUPERVISOR and CLERK in roles)))


def asked(client, line):
    method, path = line.split(" ")
    address = PREFIX + re.sub(r"\{\w+(?::\w+)?\}", "0" * 32, path)
    return client.request(method, address, json={} if method in ("POST", "PUT", "PATCH") else None, follow_redirects=False)


def test_every_route_has_its_line(app):
    assert staff_routes(app) == set(MATRIX)


@pytest.mark.parametrize("line", MATRIX)
def test_who_may_and_who_may_not(app, staff, line):
    roles = MATRIX[line]
    for role in (None, *Role):
        got = asked(signed_in(app, staff[role]) if role else TestClient(app), line).status_code
        if roles is not None:
            assert (got == 401) == (role is None), f"{line} as {role}: {got}"
        assert (got in (401, 403)) != allowed(role, roles) or roles is None, f"{line} as {role}: {got}"
        assert got < 500, f"{line} as {role}: {got}"


@pytest.mark.parametrize("line", [line for line, roles in MATRIX.items() if roles is not None and line.split(" ")[0] not in ("GET", "HEAD")])
def test_a_change_without_the_csrf_header_is_refused(app, staff, line):
    roles = MATRIX[line] or EVERYONE
    client = signed_in(app, staff[next(iter(sorted(roles)))])
    del client.headers["X-CSRF"]
    refused = asked(client, line)
    assert (refused.status_code, refused.json().get("field")) == (403, "X-CSRF")


def test_people_s_questions_are_not_for_admins_and_auditors():
    open_to = {line: MATRIX[line] for line in MATRIX if CONVERSATIONS.search(line)}
    assert not [line for line, roles in open_to.items() if roles is None or roles & {ADMIN, AUDITOR}]
