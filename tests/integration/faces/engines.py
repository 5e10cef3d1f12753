"""The two engines, each brought to every situation of the contract: the local one by pictures, the vendor's by what
the emulated FaceID is told to answer on the wire."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import pytest

from functions.verify_face import engines
from functions.verify_face.engine import Order, Verdict
from local import sample_clips
from shared.clients import storage
from shared.faces.pictures import Rgb, decode, encode_jpeg
from shared.ids import new_id
from tests.integration.emulator import Emulator
from tests.unit.faces.broken_files import grey_clip

CHALLENGE = ["mouth", "blink"]  # what both understand


@lru_cache
def astronaut() -> Rgb:
    return sample_clips.astronaut()


@lru_cache
def hopper() -> Rgb:
    return sample_clips.grace_hopper()


@lru_cache
def card(who: Callable[[], Rgb]) -> bytes:
    return sample_clips.id_photo(who())


@lru_cache
def clip(who: Callable[[], Rgb], actions: Sequence[str] = tuple(CHALLENGE)) -> bytes:
    return sample_clips.challenge_clip(who(), actions)


@lru_cache
def room(*people: Callable[[], Rgb]) -> bytes:
    """A clip of 3 s in which these people stand still."""
    frame = decode(sample_clips.room_frame([one() for one in people]))
    return sample_clips.write_mp4([frame] * 45)


def in_between() -> bytes:
    """A card that shows half of each: nobody can say who it is."""
    both = [decode(card(one)) for one in (astronaut, hopper)]
    return encode_jpeg(np.asarray(cv2.addWeighted(both[0], 0.5, both[1], 0.5, 0), dtype=np.uint8))


def blank_card() -> bytes:
    return encode_jpeg(np.full((400, 300, 3), 200, dtype=np.uint8))


def kept(data: bytes, suffix: str) -> str:
    key = f"face-checks/{new_id()}/1.{suffix}"
    storage.write(key, data, "application/octet-stream")
    return key


class Local:
    name = "local"

    def __init__(self, emulator: Emulator, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def check(self, video: bytes, photo: bytes | None = None, **_: Any) -> Verdict:
        photo = photo or card(astronaut)
        order = Order(CHALLENGE, kept(video, "mp4"), kept(photo, "jpg"), video, photo)
        return engines.ENGINES[self.name](order)

    def is_down(self) -> None:
        def missing(*_: Any, **__: Any) -> Any:
            from shared.faces.models import ModelsMissing

            raise ModelsMissing

        self._patch.setattr("functions.verify_face.local_engine.apart.check_clip_apart", missing)


class Tencent(Local):
    """`said`: the vendor's Result; None leaves it to what the emulator makes of the clip itself."""

    name = "tencent"

    def __init__(self, emulator: Emulator, patch: pytest.MonkeyPatch) -> None:
        super().__init__(emulator, patch)
        self._emulator = emulator

    def check(
        self, video: bytes, photo: bytes | None = None, *, said: str | None = None, sim: float = 0.0
    ) -> Verdict:
        if said is not None:
            result = said if said == "Success" else f"FailedOperation.{said}"
            self._emulator.ask("/local/faceid/liveness", {"Result": result, "Sim": sim})
        return super().check(video, photo)

    def is_down(self) -> None:
        self._emulator.fail("faceid.LivenessCompare")


def grey(seconds: float) -> bytes:
    return grey_clip(seconds)
