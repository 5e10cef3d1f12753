"""Whatever the vendor of the ordinary visit system reads in the integration document works, against the running gateway."""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from local.journey.runner import GatewayProcess
from local.journey.world import World
from local.sample_people import GUO, SITE
from shared import clock
from shared.clients.deliveries import signed_headers
from shared.clock import read_moment
from shared.reasons import REASONS
from shared.rules import signatures
from tests.integration.onsite.document import Block, blocks, same
from tests.integration.onsite.peer import Peer, peer

ROOT = Path(__file__).parents[3]
PATIENCE_MINUTES, MINUTE_S = 20, 2


class Vendor:
    """Reads the document from top to bottom and does what it says."""

    def __init__(self, gateway: GatewayProcess, other: Peer, folder: Path) -> None:
        self.gateway, self.other, self.folder = gateway, other, folder
        self.system = self.key = ""
        self.last: Block | None = None
        self.done: list[str] = []
        self._answer: requests.Response | None = None

    def follow(self, block: Block) -> None:
        kind, _, rest = block.mark.partition(" ")
        acts: dict[str, Callable[[Block, str], None]] = {"执行": self._do, "应答": self._check}
        acts[kind](block, rest)
        self.done.append(block.mark)

    def _do(self, block: Block, what: str) -> None:
        acts: dict[str, Callable[[Block], None]] = {
            "命令": self._connect,
            "算例": self._recompute,
            "程序": self._run_client,
            "命令行": self._run_shell,
            "再发": lambda _: self._send_last(),
            "拉取": self._serve_page,
            "推送": self._compare_push,
            "CSV": self._import,
            "错误码": self._compare_reasons,
        }
        name = what.split()[0]
        if name in acts:
            acts[name](block)
        else:
            self.last = block
            self._send_last()

    def _send_last(self) -> None:
        assert self.last is not None
        _, method, target = self.last.mark.split()
        self._answer = self.call(
            method, target, self.last.text.encode() if method == "POST" else b""
        )

    def call(self, method: str, target: str, body: bytes = b"") -> requests.Response:
        clock.use(lambda: time_of(self.gateway))
        signed = signed_headers(
            method=method, target=target, body=body, system_id=self.system, key=self.key
        )
        headers = {**signed, "Content-Type": "application/json; charset=utf-8"}
        return requests.request(
            method, self.gateway.url + target, data=body or None, headers=headers, timeout=30
        )

    def _check(self, block: Block, what: str) -> None:
        status, *more = what.split()
        assert self._answer is not None
        assert self._answer.status_code == int(status), self._answer.text
        shown, real = json.loads(block.text), self._answer.json()
        assert same(shown, real, shape=bool(more)), f"{block.text}\n\n{self._answer.text}"

    def _connect(self, block: Block) -> None:
        database = f"sqlite:///{self.gateway.state / 'visits.db'}"
        addresses = {
            "PUSH_URL": f"{self.other.url}/remote",
            "PULL_URL": f"{self.other.url}/records",
        }
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        printed = self._shell(block.text, {**addresses, "DATABASE_URL": database, "PATH": path})
        self.system, self.key = (line.split()[1] for line in printed.splitlines())
        self.other.key = self.key

    def _recompute(self, block: Block) -> None:
        given = dict(line.split(maxsplit=1) for line in block.text.splitlines())
        for algorithm in signatures.HASHES:
            signature = signatures.sign(
                given["密钥"],
                algorithm=algorithm,
                timestamp=int(given["时间戳"]),
                nonce=given["随机串"],
                method=given["方法"],
                path=given["路径"],
                body=given["请求体"].encode(),
            )
            assert signature == given[algorithm]
        for name, ours in (("SM3", "sm3"), ("SHA-256", "sha256")):
            if ours in hashlib.algorithms_available:
                assert hashlib.new(ours, given["请求体"].encode()).hexdigest() == given[name]

    def _run_client(self, block: Block) -> None:
        file = self.folder / "client.py"
        file.write_text(block.text)
        for algorithm, needed in (("HMAC-SHA256", "sha256"), ("HMAC-SM3", "sm3")):
            if needed not in hashlib.algorithms_available:
                continue
            command = [
                sys.executable,
                str(file),
                self.gateway.url,
                self.system,
                self.key,
                algorithm,
            ]
            printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            assert printed.startswith("200 {'items'"), printed

    def _run_shell(self, block: Block) -> None:
        if not (shutil.which("curl") and shutil.which("openssl")):
            return
        printed = self._shell(
            block.text, {"BASE": self.gateway.url, "SYSTEM": self.system, "KEY": self.key}
        )
        assert "items" in json.loads(printed)

    def _shell(self, text: str, environment: dict[str, str]) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", text],
            cwd=ROOT,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _serve_page(self, block: Block) -> None:
        page = json.loads(block.text)
        self.other.pages = {"": page}
        wait_for(self.gateway, lambda: page["next"] in self.other.asked)
        again = self.call("POST", "/booking/v1/onsite/deliveries", self._as_delivery(page)).json()
        assert again["unchanged"] == page["count"], again

    def _as_delivery(self, page: dict[str, Any]) -> bytes:
        kept = {name: page[name] for name in ("count", "visitors", "visits")}
        return json.dumps({**kept, "delivery_id": "D-again"}).encode()

    def _compare_push(self, block: Block) -> None:
        shown = json.loads(block.text)
        assert any(same(shown, one, shape=True) for one in self.other.got), self.other.got

    def _import(self, block: Block) -> None:
        officers = requests.get(f"{self.gateway.url}/local/identities", timeout=30).json()[
            "officers"
        ]
        token = next(one["token"] for one in officers if one["username"] == "wang")
        body = {"csv_base64": base64.b64encode(block.text.encode("gbk")).decode()}
        self._answer = requests.post(
            f"{self.gateway.url}/booking/v1/onsite/imports",
            json=body,
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )

    def _compare_reasons(self, block: Block) -> None:
        lines = [line.strip("| ").split(" | ") for line in block.text.splitlines()[2:]]
        assert len(lines) > 10
        for _, code, text, _ in lines:
            assert REASONS[code.strip("`")] == text, code


