"""Every route of every function says who may call it, and holds to it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pytest
from flask import Flask

from local.sample_people import GUO
from server.functions import PREFIXES
from shared import scf
from shared.http.access import Access, officers, public, relatives
from shared.http.app import make_app
from shared.http.blueprint import Blueprint
from shared.ids import new_id
from shared.models.officers import Officer, Role
from shared.models.places import Site
from tests.integration.problems import assert_problem
from tests.integration.world import World

FUNCTIONS = sorted(PREFIXES.values())
# A new line here is a decision: whoever finds the address may call it.
PUBLIC = {
    "POST /booking/v1/session",
    "GET /approve/v1/session/wecom",
    "POST /approve/v1/session/wecom",
    "POST /approve/v1/session/password",
    "GET /approve/page/",
    "GET /approve/page/assets/<name>",
    "GET /ops/v1/health",
}


@dataclass(frozen=True)
class Route:
    method: str
    rule: str
    access: Access | None

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule}"

    @property
    def path(self) -> str:
        """With an id in every place for one."""
        return re.sub(r"<[^>]+>", lambda _: new_id(), self.rule)


def routes_of(app: Flask) -> Iterator[Route]:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Route(method, rule.rule, getattr(view, "access", None))


def undeclared(app: Flask) -> list[str]:
    return [route.name for route in routes_of(app) if route.access is None]


def app_of(function: str) -> Flask:
    app: Flask = import_module(f"functions.{function}.handler").routes.whole()
    return app


ROUTES = [route for function in FUNCTIONS for route in routes_of(app_of(function))]
CLOSED = [route for route in ROUTES if route.access and route.access.name != "public"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_route_declares_its_access(function: str) -> None:
    app = app_of(function)
    assert len(list(routes_of(app))) > 0
    assert undeclared(app) == []


def test_a_deliberately_open_route_is_found_and_answers_nobody() -> None:
    """The test above is worth something only if this one holds."""
    app = make_app("throw_away")

    @app.get("/declared")
    @public
    def declared() -> Any:
        return {}

    @app.get("/open/<thing>")
    def forgotten(thing: str) -> Any:
        raise AssertionError("nobody may get here")

    assert undeclared(app) == ["GET /open/<thing>"]
    answers = {
        path: scf.http(app)({"headers": {}, "httpMethod": "GET", "path": path}, {})
        for path in ("/declared", "/open/1")
    }
    assert answers["/declared"]["statusCode"] == 200
    assert answers["/open/1"]["statusCode"] == 500
    assert "internal" in answers["/open/1"]["body"]


def test_access_declared_on_the_wrong_side_of_the_route_does_not_count() -> None:
    app, api = make_app("throw_away"), Blueprint("throw_away", __name__, url_prefix="/throw-away")

    @public
    @api.get("/turned-round")
    def turned_round() -> Any:
        raise AssertionError("nobody may get here")

    app.register_blueprint(api)
    assert undeclared(app) == ["GET /throw-away/turned-round"]
    event = {"headers": {}, "httpMethod": "GET", "path": "/throw-away/turned-round"}
    assert scf.http(app)(event, {})["statusCode"] == 500


def test_the_public_routes_are_these_and_no_others() -> None:
    open_to_all = {route.name for route in ROUTES if route.access and route.access.name == "public"}
    assert open_to_all == PUBLIC


def test_every_function_is_behind_its_own_prefix() -> None:
    for prefix, function in PREFIXES.items():
        assert all(route.rule.startswith(prefix) for route in routes_of(app_of(function)))


@pytest.mark.parametrize("route", CLOSED, ids=lambda route: route.name)
def test_nobody_gets_in_without_being_the_right_one(world: World, route: Route) -> None:
    roleless = Officer(id=new_id(), site_id=world.one(Site).id, name="无岗位", username="roleless")
    world.add(roleless)
    assert route.access is not None
    tokens = {
        "nobody": None,
        "forged": "W10.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb",
        "relative": world.relative(GUO.openid),
        "officer": world.officer("roleless"),
    }
    for kind, token in tokens.items():
        answer = world.call(route.method, route.path, {}, token=token)
        if route.access.name == "people" and kind in ("relative", "officer"):
            assert answer.status not in (401, 403), answer.text
        elif route.access.name != kind:
            assert answer.status == 401, f"{kind}: {answer.text}"
        elif kind == "officer":
            assert_problem(answer, 403, "not_allowed")
        else:
            assert answer.status not in (401, 403), answer.text


def test_one_of_several_roles_is_enough(world: World) -> None:
    app = make_app("throw_away")

    @app.get("/both")
    @officers(Role.SUPERVISOR, Role.VISIT_OFFICER)
    def both() -> Any:
        return {}

    @app.get("/families")
    @relatives
    def families() -> Any:
        return {}

    def ask(path: str, token: str) -> int:
        headers = {"authorization": f"Bearer {token}"}
        event = {"headers": headers, "httpMethod": "GET", "path": path}
        status: int = scf.http(app)(event, {})["statusCode"]
        return status

    asked = {name: ask("/both", world.officer(name)) for name in ("wang", "sun", "qian")}
    assert asked == {"wang": 200, "sun": 200, "qian": 403}
    assert ask("/families", world.relative(GUO.openid)) == 200
