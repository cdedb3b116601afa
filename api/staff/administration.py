"""Routes of admins and auditors: accounts, and the audit log with its check."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from api.chat import service
from api.problems import Problem
from api.staff import passwords
from api.staff.access import note, require
from api.staff.accounts import Account, BadAccount
from api.staff.roles import CALLED, Role, Staff, called, person

router = APIRouter()
Admin = Annotated[Staff, Depends(require(Role.ADMIN))]
Auditor = Annotated[Staff, Depends(require(Role.AUDITOR))]
Number = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


class NewAccount(BaseModel):
    """Who is to have an account; `subject` where the identity provider lets them in, and no password is given then."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=64)]
    display: Annotated[str, Field(max_length=40)] = ""
    roles: list[Role] = []
    subject: Annotated[str, Field(max_length=255)] = ""


class Changed(BaseModel):
    """An account as it is to be."""

    model_config = ConfigDict(extra="forbid")

    display: Annotated[str, Field(max_length=40)]
    roles: list[Role]
    disabled: bool = False


@router.get("/accounts")
def accounts(request: Request, who: Admin) -> dict[str, Any]:
    """Every account, and the roles that there are."""
    found = [account_json(account) for account in service(request).staff.all()]
    return {"accounts": found, "roles": [{"role": role, "called": words} for role, words in CALLED.items()]}


@router.post("/accounts", status_code=201)
def add(given: NewAccount, request: Request, who: Admin) -> dict[str, Any]:
    """Open an account; its one-time password is shown this once. Raises Problem 422."""
    office = service(request)
    password = None if given.subject else passwords.once()
    try:
        made = office.staff.add(given.name, given.display, given.roles, password, office.oidc.subject(given.subject) if given.subject else None)
    except BadAccount as bad:
        raise Problem(422, str(bad), field="name", value=given.name) from None
    note(request, who, "开账号", made.staff.name, f"角色：{called(made.staff.roles) or '无'}")
    return {"account": account_json(made), "password": password}


@router.put("/accounts/{number}")
def change(number: Number, given: Changed, request: Request, who: Admin) -> dict[str, Any]:
    """Change an account's shown name, roles and whether it is in use. Raises Problem 404, 409 where no admin would be left."""
    before = known(request, number)
    try:
        after = service(request).staff.change(number, display=given.display, roles=given.roles, disabled=given.disabled)
    except BadAccount as bad:
        raise Problem(409, str(bad)) from None
    state = "停用" if after.disabled else "在用"
    note(request, who, "改账号", after.staff.name, f"角色：{called(before.staff.roles) or '无'} → {called(after.staff.roles) or '无'}；{state}")
    return account_json(after)


@router.post("/accounts/{number}/password")
def reset(number: Number, request: Request, who: Admin) -> dict[str, Any]:
    """Give an account a one-time password, shown this once; its sessions end and it need not wait any more. Raises Problem 404."""
    office, account = service(request), known(request, number)
    password = passwords.once()
    office.staff.reset(number, password)
    office.guesses.forgive(account.staff.name)
    note(request, who, "重置密码", account.staff.name, "成功")
    return {"password": password}


@router.get("/ledger")
def ledger(
    request: Request,
    who: Auditor,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    action: Annotated[str, Query(max_length=64)] = "",
    name: Annotated[str, Query(max_length=64)] = "",
) -> dict[str, Any]:
    """Fifty entries of the audit log, newest first."""
    found = service(request).ledger.entries(before=before, action=action, name=name)
    return {"entries": [asdict(entry) for entry in found]}


@router.get("/ledger/actions")
def actions(request: Request, who: Auditor) -> dict[str, Any]:
    """What the entries may be asked for by."""
    return {"actions": service(request).ledger.actions()}


@router.get("/ledger.jsonl", response_model=None)
def export(request: Request, who: Auditor) -> StreamingResponse:
    """The whole log, oldest first, one entry a line."""
    note(request, who, "导出审计日志", "全部", "成功")

    def lines() -> Iterator[str]:
        for entry in service(request).ledger.all():
            yield json.dumps(asdict(entry), ensure_ascii=False) + "\n"

    headers = {"Content-Disposition": 'attachment; filename="audit.jsonl"', "Cache-Control": "no-store"}
    return StreamingResponse(lines(), media_type="application/x-ndjson", headers=headers)


@router.post("/ledger/verify")
def verify(request: Request, who: Auditor) -> dict[str, Any]:
    """Read the whole chain; what was found."""
    found = service(request).ledger.verify()
    note(request, who, "核对审计日志", f"{found.entries} 条", "完好" if found.broken is None else f"第 {found.broken} 条有问题")
    return asdict(found)


def known(request: Request, number: str) -> Account:
    """The account of an id. Raises Problem 404."""
    found = service(request).staff.get(number)
    if found is None:
        raise Problem(404, f"没有编号为 {number} 的账号", field="number", value=number)
    return found


def account_json(account: Account) -> dict[str, Any]:
    """An account in JSON."""
    return {
        **person(account.staff),
        "local": account.local,
        "once": account.once,
        "outside": account.outside,
        "created": account.created.isoformat(),
        "disabled": account.disabled.isoformat() if account.disabled else None,
    }
