"""What the routes alone do not say: Chinese texts, who may call, examples, and every problem with its codes."""

import inspect
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from flask import Flask
from pydantic import BaseModel

from shared.http.field_names import FIELD_NAMES
from shared.http.problems import TITLES
from shared.reasons import REASONS
from tools.spec.examples import ID, example
from tools.spec.problem_codes import codes_of

TEXTS = Path(__file__).parents[2] / "miniprogram_api_spec" / "texts.yaml"
PROBLEM = "#/components/schemas/ProblemDetails"
SIGNED = "签名见 docs/zh/对接说明-统一核验.md 第 3 节"
SECURITY: dict[str, dict[str, str]] = {
    "relative": {"type": "http", "scheme": "bearer", "description": "家属登录后的 token"},
    "officer": {"type": "http", "scheme": "bearer", "description": "民警登录后的 token"},
    "officer_cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "officer_session",
        "description": "民警登录时写入的 Cookie",
    },
    "system": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Visits-Signature",
        "description": f"本所其他系统的签名，{SIGNED}",
    },
    "terminal": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "会见终端的密钥：Device 密钥",
    },
    "metrics": {"type": "http", "scheme": "bearer", "description": "监控系统的 METRICS_KEY"},
    "trtc": {
        "type": "apiKey",
        "in": "header",
        "name": "Sign",
        "description": "TRTC 回调密钥的签名",
    },
}
# Who may be meant by an access that is not a scheme itself.
SCHEMES = {"people": ("relative", "officer"), "public": ()}
PROBLEM_SCHEMAS: dict[str, Any] = {
    "ProblemDetailsReason": {
        "type": "object",
        "required": ["code", "text"],
        "properties": {
            "code": {"type": "string", "description": "供程序判断，不会改变"},
            "text": {"type": "string", "description": "给人看的原因，并说明下一步怎么办"},
            "field": {"type": "string", "description": "有误的字段，如 visitors.1.id_number"},
        },
    },
    "ProblemDetails": {
        "type": "object",
        "description": "RFC 9457。errors 一次给出全部原因；部分接口另附可行的办法，如 other_slots。",
        "required": ["type", "title", "status", "code", "detail", "errors", "request_id"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string", "description": "errors 中第一个原因的 code"},
            "detail": {"type": "string"},
            "errors": {
                "type": "array",
                "items": {"$ref": "#/components/schemas/ProblemDetailsReason"},
            },
            "request_id": {"type": "string", "description": "查问题时请提供"},
        },
    },
}
TITLE_OF = {401: "需要登录", 403: "没有权限", 404: "没有找到", 409: "已被处理", 413: "内容过大"}
TITLE_OF |= {
    422: "提交的内容需要修改",
    429: "操作过于频繁",
    500: "系统出现意外",
    503: "服务暂时繁忙",
}
FEW = 4  # codes, and a response with them is likely to occur again
assert set(TITLES.values()) <= {*TITLE_OF.values(), "暂时不能办理"}


@lru_cache(maxsize=1)
def texts() -> dict[str, list[str]]:
    """Summary and description by `METHOD /path`."""
    loaded: dict[str, list[str]] = yaml.safe_load(TEXTS.read_text())
    return loaded


def complete(document: dict[str, Any], function: str, app: Flask, schemas: dict[str, Any]) -> None:
    """In place, every operation of one function's `document`."""
    for method, path, view in _views(app):
        operation = document["paths"].get(path, {}).get(method)
        if operation is not None:
            _complete(operation, f"{method.upper()} {path}", function, view, schemas)


def describe_fields(schemas: dict[str, Any]) -> None:
    """The names that forms have, instead of the framework's English titles."""
    for schema in schemas.values():
        schema.pop("title", None)
        for name, field in schema.get("properties", {}).items():
            field.pop("title", None)
            if name in FIELD_NAMES and "$ref" not in field:
                field.setdefault("description", FIELD_NAMES[name])


