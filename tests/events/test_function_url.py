"""serverless-wsgi behind shared.scf, on a small app of its own (cloud-facts 7.2 and 8)."""

import json
from typing import Any

import pytest
from flask import Flask, jsonify, request

from shared import scf
from shared.errors import Conflict
from shared.http.access import public
from shared.http.app import make_app
from tests.events import load, names

DOCUMENTED = {"body", "headers", "httpMethod", "path", "queryString"}


@pytest.fixture
def handler() -> scf.Handler:
    app = Flask(__name__)

    @app.route("/echo", methods=["GET", "POST"])
    def echo() -> Any:
        return jsonify(
            query=request.args.to_dict(),
            client=request.remote_addr,
            body=request.get_data(as_text=True),
            method=request.method,
            type=request.content_type,
        )

    @app.route("/nothing", methods=["DELETE"])
    def nothing() -> Any:
        return "", 204

    return scf.http(app)


def asked(handler: scf.Handler, name: str) -> dict[str, Any]:
    answer = handler(load(name), {"request_id": "1"})
    assert answer["statusCode"] == 200
    assert answer["isBase64Encoded"] is False
    shown: dict[str, Any] = json.loads(answer["body"])
    return shown


@pytest.mark.parametrize("name", [*names("url_"), *names("trtc_")])
def test_the_recorded_events_have_the_documented_shape(name: str) -> None:
    event = load(name)
    assert set(event) <= DOCUMENTED
    assert DOCUMENTED - set(event) <= {"body"}
    assert all(header == header.lower() for header in event["headers"])
    length = len(event.get("body", "").encode())
    assert event["headers"]["content-length"] == str(length)


def test_query_client_and_body_reach_flask(handler: scf.Handler) -> None:
    assert asked(handler, "url_post") == {
        "query": {"a": "1", "b": "二 二"},
        "client": "111.206.96.145",
        "body": '{"test":"hello 会见"}',
        "method": "POST",
        "type": "application/json",
    }


def test_a_get_has_its_query_and_no_body(handler: scf.Handler) -> None:
    shown = asked(handler, "url_get")
    assert shown["query"] == {"relationship_id": "01kbbk7v00tie0000000000001"}
    assert (shown["method"], shown["body"]) == ("GET", "")


def test_a_missing_body_is_an_empty_one(handler: scf.Handler) -> None:
    assert asked(handler, "url_post_without_body")["body"] == ""


def test_no_content_still_has_a_body_of_text(handler: scf.Handler) -> None:
    answer = handler(load("url_answered_204"), {})
    assert answer["statusCode"] == 204
    assert answer["body"] == ""
    assert answer["isBase64Encoded"] is False


@pytest.mark.parametrize("missing", ["headers", "queryString", "body"])
def test_a_part_that_is_null_does_no_harm(handler: scf.Handler, missing: str) -> None:
    answer = handler({**load("url_get"), missing: None}, {})
    assert answer["statusCode"] == 200


def test_a_problem_goes_out_as_text() -> None:
    app = make_app(__name__)

    @app.get("/echo")
    @public
    def refuse() -> Any:
        raise Conflict.of("changed_meanwhile")

    answer = scf.http(app)(load("url_get"), {})
    assert answer["statusCode"] == 409
    assert answer["isBase64Encoded"] is False
    assert answer["headers"]["Content-Type"] == scf.PROBLEM_JSON
    assert "这条记录刚刚被其他人处理过" in answer["body"]
