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
HEAVY = {"dlib", "cv2", "numpy", "PIL", "scipy", "matplotlib", "docx", "face_recognition"}
SDKS = {"boto3", "botocore", "tencentcloud", "wechatpy", "requests"}
SPECIFICATION = {"flask_openapi3", "openapi_pydantic"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_what_every_request_needs_is_loaded(function: str) -> None:
    # A handler alone loads no routes: all of them, as the requests that ask for them would.
    code = f"import sys, functions.{function}.handler as it; it.routes.whole(); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & (HEAVY | SDKS | SPECIFICATION)
