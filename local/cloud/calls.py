"""The name under which each call can be made to fail, and how each provider words a refusal."""

import json
import re
import secrets
from typing import Any

from werkzeug.wrappers import Response

PATHS = {
    "/sns/jscode2session": "wechat.code2session",
    "/cgi-bin/token": "wechat.token",
    "/wxa/business/getuserphonenumber": "wechat.phone",
    "/cgi-bin/message/subscribe/send": "wechat.message",
    "/wxa/msg_sec_check": "wechat.text_check",
    "/wecom/cgi-bin/gettoken": "wecom.token",
    "/wecom/cgi-bin/message/send": "wecom.message",
    "/wecom/cgi-bin/auth/getuserinfo": "wecom.user",
    "/wecom/cgi-bin/webhook/send": "wecom.webhook",
    "/v4/openim/batchsendmsg": "im.message",
}
PRODUCTS = {"2018-03-01": "faceid", "2019-07-22": "trtc", "2021-01-11": "sms"}


def name(environ: dict[str, Any]) -> str | None:
    """`wechat.message`, `faceid.PhoneVerification`, …; None for the control endpoints."""
    if environ["PATH_INFO"] in PATHS:
        return PATHS[environ["PATH_INFO"]]
    action = environ.get("HTTP_X_TC_ACTION")
    if environ["PATH_INFO"] == "/" and action:
        return f"{PRODUCTS.get(environ.get('HTTP_X_TC_VERSION', ''), 'tencent')}.{action}"
    return None


def refusal(call: str, code: str) -> Response:
    if call.startswith(("wechat.", "wecom.")):
        return json_answer(failed(int(code or -1), "ordered by the emulator"))
    if call.startswith("im."):
        return json_answer({"ActionStatus": "FAIL", "ErrorCode": int(code or 91000)})
    if re.fullmatch(r"-?\d+", code):  # faceid says its business results with HTTP 200 and no Error
        return tencent_answer({"Result": code, "Description": "ordered by the emulator"})
    return tencent_error(code or "InternalError", "ordered by the emulator")


def json_answer(body: dict[str, Any], status: int = 200) -> Response:
    """Content type exactly `application/json`: with a charset the official SDK overlooks errors."""
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, status=status, content_type="application/json")


def failed(code: int, message: str) -> dict[str, Any]:
    """An error as WeChat and WeCom word it: HTTP 200 and an errcode."""
    return {"errcode": code, "errmsg": f"{message}, hint: emulated"}


def tencent_answer(body: dict[str, Any]) -> Response:
    return json_answer({"Response": {**body, "RequestId": secrets.token_hex(16)}})


def tencent_error(code: str, message: str) -> Response:
    return tencent_answer({"Error": {"Code": code, "Message": message}})
