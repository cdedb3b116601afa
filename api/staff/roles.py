"""Who works here and what they may do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What a member of staff may do; the rights of roles add up."""

    CLERK = "clerk"
    SUPERVISOR = "supervisor"
    EDITOR = "editor"
    REVIEWER = "reviewer"
    AUDITOR = "auditor"
    ADMIN = "admin"


CALLED = {
    Role.CLERK: "窗口人员",
    Role.SUPERVISOR: "督导",
    Role.EDITOR: "语料编辑",
    Role.REVIEWER: "语料复核",
    Role.AUDITOR: "审计员",
    Role.ADMIN: "管理员",
}


@dataclass(frozen=True, slots=True)
class Staff:
    """One member of staff: id, name to sign in with, name to be shown, roles."""

    id: str
    name: str
    display: str
    roles: frozenset[Role]

    def has(self, *roles: Role) -> bool:
        """Whether any of these roles is held; a supervisor does all that a clerk does."""
        held = self.roles | ({Role.CLERK} if Role.SUPERVISOR in self.roles else set())
        return not held.isdisjoint(roles)


def called(roles: Iterable[Role]) -> str:
    """The roles in Chinese, in their usual order."""
    wanted = frozenset(roles)
    return "、".join(words for role, words in CALLED.items() if role in wanted)


def person(staff: Staff) -> dict[str, Any]:
    """A member of staff in JSON: id, names, roles and what they are called."""
    roles = [{"role": role.value, "called": CALLED[role]} for role in CALLED if role in staff.roles]
    return {"id": staff.id, "name": staff.name, "display": staff.display, "roles": roles}
