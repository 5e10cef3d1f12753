"""What a request carries is read by the view's models, and everything wrong with it is told at once."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import Field

from shared.http.access import public
from shared.http.app import make_app
from shared.http.blueprint import Blueprint
from shared.http.fields import Body, Id, MobileNumber
from shared.ids import new_id


class ThingPath(Body):
    thing_id: Id


class Page(Body):
    limit: int = Field(10, le=50)


class Given(Body):
    model_config = {"extra": "ignore"}
    key: str | None = Field(None, alias="Idempotency-Key", max_length=5)


class Thing(Body):
    number: MobileNumber
    name: str


@pytest.fixture
def client() -> FlaskClient:
    app, api = make_app("things"), Blueprint("things", __name__, url_prefix="/things")

    @api.post("/<thing_id>")
    @public
    def post_thing(body: Thing, header: Given, query: Page, path: ThingPath) -> Any:
        return {"thing": [path.thing_id, query.limit, header.key, body.name, body.number]}

    app.register_blueprint(api)
    return app.test_client()


def test_each_part_is_read(client: FlaskClient) -> None:
    thing_id, thing = new_id(), {"number": "13800000001", "name": " 一 "}
    headers = {"idempotency-key": "k1"}
    answer = client.post(f"/things/{thing_id}?limit=5", json=thing, headers=headers)
    assert answer.json == {"thing": [thing_id, 5, "k1", "一", "13800000001"]}


def test_every_wrong_field_of_every_part_is_named_at_once(client: FlaskClient) -> None:
    thing = {"number": "1380000000", "more": 1}
    headers = {"Idempotency-Key": "too long"}
    answer = client.post("/things/nothing?limit=51&no=1", json=thing, headers=headers)
    assert answer.status_code == 422
    assert answer.json is not None
    assert {(one["code"], one["field"]) for one in answer.json["errors"]} == {
        ("number_invalid", "number"),
        *(("field_invalid", one) for one in ("name", "more", "Idempotency-Key", "limit", "no")),
        ("field_invalid", "thing_id"),
    }


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "field_invalid"), (b"[]", "field_invalid"), (b"{", "body_unreadable"), (b"\xff", "body_unreadable")],
)  # fmt: skip
def test_a_body_that_is_none(client: FlaskClient, data: bytes, code: str) -> None:
    answer = client.post(f"/things/{new_id()}", data=data, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["code"] == code
