"""What editors and reviewers send: numbers, decisions, and contents as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from api.problems import Problem
from assistant.stages.screen import CONTROL

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
DEEPEST = 12
EDITION = ("in_force_from", "in_force_to", "period_to", "note", "url")
ENTRY = ("title", "rank", "region")


class Decided(BaseModel):
    """A decision on a change: the version that was seen, and why."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1)]
    reason: Annotated[str, Field(max_length=2000)] = ""


def plain(content: Any, depth: int = 0) -> Any:
    """A content without control characters and half surrogates. Raises Problem 422 where it is nested beyond any form."""
    if depth > DEEPEST:
        raise Problem(422, "内容嵌套太深，请按表单填写", field="content")
    if isinstance(content, str):
        return CONTROL.sub("", content).encode("utf-8", "ignore").decode().strip()
    if isinstance(content, Mapping):
        return {str(plain(key, depth + 1)): plain(value, depth + 1) for key, value in content.items()}
    return [plain(value, depth + 1) for value in content] if isinstance(content, list) else content


def with_facts(text: Mapping[str, Any], given: Any) -> dict[str, Any]:
    """An uploaded text with the facts of its edition and entry as an editor corrects them; its articles are nobody's to correct."""
    said = given if isinstance(given, Mapping) else {}
    edition = {**text["edition"], **_chosen(said.get("edition"), EDITION)}
    entry = text.get("entry")
    if entry:
        entry = {**entry, **_chosen(said.get("entry"), ENTRY), "editions": [edition]}
    return {**text, "edition": edition, "entry": entry}


def _chosen(given: Any, fields: tuple[str, ...]) -> dict[str, Any]:
    return {field: given[field] or (None if field.endswith("_to") else "") for field in fields if field in given} if isinstance(given, Mapping) else {}
