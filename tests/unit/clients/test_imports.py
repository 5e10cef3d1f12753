"""A cold start pays for no SDK, and no log level shows what a request holds."""

import logging
import subprocess
import sys

import pytest

MODULES = (
    "access_tokens",
    "faceid",
    "sms",
    "storage",
    "tencent",
    "trtc",
    "usersig",
    "wechat",
    "wecom",
)
HEAVY = ("boto3", "botocore", "requests", "tencentcloud", "wechatpy")


def test_importing_the_clients_imports_no_sdk() -> None:
    lines = [f"import shared.clients.{name}" for name in MODULES]
    lines.append(f"import sys; print([name for name in {HEAVY} if name in sys.modules])")
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["urllib3.connectionpool", "tencentcloud_sdk_common", "botocore"])
def test_loggers_that_print_requests_stay_quiet(name: str) -> None:
    assert not logging.getLogger(name).isEnabledFor(logging.DEBUG)
