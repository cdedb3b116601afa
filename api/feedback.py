"""POST /feedback: 好差评 of an answer, five levels with reasons."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api import shapes
from api.chat import service
from api.problems import Problem, answers
from assistant.stages.screen import CONTROL, mask

router = APIRouter(tags=["feedback"])


def number(value: Any) -> Any:
    """The value, unless it is true or false, which Python would count as 1 and 0. Raises ValueError."""
    if isinstance(value, bool):
        raise ValueError("not a number")
    return value


class Rating(BaseModel):
    """What a reader thinks of an answer: 5 非常满意 … 1 非常不满意."""

    model_config = ConfigDict(extra="forbid")

    message_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    rating: Annotated[int, Field(ge=1, le=5), BeforeValidator(number)]
    reasons: Annotated[list[Literal["过时", "引用不对", "没答到", "看不懂", "材料不对"]], Field(max_length=5)] = []
    text: Annotated[str, Field(max_length=1000)] = ""


@router.post("/feedback", status_code=201, response_model=None, responses=answers(shapes.Rated, 404, 429, status=201))
def rate(rating: Rating, request: Request) -> dict[str, str]:
    """Keep a rating; personal data in its words is masked first."""
    kept = service(request).store.rate(rating.message_id, rating.rating, list(rating.reasons), mask(CONTROL.sub("", rating.text)))
    if kept is None:
        raise Problem(404, "要评价的回答不存在，可能已按保存期限删除", field="message_id", value=rating.message_id)
    return {"id": kept}
