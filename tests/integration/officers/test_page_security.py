"""What a browser is told about every answer, and what another site's page can do: nothing."""

from pathlib import Path
from typing import Any

import pytest

from functions.approve import page
from tests.integration.officers.test_queue import decide
from tests.integration.steps import approved, booked
from tests.integration.test_access import ROUTES
from tests.integration.world import Answer, World

ELSEWHERE = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
HTML = "<img src=x onerror=alert(1)><script>alert(2)</script>"


def assert_safe(answer: Answer) -> None:
    said = answer.headers
    assert said["Cache-Control"] == "no-store"
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in said["Content-Security-Policy"]
    assert said["Referrer-Policy"] == "no-referrer"
    assert not [name for name in said if name.lower().startswith("access-control-")]


def test_every_answer_says_so_also_to_another_site(world: World) -> None:
    for route in ROUTES:
        body: Any = None if route.method == "GET" else {}
        assert_safe(world.call(route.method, route.path, body, headers=ELSEWHERE))


def test_the_page_runs_only_its_own_scripts(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>会见</title>")
    (tmp_path / "assets" / "index.js").write_text("1")
    monkeypatch.setattr(page, "BUILT", tmp_path)
    for path in ("/approve/page/", "/approve/page/assets/index.js"):
        answer = world.get(path)
        assert answer.status == 200
        assert_safe(answer)
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    for outside in ("..%2Findex.html", "%2e%2e%2findex.html", "..", "x.js", "index.js%00"):
        assert world.get(f"/approve/page/assets/{outside}").status == 404


def test_html_in_a_text_comes_back_as_text(world: World) -> None:
    visit_id = booked(world)
    refused = decide(world, "wang", "visit", visit_id, approve=False, reason=HTML)
    assert refused.status == 200
    shown = world.get(f"/approve/v1/queue/visit/{visit_id}", token=world.officer("wang"))
    assert shown.headers["Content-Type"] == "application/json"
    assert shown.json["refusals"][0]["reason"] == HTML
    assert_safe(shown)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain", None])
def test_a_form_of_another_site_changes_nothing(world: World, kind: str | None) -> None:
    """A browser sends a form with cookies and without asking first; it cannot send our token."""
    visit_id = approved(world)
    headers = {**ELSEWHERE, **({"Content-Type": kind} if kind else {})}
    for path in (f"/approve/v1/visits/{visit_id}/end", "/approve/v1/queue/decisions"):
        answer = world.call("POST", path, headers=headers, raw='{"reason":"x"}')
        assert answer.status == 401
