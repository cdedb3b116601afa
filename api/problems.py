"""Errors as RFC 9457 problem documents in Chinese that name the field and the value; an outside protocol may say them its own way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from api import logbook

JSON = "application/problem+json"
TITLES = {
    400: "请求有误",
    401: "没有凭证或凭证无效",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这种请求方法",
    409: "状态冲突",
    413: "内容太大",
    422: "内容不合要求",
    429: "请求太频繁",
    500: "系统出错",
    501: "没有这项功能",
    503: "暂时不能服务",
}
KINDS = {
    "missing": "缺少这一项",
    "string_too_long": "太长了",
    "string_too_short": "不能为空",
    "string_unicode": "不是合法的文字",
    "json_invalid": "不是合法的 JSON",
    "extra_forbidden": "不认识这一项",
    "date_from_datetime_parsing": "不是日期，请写成 2026-11-23 这样",
    "date_parsing": "不是日期，请写成 2026-11-23 这样",
    "literal_error": "不在可选值里",
    "greater_than_equal": "太小了",
    "less_than_equal": "太大了",
    "too_long": "太多了",
}
SCHEMA = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457 problem document, in Chinese.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened and the way out."},
        "field": {"type": "string", "description": "What the problem is about."},
        "value": {"type": "string", "description": "The value that was sent there."},
    },
}
DETAILS = {
    400: "请求内容读不出来，请发送 UTF-8 编码的 JSON",
    404: "地址不存在，请检查路径",
    405: "这个地址不支持这种请求方法",
}
UNFORESEEN = "系统暂时出了问题，请稍后再试；急办请打登记机关窗口电话或 12345"


class Problem(Exception):
    """An error to be shown to the caller: status, what happened and the way out, and the field and value it is about."""

    def __init__(self, status: int, detail: str, *, field: str = "", value: Any = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.field, self.value, self.headers = status, detail, field, value, dict(headers or {})


Face = Callable[[Problem], Response]


def response(problem: Problem) -> Response:
    """A problem as a problem document; a 304 has no body."""
    if problem.status == 304:
        return Response(status_code=304, headers=problem.headers)
    content: dict[str, Any] = {"type": "about:blank", "title": TITLES.get(problem.status, "出错了"), "status": problem.status, "detail": whole(problem.detail)}
    if problem.field:
        content["field"] = whole(problem.field)
    if problem.value is not None:
        content["value"] = whole(str(problem.value)[:200])
    return JSONResponse(content, problem.status, problem.headers, JSON)


def whole(text: str) -> str:
    """The text without half surrogates, which JSON can carry in and UTF-8 cannot carry out."""
    return text.encode("utf-8", "replace").decode()


def said(app: FastAPI, path: str, problem: Problem) -> Response:
    """A problem as the protocol at that path says it."""
    faces: Mapping[str, Face] = getattr(app.state, "faces", {})
    return next((face for prefix, face in faces.items() if path.startswith(prefix)), response)(problem)


def install(app: FastAPI, faces: Mapping[str, Face] | None = None) -> None:
    """Make every error of the app a problem document; paths that begin with one of `faces` say theirs in that protocol's own shape."""
    app.state.faces = dict(faces or {})

    @app.exception_handler(Problem)
    async def problem(request: Request, error: Problem) -> Response:
        return said(app, request.url.path, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path", "header")) or "请求内容"
        what = KINDS.get(first["type"], "格式不对")
        return said(app, request.url.path, Problem(422, f"“{place}”{what}，请改正后再试", field=place, value=first.get("input")))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        detail = DETAILS.get(error.status_code) or TITLES.get(error.status_code, "请求没有成功")
        headers = dict(error.headers or {})
        if error.status_code == 405:
            headers["Allow"] = allowed(app, request.url.path) or headers.get("Allow", "")
        return said(app, request.url.path, Problem(error.status_code, detail, headers=headers))

    @app.exception_handler(OperationalError)
    async def unreachable(request: Request, error: OperationalError) -> Response:
        logbook.write("database", error)
        return said(app, request.url.path, Problem(503, "数据库暂时不能用，请稍后再试；急办请打登记机关窗口电话", headers={"Retry-After": "5"}))


Responses = dict[int | str, dict[str, Any]]


def answers(model: type[BaseModel], *problems: int, status: int = 200) -> Responses:
    """What a route's `responses` says of its answer and the problems it may have."""
    return {status: {"model": model}, **documented(*problems)}


def documented(*statuses: int) -> Responses:
    """What a route's `responses` says about the problems it may answer with."""
    content = {JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": TITLES[status], "content": content} for status in statuses}


def describe(app: FastAPI) -> None:
    """Put the problem document into the app's OpenAPI, in place of FastAPI's own validation errors, and where any body may be at fault."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            components = made().setdefault("components", {})
            components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "description": "A key from `shezu key add`."}}
            schemas = components.setdefault("schemas", {})
            schemas["Problem"] = SCHEMA
            for own in ("HTTPValidationError", "ValidationError"):
                schemas.pop(own, None)
            for operation in (operation for path in made()["paths"].values() for operation in path.values()):
                _complete(operation)
        return app.openapi_schema or {}

    app.openapi = openapi  # type: ignore[method-assign]


def _complete(operation: dict[str, Any]) -> None:
    said = operation["responses"]
    if "HTTPValidationError" in str(said.get("422")):
        del said["422"]
    faults = [*([400, 413] if "requestBody" in operation else []), *([422] if "requestBody" in operation or "parameters" in operation else [])]
    for status in faults:
        said.setdefault(str(status), documented(status)[status])


def allowed(app: FastAPI, path: str) -> str:
    """The methods that the described routes at a path take together: a router's 405 names only those of the first."""
    found: set[str] = set()
    for template, operations in app.openapi()["paths"].items():
        if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)), path):
            found |= {method.upper() for method in operations}
    return ", ".join(sorted(found))
