"""WeCom's server API (cloud-facts 10), served under /wecom because WeChat has a /cgi-bin of its own."""

import hashlib
import secrets
from typing import TYPE_CHECKING, Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from . import moment, sent, tokens
from .calls import failed, json_answer
from .wecom_limits import bot_problem, message_problem

if TYPE_CHECKING:
    from .cloud import Cloud

CODE_SECONDS = 300
DUPLICATE_SECONDS = 1800
BOT_MESSAGES_A_MINUTE = 20
TOKEN_PROBLEMS = {
    "missing": (41001, "access_token missing"),
    "invalid": (40014, "invalid access_token"),
    "expired": (42001, "access_token expired"),
}
DONE = {"errcode": 0, "errmsg": "ok"}
Answer = dict[str, Any]


class WeCom:
    def __init__(self, cloud: "Cloud") -> None:
        self._cloud, self._store, self._settings = cloud, cloud.store, cloud.settings

    def issue_code(self, who: dict[str, str]) -> dict[str, str]:
        """An OAuth code, good once. `who` is `{userid}` for a member or `{openid}` for an outsider."""
        code = secrets.token_urlsafe(32)
        self._store.put("wecom_code", code, {"who": who, "at": moment.seconds()})
        return {"code": code, **who}

    def set_users(self, users: list[str] | None) -> None:
        """Who exists in the enterprise; None means that every name does."""
        self._store.put("wecom_users", "all", {"users": users})

    def gettoken(self) -> Answer:
        if request.args.get("corpid") != self._settings.wecom_corp_id:
            return failed(40013, "invalid corpid")
        if request.args.get("corpsecret") != self._settings.wecom_secret:
            return failed(40001, "invalid credential")
        token = tokens.issue(self._store, "wecom")
        return {**DONE, "access_token": token, "expires_in": tokens.LIFETIME_SECONDS}

    def getuserinfo(self) -> Answer:
        issued = self._store.pop("wecom_code", request.args.get("code", ""))
        if issued is None or issued["at"] + CODE_SECONDS < moment.seconds():
            return failed(40029, "invalid code")
        return {**DONE, **issued["who"]}

    def message(self, body: Answer, raw: bytes) -> Answer:
        if body.get("agentid") != self._settings.wecom_agent_id:
            return failed(40056, "invalid agentid")
        problem = message_problem(body)
        if problem:
            return failed(*problem)
        with self._store.transaction():
            return self._repeated(body, raw) or self._deliver(body, raw)

    def webhook(self, body: Answer, key: str) -> Answer:
        problem = (93000, "invalid webhook url") if not key else bot_problem(body)
        if problem:
            return failed(*problem)
        now = moment.seconds()
        with self._store.transaction():
            minute = (self._store.get("bot", key) or {"at": []})["at"]
            minute = [at for at in minute if now - 60 < at <= now]
            if len(minute) >= BOT_MESSAGES_A_MINUTE:
                return failed(45009, "api freq out of limit")
            self._store.put("bot", key, {"at": [*minute, now]})
            sent.record(self._store, "wecom", f"webhook:…{key[-4:]}", body)
        return DONE

    def token_problem(self) -> Answer | None:
        problem = tokens.problem(
            self._store,
            "wecom",
            request.args.get("access_token", ""),
            newest_only=self._cloud.newest_token_only,
        )
        return failed(*TOKEN_PROBLEMS[problem]) if problem else None

    def _repeated(self, body: Answer, raw: bytes) -> Answer | None:
        """The first answer again, when this very body was delivered within its interval."""
        if body.get("enable_duplicate_check") != 1:
            return None
        before = self._store.get("wecom_seen", hashlib.sha256(raw).hexdigest())
        interval = body.get("duplicate_check_interval", DUPLICATE_SECONDS)
        if before is None or before["at"] + interval < moment.seconds():
            return None
        answer: Answer = before["answer"]
        return answer

    def _deliver(self, body: Answer, raw: bytes) -> Answer:
        asked = [name for name in str(body.get("touser", "")).split("|") if name]
        known, unknown = self._sorted_out(asked)
        if not known:
            return {**failed(81013, "all to user are invalid"), "invaliduser": "|".join(unknown)}
        for name in known:
            sent.record(self._store, "wecom", name, {k: body[k] for k in body if k != "touser"})
        answer = {**DONE, "invaliduser": "|".join(unknown), "msgid": secrets.token_urlsafe(48)}
        digest = hashlib.sha256(raw).hexdigest()
        self._store.put("wecom_seen", digest, {"at": moment.seconds(), "answer": answer})
        return answer

    def _sorted_out(self, asked: list[str]) -> tuple[list[str], list[str]]:
        users = (self._store.get("wecom_users", "all") or {}).get("users")
        if users is None:
            return asked, []
        known = [name for name in asked if name in users or name == "@all"]
        return known, [name for name in asked if name not in known]


def blueprint(wecom: WeCom) -> Blueprint:
    pages = Blueprint("wecom", __name__, url_prefix="/wecom/cgi-bin")

    @pages.get("/gettoken")
    def gettoken() -> Response:
        return json_answer(wecom.gettoken())

    @pages.get("/auth/getuserinfo")
    def getuserinfo() -> Response:
        return json_answer(wecom.token_problem() or wecom.getuserinfo())

    @pages.post("/message/send")
    def message() -> Response:
        body = request.get_json(force=True, silent=True)
        if not isinstance(body, dict):
            return json_answer(wecom.token_problem() or failed(47001, "data format error"))
        return json_answer(wecom.token_problem() or wecom.message(body, request.get_data()))

    @pages.post("/webhook/send")
    def webhook() -> Response:
        body = request.get_json(force=True, silent=True)
        if not isinstance(body, dict):
            return json_answer(failed(47001, "data format error"))
        return json_answer(wecom.webhook(body, request.args.get("key", "")))

    return pages
