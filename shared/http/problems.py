"""Named errors → RFC 9457 problem JSON, in this one place."""

import json
import logging
from http import HTTPStatus

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from shared import trace
from shared.errors import (
    BadInput,
    Conflict,
    NotAllowed,
    NotFound,
    NotSignedIn,
    Reason,
    Refused,
    TooMany,
    Unavailable,
    UseCaseError,
    reason,
)
from shared.http.field_names import FIELD_NAMES
from shared.reasons import REASONS

log = logging.getLogger("visits.http")

STATUS: dict[type[UseCaseError], HTTPStatus] = {
    BadInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Refused: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
TITLES: dict[type[UseCaseError], str] = {
    BadInput: "提交的内容需要修改",
    NotSignedIn: "需要登录",
    NotAllowed: "没有权限",
    NotFound: "没有找到",
    Conflict: "已被处理",
    Refused: "暂时不能办理",
    TooMany: "操作过于频繁",
    Unavailable: "服务暂时繁忙",
}
FRAMEWORK_CODES = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}

# pydantic's error types in the words of the person who fills in the form.
FIELD_PROBLEMS = {
    "missing": "必填",
    "string_too_short": "内容太短",
    "string_too_long": "内容太长",
    "string_pattern_mismatch": "格式不正确",
    "extra_forbidden": "不认识的项目",
    "too_short": "数量太少",
    "too_long": "数量太多",
    "enum": "不在可选范围内",
    "literal_error": "不在可选范围内",
}


def install(app: Flask) -> None:
    app.register_error_handler(UseCaseError, _use_case_error)
    app.register_error_handler(HTTPException, _framework_error)
    app.register_error_handler(Exception, _unexpected)


def field_reason(item: object) -> Reason:
    assert isinstance(item, dict)
    name = ".".join(str(part) for part in item["loc"]) or None
    if item["type"] in REASONS:
        return Reason(item["type"], item["msg"], name)
    problem = FIELD_PROBLEMS.get(item["type"], "格式不正确")
    called = next((FIELD_NAMES[part] for part in item["loc"] if part in FIELD_NAMES), "提交的内容")
    return reason("field_invalid", name, name=called, problem=problem)


def _use_case_error(error: UseCaseError) -> Response:
    kind = next(one for one in type(error).__mro__ if one in STATUS)
    return problem(STATUS[kind], TITLES[kind], error.reasons, error.details)


def _framework_error(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    code = FRAMEWORK_CODES.get(status, "body_unreadable" if status < 500 else "internal")
    return problem(status, "无法处理这个请求", [reason(code)], {})


def _unexpected(error: Exception) -> Response:
    # The type and the place, never the message: it may quote what a person typed.
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    place = f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else "?"
    log.error("unexpected", extra={"error": type(error).__name__, "place": place})
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "系统出现意外", [reason("internal")], {})


def problem(
    status: HTTPStatus, title: str, reasons: list[Reason], details: dict[str, object]
) -> Response:
    body = {
        "type": f"urn:visits:problem:{reasons[0].code}",
        "title": title,
        "status": int(status),
        "code": reasons[0].code,
        "detail": reasons[0].text,
        "errors": [_as_json(one) for one in reasons],
        "request_id": trace.current() or "",
        **details,
    }
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status=status, content_type="application/problem+json")


def _as_json(one: Reason) -> dict[str, str]:
    shown = {"code": one.code, "text": one.text}
    return shown if one.field is None else {**shown, "field": one.field}
