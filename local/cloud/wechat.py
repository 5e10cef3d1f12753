"""WeChat's mini-program server API (cloud-facts 9)."""

import base64
import re
import secrets
from typing import TYPE_CHECKING, Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from . import moment, sent, tokens
from .calls import failed, json_answer

if TYPE_CHECKING:
    from .cloud import Cloud

CODE_SECONDS = 300
LONGEST = {"thing": 20, "phrase": 5, "character_string": 32}
TOKEN_PROBLEMS = {
    "missing": (41001, "access_token missing"),
    "invalid": (40001, "invalid credential, access_token is invalid or not latest"),
    "expired": (42001, "access_token expired"),
}
DONE = {"errcode": 0, "errmsg": "ok"}
Answer = dict[str, Any]


class WeChat:
    def __init__(self, cloud: "Cloud") -> None:
        self._cloud, self._store, self._settings = cloud, cloud.store, cloud.settings

    def issue_code(self, openid: str) -> dict[str, str]:
        """What `wx.login` would give: a code good for one sign-in, and whose it is."""
        openid = openid or "o" + secrets.token_urlsafe(20)[:27]
        code = secrets.token_hex(16)
        with self._store.transaction():
            session_key = base64.b64encode(secrets.token_bytes(16)).decode()
            self._store.put("openid", openid, {"session_key": session_key})
            self._store.put("wechat_code", code, {"openid": openid, "at": moment.seconds()})
        return {"code": code, "openid": openid}

    def issue_phone_code(self, openid: str, phone: str) -> dict[str, str]:
        code = secrets.token_hex(32)
        body = {"openid": openid, "phone": phone, "at": moment.seconds()}
        self._store.put("wechat_phone_code", code, body)
        return {"code": code}

    def code2session(self) -> Answer:
        problem = self._application_problem()
        if problem:
            return problem
        if request.args.get("grant_type") != "authorization_code":
            return failed(40002, "invalid grant_type")
        issued = self._fresh("wechat_code", request.args.get("js_code", ""))
        if issued is None:
            return failed(40029, "invalid code")
        person = self._store.get("openid", issued["openid"]) or {}
        return {"openid": issued["openid"], "session_key": person.get("session_key", "")}

    def token(self) -> Answer:
        problem = self._application_problem()
        if problem:
            return problem
        if request.args.get("grant_type") != "client_credential":
            return failed(40002, "invalid grant_type")
        token = tokens.issue(self._store, "wechat")
        return {"access_token": token, "expires_in": tokens.LIFETIME_SECONDS}

    def phone(self, body: Answer) -> Answer:
        issued = self._fresh("wechat_phone_code", str(body.get("code", "")))
        if issued is None:
            return failed(40029, "invalid code")
        if body.get("openid") and body["openid"] != issued["openid"]:
            return failed(40013, "the code belongs to another openid")
        watermark = {"timestamp": int(moment.seconds()), "appid": self._settings.wechat_appid}
        number = issued["phone"]
        info = {"phoneNumber": number, "purePhoneNumber": number, "countryCode": "86"}
        return {**DONE, "phone_info": {**info, "watermark": watermark}}

    def message(self, body: Answer) -> Answer:
        touser, template = str(body.get("touser", "")), str(body.get("template_id", ""))
        if self._store.get("openid", touser) is None:
            return failed(40003, "invalid openid")
        if template not in self._cloud.wechat_templates:
            return failed(40037, "invalid template_id")
        wrong = wrong_argument(body.get("data"))
        if wrong:
            return failed(47003, f"argument invalid! {wrong}")
        if body.get("miniprogram_state", "formal") not in ("developer", "trial", "formal"):
            return failed(47003, "argument invalid! miniprogram_state")
        shown = {name: body[name] for name in body if name != "touser"}
        sent.record(self._store, "wechat", touser, shown)
        return {**DONE, "msgid": secrets.randbits(60)}

    def text_check(self, body: Answer) -> Answer:
        content = body.get("content")
        if not isinstance(content, str) or not content or len(content) > 2500:
            return failed(47001, "content is missing or too long")
        if body.get("version") != 2 or body.get("scene") not in (1, 2, 3, 4):
            return failed(47001, "version must be 2 and scene 1 to 4")
        if self._store.get("openid", str(body.get("openid", ""))) is None:
            return failed(40003, "invalid openid")
        risky = any(word in content for word in self._cloud.risky_words)
        verdict = {"suggest": "risky" if risky else "pass", "label": 20013 if risky else 100}
        detail = [{"strategy": "content_model", "errcode": 0, **verdict, "prob": 90}]
        return {**DONE, "result": verdict, "detail": detail, "trace_id": secrets.token_hex(16)}

    def token_problem(self) -> Answer | None:
        problem = tokens.problem(
            self._store,
            "wechat",
            request.args.get("access_token", ""),
            newest_only=self._cloud.newest_token_only,
        )
        return failed(*TOKEN_PROBLEMS[problem]) if problem else None

    def _application_problem(self) -> Answer | None:
        if request.args.get("appid") != self._settings.wechat_appid:
            return failed(40013, "invalid appid")
        if request.args.get("secret") != self._settings.wechat_secret:
            return failed(40125, "invalid appsecret")
        return None

    def _fresh(self, kind: str, code: str) -> Answer | None:
        """The code's contents, once, and only within its five minutes."""
        issued = self._store.pop(kind, code)
        if issued is None or issued["at"] + CODE_SECONDS < moment.seconds():
            return None
        return issued


def wrong_argument(data: Any) -> str:
    """The first field of a subscribe message that WeChat would not take, or nothing."""
    if not isinstance(data, dict) or not data:
        return "data is empty"
    for name, field in data.items():
        value = field.get("value") if isinstance(field, dict) else None
        limit = LONGEST.get(re.sub(r"\d+$", "", name))
        if value in (None, "") or (limit and len(str(value)) > limit):
            return f"data.{name}.value is empty or too long"
    return ""


def blueprint(wechat: WeChat) -> Blueprint:
    """The routes; every POST needs a token, and parses JSON whatever the content type says."""
    pages = Blueprint("wechat", __name__)
    posts = {
        "/wxa/business/getuserphonenumber": wechat.phone,
        "/cgi-bin/message/subscribe/send": wechat.message,
        "/wxa/msg_sec_check": wechat.text_check,
    }

    @pages.get("/sns/jscode2session")
    def code2session() -> Response:
        return json_answer(wechat.code2session())

    @pages.get("/cgi-bin/token")
    def token() -> Response:
        return json_answer(wechat.token())

    def post() -> Response:
        body = request.get_json(force=True, silent=True)
        if not isinstance(body, dict):
            return json_answer(wechat.token_problem() or failed(47001, "data format error"))
        return json_answer(wechat.token_problem() or posts[request.path](body))

    for path in posts:
        pages.add_url_rule(path, path.strip("/").replace("/", "_"), post, methods=["POST"])
    return pages
