"""SIGKILL: what was acknowledged is there afterwards."""

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import requests
from botocore.exceptions import BotoCoreError

from .clients import s3
from .harness import SETTINGS, Receiver, Served, ticket, until

DEAD_END = "http://127.0.0.1:9/nobody-listens"


def start(state: Path, callback_url: str) -> tuple[subprocess.Popen[str], dict[str, str]]:
    command = [sys.executable, "-m", "local.cloud", "--state", str(state)]
    command += ["--callback-url", callback_url, "--object-url", callback_url]
    command += ["--retry-seconds", "0.5"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    addresses: dict[str, str] = json.loads(process.stdout.readline())
    return process, addresses


def kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def post(url: str, body: Any) -> Any:
    return requests.post(url, json=body, timeout=5).json()


def put_without_end(cos: Any, acknowledged: list[str]) -> None:
    for number in range(100_000):
        cos.put_object(Bucket=SETTINGS.cos_bucket, Key=f"o{number}", Body=b"y" * 20_000)
        acknowledged.append(f"o{number}")


def test_a_kill_loses_nothing_acknowledged(tmp_path: Path, receiver: Receiver) -> None:
    process, at = start(tmp_path, DEAD_END)
    try:
        code = post(f"{at['url']}/local/wechat/codes", {"openid": "o-mother"})["code"]
        post(f"{at['url']}/local/trtc/rooms/visit-1/enter", ticket("mother", "visit-1"))
        bot = {"msgtype": "text", "text": {"content": "工单"}}
        post(f"{at['url']}/wecom/cgi-bin/webhook/send?key=k", bot)
        cos = s3(at["cos"])
        for number in range(20):
            cos.put_object(Bucket=SETTINGS.cos_bucket, Key=f"o{number}", Body=b"x" * 5000)
    finally:
        kill(process)

    created: list[dict[str, Any]] = []
    served = Served(tmp_path, receiver.url, on_object_created=created.append)
    try:
        listed = s3(served.cloud.cos_endpoint).list_objects_v2(Bucket=SETTINGS.cos_bucket)
        assert len(listed["Contents"]) == 20
        until(lambda: receiver.types() == [101, 103], 15)
        until(lambda: len({json.dumps(event) for event in created}) == 20)
        assert len(served.get("/local/sent")["sent"]) == 1
        assert served.get("/local/trtc/rooms/visit-1")["members"] == ["mother"]
        query = {"appid": SETTINGS.wechat_appid, "secret": SETTINGS.wechat_secret}
        query |= {"js_code": code, "grant_type": "authorization_code"}
        assert served.get("/sns/jscode2session", **query)["openid"] == "o-mother"
    finally:
        served.close()


def test_killed_while_writing_every_answer_holds(tmp_path: Path) -> None:
    """Objects are put as fast as they go and the cloud is killed in the middle of it."""
    process, at = start(tmp_path, DEAD_END)
    acknowledged: list[str] = []
    cos = s3(at["cos"])
    threading.Timer(0.3, process.send_signal, [signal.SIGKILL]).start()
    with pytest.raises(BotoCoreError):
        put_without_end(cos, acknowledged)
    kill(process)
    assert acknowledged
    process, at = start(tmp_path, DEAD_END)
    try:
        cos = s3(at["cos"])
        listed = cos.list_objects_v2(Bucket=SETTINGS.cos_bucket)["Contents"]
        sizes = {item["Key"]: item["Size"] for item in listed}
        assert set(acknowledged) <= set(sizes) and set(sizes.values()) == {20_000}
    finally:
        kill(process)