def time_of(gateway: GatewayProcess) -> datetime:
    return read_moment(requests.get(f"{gateway.url}/local/clock", timeout=30).json()["now"])


def wait_for(gateway: GatewayProcess, look: Callable[[], object]) -> None:
    """For what timers bring about, which run by the gateway's own clock: a minute of it at a time."""
    for _ in range(PATIENCE_MINUTES):
        at = (time_of(gateway) + timedelta(minutes=1)).isoformat()
        assert requests.post(f"{gateway.url}/local/clock", json={"at": at}, timeout=30).ok
        deadline = time.monotonic() + MINUTE_S
        while time.monotonic() < deadline:
            if look():
                return
            time.sleep(0.05)
    raise AssertionError("waited in vain")


def book_and_approve(gateway: GatewayProcess) -> None:
    """A remote visit of GUO's, as people make one."""
    world = World(gateway.url)
    known = world.get("/local/identities")
    world.tokens = {one["username"]: one["token"] for one in known["officers"]}
    world.tokens["guo"] = known["relatives"][0]["token"]
    ties = world.get("/booking/v1/relationships", who="guo")["relationships"]
    tie = next(one["id"] for one in ties if one["kinship"] == "兄弟")
    day = world.now().date()
    for weekday in range(7):
        hours = {"weekday": weekday, "opens_at": "14:00", "closes_at": "15:00"}
        dates = {"valid_from": day.isoformat(), "valid_to": None}
        world.post("/approve/v1/session-templates", {**hours, **dates}, who="sun", expect=201)
    slots = world.get(f"/booking/v1/slots?relationship_id={tie}", who="guo")["slots"]
    slot = next(one["id"] for one in slots if one["bookable"])
    asked = {"relationship_id": tie, "slot_id": slot}
    visit = world.post("/booking/v1/visits", asked, who="guo", expect=201)
    world.post(f"/approve/v1/visits/{visit['id']}/approve", who="wang")


@pytest.fixture
def vendor(tmp_path: Path) -> Iterator[Vendor]:
    gateway = GatewayProcess(tmp_path)
    gateway.start()
    try:
        with peer() as other:
            yield Vendor(gateway, other, tmp_path)
    finally:
        gateway.kill()


def test_every_marked_block_of_the_document_works(vendor: Vendor) -> None:
    for block in blocks():
        if block.mark.startswith("执行 GET"):
            book_and_approve(vendor.gateway)
            wait_for(vendor.gateway, lambda: approved_visits(vendor.other))
        vendor.follow(block)
        if block.mark == "应答 200" and len(vendor.done) == 6:
            assert kinships(vendor.gateway) == {"兄弟", "父亲"}  # the record gave GUO a second tie
    assert len(vendor.done) >= 18
    assert SITE in next(one.text for one in blocks() if one.mark == "执行 命令")


def approved_visits(other: Peer) -> list[dict[str, Any]]:
    return [one for one in other.items if (one["kind"], one["status"]) == ("visit", "approved")]


def kinships(gateway: GatewayProcess) -> set[str]:
    known = requests.get(f"{gateway.url}/local/identities", timeout=30).json()["relatives"]
    token = next(one["token"] for one in known if one["name"] == GUO.name)
    headers = {"Authorization": f"Bearer {token}"}
    path = f"{gateway.url}/booking/v1/relationships"
    ties = requests.get(path, headers=headers, timeout=30).json()["relationships"]
    return {one["kinship"] for one in ties if one["status"] == "approved"}
