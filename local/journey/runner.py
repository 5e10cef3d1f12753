"""Starts a gateway of its own, walks the steps, tells what happened."""

import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import requests

from local.journey.steps import STEPS
from local.journey.world import World
from local.mariadb import free_port

START_S = 60


@dataclass(frozen=True)
class Outcome:
    number: int
    title: str
    passed: bool
    text: str
    seconds: float


class GatewayProcess:
    """The gateway as a process of its own, so that it can be killed and started again."""

    def __init__(self, state: Path) -> None:
        self.state, self.port = state, free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "local.gateway", "--state", str(self.state)]
        with (self.state / "gateway.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--port", str(self.port)], stdout=log, stderr=log
            )
        deadline = time.monotonic() + START_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the gateway did not start, see {self.state / 'gateway.log'}")
            time.sleep(0.1)

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/local/identities", timeout=5).ok
        except requests.RequestException:
            return False


def run(tell: Callable[[Outcome], None], *, kill_between_steps: bool = False) -> list[Outcome]:
    """Outcomes up to the first failed step. The state is a temporary folder, kept only on failure."""
    state = Path(tempfile.mkdtemp(prefix="visits-journey-"))
    gateway = GatewayProcess(state)
    gateway.start()
    outcomes: list[Outcome] = []
    try:
        _walk(gateway, tell, outcomes, kill_between_steps)
    finally:
        gateway.kill()
    if outcomes[-1].passed:
        shutil.rmtree(state)
    else:
        print(f"gateway's log and state: {state}", file=sys.stderr)
    return outcomes


def _walk(
    gateway: GatewayProcess,
    tell: Callable[[Outcome], None],
    outcomes: list[Outcome],
    kill_between_steps: bool,
) -> None:
    world = World(gateway.url)
    for number, (title, step) in enumerate(STEPS, 1):
        outcome = _take(world, number, title, step)
        outcomes.append(outcome)
        tell(outcome)
        if not outcome.passed:
            return
        if kill_between_steps:
            gateway.kill()
            gateway.start()


def _take(world: World, number: int, title: str, step: Callable[[World], str]) -> Outcome:
    began = time.monotonic()
    try:
        passed, text = True, step(world)
    except Exception as error:  # noqa: BLE001 - a step that fails in any way is told, not a traceback
        passed, text = False, f"{type(error).__name__}: {error}"
    return Outcome(number, title, passed, text, round(time.monotonic() - began, 2))
