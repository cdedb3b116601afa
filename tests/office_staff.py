"""Staff of a test's office: accounts made at once, and clients that are signed in and send the CSRF header."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.staff.roles import Role
from api.staff.sessions import csrf

PASSWORD = "Lantern-Kite-27"


def hired(app: FastAPI, name: str, *roles: Role, display: str = "") -> str:
    """The id of a new account whose password is PASSWORD, already its own."""
    staff = app.state.service.staff
    account = staff.add(name, display or name, roles)
    staff.choose(account.staff.id, PASSWORD)
    return str(account.staff.id)


def at_work(app: FastAPI, name: str, *roles: Role, display: str = "") -> TestClient:
    """A client of a new member of staff, signed in without the form; the app must be running."""
    return signed_in(app, hired(app, name, *roles, display=display))


def signed_in(app: FastAPI, staff: str) -> TestClient:
    """A client that holds a new session of this account."""
    token = app.state.service.sessions.begin(staff)
    return TestClient(app, cookies={"shezu-staff": token}, headers={"X-CSRF": csrf(token)})
