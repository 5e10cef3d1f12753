"""Face checks through the handlers, as GUO goes through them."""

from itertools import count
from typing import Any

import pytest

from local.sample_people import GUO
from shared.models.faces import FaceCheck
from shared.settings import settings
from tests.integration.world import Answer, World
from tests.unit.faces.broken_files import grey_clip

_numbers = count(1)


def new_clip() -> bytes:
    """3 s that can be played, and are not the same as any other's: a box nobody reads follows the film."""
    number = next(_numbers)
    return grey_clip(3) + (16).to_bytes(4, "big") + b"free" + number.to_bytes(8, "big")


class Faces:
    def __init__(self, world: World) -> None:
        self.world = world

    @property
    def token(self) -> str:
        return self.world.relative(GUO.openid)

    def says(self, result: str, sim: float = 0.0) -> None:
        """The vendor's answer from now on."""
        whole = result if result == "Success" else f"FailedOperation.{result}"
        self.world.emulator.ask("/local/faceid/liveness", {"Result": whole, "Sim": sim})

    def start(self, token: str | None = None, **body: Any) -> dict[str, Any]:
        body = {"purpose": "registration", **body}
        answer = self.world.post("/verify-face/v1/checks", body, token=token or self.token)
        assert answer.status == 201, answer.text
        started: dict[str, Any] = answer.json
        return started

    def submit(self, check_id: str, token: str | None = None) -> Answer:
        path = f"/verify-face/v1/checks/{check_id}/submit"
        return self.world.post(path, token=token or self.token)

    def show(self, check_id: str, token: str | None = None) -> dict[str, Any]:
        answer = self.world.get(f"/verify-face/v1/checks/{check_id}", token=token or self.token)
        assert answer.status == 200, answer.text
        shown: dict[str, Any] = answer.json
        return shown

    def check(
        self, *, clip: bytes | None = None, token: str | None = None, **body: Any
    ) -> dict[str, Any]:
        """From the challenge to the answer; its `id` in it."""
        started = self.start(token, **body)
        self.world.upload(started, clip if clip is not None else new_clip())
        answer = self.submit(started["id"], token)
        assert answer.status == 200, answer.text
        decided: dict[str, Any] = answer.json
        return decided

    def in_review(self, **body: Any) -> str:
        """A check that an officer must decide; its id."""
        self.says("Success", 65.0)
        decided = self.check(**body)
        assert decided["status"] == "review", decided
        return str(decided["id"])

    def decide(self, check_id: str, approve: bool, officer: str = "wang") -> Answer:
        path = f"/approve/v1/queue/face_review/{check_id}/decision"
        body = {"approve": approve, "reason": "与证件照片逐项核对"}
        return self.world.post(path, body, token=self.world.officer(officer))

    def row(self, check_id: str) -> FaceCheck:
        return self.world.one(FaceCheck, id=check_id)


def codes(answer: dict[str, Any]) -> list[str]:
    return [one["code"] for one in answer["reasons"]]


def configure(patch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        patch.setenv(name.upper(), value)
    settings.cache_clear()
