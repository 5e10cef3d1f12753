"""The container recipe names what is there, and its entry points answer; no container engine is needed for this."""

import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from werkzeug.test import Client

from server import event, web

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
OBJECT = {
    "Records": [
        {
            "eventName": "s3:ObjectCreated:Put",
            "s3": {"bucket": {"name": "visits"}, "object": {"key": "frames%2Fone.jpg"}},
        }
    ]
}


def test_everything_that_is_copied_is_there_and_let_through() -> None:
    copied = [one.split()[1:-1] for one in re.findall(r"^COPY .+$", DOCKERFILE, re.MULTILINE)]
    let_through = (ROOT / ".dockerignore").read_text().splitlines()
    for path in (one for line in copied for one in line):
        assert (ROOT / path).exists(), path
        assert f"!{path}" in let_through, path


def test_every_command_names_something_that_loads() -> None:
    commands = [json.loads(one) for one in re.findall(r"^CMD (\[.+\])$", DOCKERFILE, re.MULTILINE)]
    for command in commands:
        module, _, name = command[-1].partition(":")
        assert callable(getattr(import_module(module), name))
    for service in COMPOSE["services"].values():
        command = service.get("command", [])
        if command[:2] == ["python", "-m"]:
            assert import_module(command[2])


def test_compose_asks_for_secrets_and_holds_none() -> None:
    text = (ROOT / "compose.yaml").read_text()
    for name in ("DATABASE_PASSWORD", "OBJECTS_TOKEN", "TENCENT_SECRET_KEY"):
        assert set(re.findall(rf"\$\{{{name}([^}}]*)\}}", text)) == {":?"}
    services = COMPOSE["services"].keys()
    for service in COMPOSE["services"].values():
        assert service.get("depends_on", {}).keys() <= services


def test_one_address_serves_all_functions(database: str) -> None:
    client = Client(web.app)
    assert client.get("/ops/v1/health").status_code == 200
    assert client.get("/booking/v1/registration").status_code == 401
    assert client.get("/elsewhere").status_code == 404


def test_the_store_s_word_is_taken_with_its_token_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("functions.monitor_hook.watch_frame.watch_frame", told.append)
    client = Client(web.app)
    assert client.post("/objects", json=OBJECT).status_code == 401
    monkeypatch.setenv("OBJECTS_TOKEN", "made-up")
    assert client.post("/objects", json=OBJECT).status_code == 401
    good = {"Authorization": "Bearer made-up"}
    assert client.post("/objects", json=OBJECT, headers=good).status_code == 204
    assert told == ["frames/one.jpg"]


def test_an_image_function_answers_its_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUNCTION", "verify_face")
    url = json.loads((ROOT / "tests" / "events" / "url_get.json").read_text())
    answer = Client(event.app).post("/event-invoke", json=url)
    assert answer.status_code == 200
    assert answer.get_json()["statusCode"] == 404
