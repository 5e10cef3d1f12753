"""Tencent IM's REST API, as far as the product uses it: one message to several users who are online."""

from typing import TYPE_CHECKING, Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from . import sent, usersig
from .calls import json_answer

if TYPE_CHECKING:
    from .cloud import Cloud

MOST_RECEIVERS = 500
OK = {"ActionStatus": "OK", "ErrorCode": 0, "ErrorInfo": ""}


def blueprint(cloud: "Cloud") -> Blueprint:
    pages = Blueprint("im", __name__)

    @pages.post("/v4/openim/batchsendmsg")
    def send() -> Response:
        return json_answer(_sent(cloud, request.get_json(force=True)))

    return pages


def failed(code: int, message: str) -> dict[str, Any]:
    return {"ActionStatus": "FAIL", "ErrorCode": code, "ErrorInfo": message}


def _sent(cloud: "Cloud", body: dict[str, Any]) -> dict[str, Any]:
    asked = request.args
    if asked.get("sdkappid") != str(cloud.settings.trtc_sdk_app_id):
        return failed(70013, "sdkappid is not yours")
    if asked.get("contenttype") != "json" or not asked.get("random", "").isdigit():
        return failed(60012, "contenttype and random are needed")
    try:
        door = cloud.rooms.door()
        door.check_user_sig(cloud.settings.im_administrator, asked.get("usersig", ""))
    except usersig.Refused as error:
        return failed(70009, str(error))
    if asked.get("identifier") != cloud.settings.im_administrator:
        return failed(90009, "the request requires app admin permissions")
    receivers = body.get("To_Account")
    if not isinstance(receivers, list) or not 1 <= len(receivers) <= MOST_RECEIVERS:
        return failed(90003, "To_Account")
    for one in receivers:
        sent.record(cloud.store, "im", str(one), body)
    return OK
