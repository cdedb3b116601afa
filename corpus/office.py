"""The office's own card: name, region, address, hours, telephones, portal, and the time limits it promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from corpus.catalog import DATA, read_yaml, strings
from corpus.errors import BadKnowledge


@dataclass(frozen=True, slots=True)
class Promise:
    """A time limit the office promises for a guide, beside the statutory one: days, and whether they are working days."""

    guide: str
    days: int
    working_days: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Office:
    """One registration office as readers meet it."""

    name: str
    region: str = ""
    address: str = ""
    hours: str = ""
    phones: tuple[str, ...] = ()
    portal: str = ""
    supervision: str = ""
    note: str = ""
    promises: tuple[Promise, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The card as plain JSON values."""
        return asdict(self)

    def promised(self, guide: str) -> Promise | None:
        """What the office promises for a guide, or None."""
        return next((promise for promise in self.promises if promise.guide == guide), None)


def load_office(path: Path | None = None) -> Office:
    """The office file, or the shipped example that only names national channels. Raises BadKnowledge."""
    path = path or DATA / "offices" / "example.yaml"
    return office_from(read_yaml(path), path.name)


def office_from(content: Any, origin: str) -> Office:
    """The card from an office file's content. Raises BadKnowledge."""
    if not isinstance(content, Mapping) or not content.get("name"):
        raise BadKnowledge(f"{origin}：办事机构文件缺少 name，请参照 corpus/data/offices/example.yaml")
    unknown = set(content) - set(Office.__dataclass_fields__)
    if unknown:
        raise BadKnowledge(f"{origin}：不认识的字段 {'、'.join(sorted(unknown))}")
    plain = {key: str(value) for key, value in content.items() if key not in ("phones", "promises", "details")}
    try:
        promises = tuple(Promise(**row) for row in content.get("promises") or ())
        return Office(**plain, phones=strings(content, "phones"), promises=promises, details=dict(content.get("details") or {}))
    except (TypeError, ValueError) as error:
        raise BadKnowledge(f"{origin}：phones、promises 或 details 有误（{error}），请参照 corpus/data/offices/example.yaml") from error
