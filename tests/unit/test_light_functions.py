"""A cold start pays for what a function imports: nothing heavy, and no SDK, before the call that needs it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = (
    "booking",
    "approve",
    "phone_realname",
    "ops_ticket",
    "verify_face",
    "monitor_hook",
)
HEAVY = {
    "dlib",
    "cv2",
    "onnxruntime",
    "numpy",
    "PIL",
    "scipy",
    "matplotlib",
    "docx",
    "face_recognition",
}
SDKS = {"boto3", "botocore", "tencentcloud", "wechatpy", "requests"}
SPECIFICATION = {"flask_openapi3", "openapi_pydantic"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_what_every_request_needs_is_loaded(function: str) -> None:
    # A handler alone loads no routes: all of them, as the requests that ask for them would.
    loaded = _loaded(f"import functions.{function}.handler as it; it.routes.whole()")
    assert not {name.partition(".")[0] for name in loaded} & (HEAVY | SDKS | SPECIFICATION)


@pytest.mark.parametrize("function", ["booking", "phone_realname"])
def test_the_first_requests_know_no_rooms(function: str) -> None:
    """Nine tables, mapped at the start of every process, for what neither registering nor a list of phones reads."""
    loaded = _loaded(f"import functions.{function}.handler as it; it.routes.group(0)")
    assert "shared.models.rooms" not in loaded


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_garbage_is_looked_for_in_a_start_and_then_it_is(function: str) -> None:
    told = _told(
        f"import gc, functions.{function}.handler; "
        "print(gc.isenabled(), gc.get_stats()[2]['collections'], gc.get_freeze_count() > 50_000)"
    )
    assert told == ["True", "0", "True"]


def _loaded(code: str) -> set[str]:
    return set(_told(f"{code}; import sys; print(*sys.modules)"))


def _told(code: str) -> list[str]:
    """What a process prints that runs `code`, word by word."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.split()