def share_responses(document: dict[str, Any]) -> None:
    """In place: a problem that several operations have in common stands once."""
    shared = document["components"]["responses"] = {}
    for operations in document["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                codes = _codes_of(response)
                if codes and len(codes) <= FEW:
                    name = f"Problem{status}_{'_'.join(codes)}"
                    shared[name] = response
                    operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}


def _codes_of(response: dict[str, Any]) -> list[str]:
    content = response.get("content", {}).get("application/problem+json")
    codes: list[str] = (
        content["schema"]["allOf"][1]["properties"]["code"]["enum"] if content else []
    )
    return codes


def _views(app: Flask) -> Iterator[tuple[str, str, Any]]:
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            yield method.lower(), path, app.view_functions[rule.endpoint]


def _complete(
    operation: dict[str, Any], key: str, function: str, view: Any, schemas: dict[str, Any]
) -> None:
    if not hasattr(view, "access"):
        raise ValueError(f"{key} says nothing of who may call it: see shared/http/access.py")
    summary, description = texts().get(key, ["", ""])
    operation["operationId"] = f"{function}_{inspect.unwrap(view).__name__}"
    operation["tags"] = [function]
    operation["summary"], operation["description"] = summary, description
    operation["security"] = [{one: []} for one in _schemes(view.access.name)]
    for one in operation.get("parameters", []):
        one["schema"].pop("title", None)
        one.setdefault("description", FIELD_NAMES.get(one["name"], one["name"]))
        one["example"] = example(one["schema"], schemas, one["name"])
    for content in operation.get("requestBody", {}).get("content", {}).values():
        content["example"] = example(content["schema"], schemas)
    operation["responses"] = _responses(operation, view, schemas)


def _schemes(access: str) -> tuple[str, ...]:
    return SCHEMES.get(access, (access.partition(":")[0],))


def _responses(operation: dict[str, Any], view: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    good = {code: one for code, one in operation["responses"].items() if code < "300"}
    good = good or {"200": {"content": {"text/csv": {"schema": {"type": "string"}}}}}
    for one in good.values():
        one["description"] = "成功"
        for kind, content in one.get("content", {}).items():
            if kind == "application/json":
                content["example"] = example(content["schema"], schemas)
    problems = {
        str(status): _problem(status, codes) for status, codes in _codes(operation, view).items()
    }
    return {**good, **problems}


def _codes(operation: dict[str, Any], view: Any) -> dict[int, list[str]]:
    plain = inspect.unwrap(view)
    models = [
        one
        for one in inspect.get_annotations(plain).values()
        if isinstance(one, type) and issubclass(one, BaseModel)
    ]
    found = {
        status: set(codes)
        for status, codes in codes_of([plain, view.access.check, *models]).items()
    }
    has_body = "requestBody" in operation
    always = {500: {"internal"}, 503: {"try_later"}}
    if has_body or operation.get("parameters"):
        always[422] = {"field_invalid", *(["body_unreadable"] if has_body else [])}
    if has_body:
        always[413] = {"too_large"}
    for status, codes in always.items():
        found.setdefault(status, set()).update(codes)
    return {status: sorted(codes) for status, codes in sorted(found.items())}


def _problem(status: int, codes: list[str]) -> dict[str, Any]:
    lines = "\n".join(f"- `{code}`：{REASONS[code]}" for code in codes)
    code, text = codes[0], REASONS[codes[0]]
    value = {
        "type": f"urn:visits:problem:{code}",
        "title": TITLE_OF[status],
        "status": status,
        "code": code,
        "detail": text,
        "errors": [{"code": code, "text": text}],
        "request_id": ID,
    }
    schema = {"allOf": [{"$ref": PROBLEM}, {"properties": {"code": {"enum": codes}}}]}
    content = {"application/problem+json": {"schema": schema, "example": value}}
    return {"description": f"{TITLE_OF[status]}\n\n{lines}", "content": content}
