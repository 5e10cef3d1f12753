"""Reading the control endpoints' requests, and their refusals."""

import base64
import binascii
from typing import Any

from flask import abort, request
from werkzeug.wrappers import Response

from .calls import json_answer


def given(*names: str) -> dict[str, Any]:
    """The body, as JSON whatever its content type says; 400 names what is missing."""
    body = request.get_json(force=True, silent=True)
    body = body if isinstance(body, dict) else {}
    missing = [name for name in names if name not in body]
    if missing:
        abort(problem(400, "Missing", f"missing: {', '.join(missing)}"))
    return body


def problem(status: int, code: str, message: str) -> Response:
    return json_answer({"code": code, "message": message}, status)


def decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        abort(problem(400, "NotBase64", "not base64"))
