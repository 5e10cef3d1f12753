"""What tests and the journey tell the emulated cloud: `/local/…`, which no real cloud has."""

from typing import TYPE_CHECKING

from flask import Blueprint, request
from werkzeug.wrappers import Response

from . import control_rooms, queue, sent
from .calls import json_answer
from .control_input import given, problem
from .faults import KINDS

if TYPE_CHECKING:
    from .cloud import Cloud

DONE = {"ok": True}


def blueprint(cloud: "Cloud") -> Blueprint:
    pages = Blueprint("control", __name__, url_prefix="/local")
    _people(pages, cloud)
    _faults(pages, cloud)
    _deliveries(pages, cloud)
    control_rooms.add_routes(pages, cloud)
    return pages


def _people(pages: Blueprint, cloud: "Cloud") -> None:
    @pages.post("/wechat/codes")
    def wechat_code() -> Response:
        return json_answer(dict(cloud.wechat.issue_code(given().get("openid", ""))))

    @pages.post("/wechat/phone_codes")
    def phone_code() -> Response:
        asked = given("openid", "phone")
        return json_answer(dict(cloud.wechat.issue_phone_code(asked["openid"], asked["phone"])))

    @pages.post("/wecom/codes")
    def wecom_code() -> Response:
        asked = given()
        who = (
            {"openid": asked["openid"]}
            if "openid" in asked
            else {"userid": given("user_id")["user_id"]}
        )
        return json_answer(dict(cloud.wecom.issue_code(who)))

    @pages.post("/wecom/users")
    def wecom_users() -> Response:
        cloud.wecom.set_users(given("users")["users"])
        return json_answer(DONE)

    @pages.post("/people")
    def person() -> Response:
        asked = given("name", "id_number", "phone")
        cloud.faceid.add_person(asked["name"], asked["id_number"], asked["phone"])
        return json_answer(DONE)

    @pages.post("/faceid/liveness")
    def liveness() -> Response:
        cloud.faceid.script_liveness(given())
        return json_answer(DONE)

    @pages.post("/faceid/card")
    def card() -> Response:
        cloud.faceid.script_card(given())
        return json_answer(DONE)

    @pages.post("/faceid/eid")
    def eid() -> Response:
        asked = given("token", "text")
        if not cloud.faceid.script_eid(asked["token"], asked["text"], asked.get("frames", [])):
            return problem(404, "NoSuchToken", "unknown EidToken")
        return json_answer(DONE)

    @pages.get("/sent")
    def sent_so_far() -> Response:
        channel, to = request.args.get("channel", ""), request.args.get("to", "")
        return json_answer({"sent": sent.listed(cloud.store, channel, to)})


def _faults(pages: Blueprint, cloud: "Cloud") -> None:
    @pages.post("/faults")
    def order_fault() -> Response:
        asked = given("match", "kind")
        if asked["kind"] not in KINDS:
            return problem(400, "NoSuchKind", f"kind is one of {', '.join(KINDS)}")
        times, code = int(asked.get("times", 1)), str(asked.get("code", ""))
        seconds = float(asked.get("seconds", 30.0 if asked["kind"] == "timeout" else 1.0))
        cloud.faults.order(asked["match"], times, asked["kind"], code, seconds)
        return json_answer(DONE)

    @pages.get("/faults")
    def faults() -> Response:
        return json_answer({"faults": cloud.faults.listed()})

    @pages.delete("/faults")
    def clear_faults() -> Response:
        cloud.faults.clear()
        return json_answer(DONE)


def _deliveries(pages: Blueprint, cloud: "Cloud") -> None:
    @pages.post("/callbacks")
    def order_callbacks() -> Response:
        asked = given()
        cloud.callbacks.order(
            duplicate=int(asked.get("duplicate", 0)),
            shuffle=bool(asked.get("shuffle", False)),
            drop=list(asked.get("drop", [])),
        )
        return json_answer(DONE)

    @pages.get("/callbacks")
    def deliveries() -> Response:
        return json_answer({"deliveries": queue.listed(cloud.store, request.args.get("line", ""))})
