"""Errors as RFC 9457 problem documents in Chinese that name the field and the value."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

TITLES = {
    400: "请求有误",
    404: "没有找到",
    405: "不支持这种请求方法",
    409: "状态冲突",
    413: "内容太大",
    422: "内容不合要求",
    429: "请求太频繁",
    500: "系统出错",
    503: "暂时不能服务",
}
KINDS = {
    "missing": "缺少这一项",
    "string_too_long": "太长了",
    "string_too_short": "不能为空",
    "json_invalid": "不是合法的 JSON",
    "extra_forbidden": "不认识这一项",
    "date_from_datetime_parsing": "不是日期，请写成 2026-11-23 这样",
    "date_parsing": "不是日期，请写成 2026-11-23 这样",
    "literal_error": "不在可选值里",
    "greater_than_equal": "太小了",
    "less_than_equal": "太大了",
}


class Problem(Exception):
    """An error to be shown to the caller: status, what happened and the way out, and the field and value it is about."""

    def __init__(self, status: int, detail: str, *, field: str = "", value: Any = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.field, self.value, self.headers = status, detail, field, value, headers or {}


def document(status: int, detail: str, field: str = "", value: Any = None, headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem document as a response."""
    content: dict[str, Any] = {"type": "about:blank", "title": TITLES.get(status, "出错了"), "status": status, "detail": detail}
    if field:
        content["field"] = field
    if value is not None:
        content["value"] = str(value)[:200]
    return JSONResponse(content, status, headers, "application/problem+json")


def install(app: FastAPI) -> None:
    """Make every error of the app a problem document."""

    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> JSONResponse:
        return document(error.status, error.detail, error.field, error.value, error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path")) or "请求内容"
        what = KINDS.get(first["type"], "格式不对")
        return document(422, f"“{place}”{what}，请改正后再试", place, first.get("input"))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        detail = "地址不存在，请检查路径" if error.status_code == 404 else TITLES.get(error.status_code, "请求没有成功")
        return document(error.status_code, detail, headers=dict(error.headers or {}))

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> JSONResponse:
        return document(500, "系统暂时出了问题，请稍后再试；急办请打登记机关窗口电话或 12345")
