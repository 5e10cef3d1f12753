"""What people send by mistake or on purpose, through HTTP and the local engine: a clear reason, no crash, no pass."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest

from functions.verify_face.local_engine.clip import read_clip
from local import sample_clips
from shared.clients import storage
from shared.faces.pictures import Rgb, decode, encode_jpeg
from shared.models.faces import FaceTemplate
from shared.models.people import Relative
from tests.databases import Shelf, SqliteShelf
from tests.integration.faces import engines as make
from tests.integration.faces.engines import astronaut, card, clip, hopper
from tests.integration.faces.steps import Faces, codes
from tests.integration.world import World
from tests.unit.faces.broken_files import png_claiming, rotated_by_metadata, variable_rate

DO = ["left", "blink"]


@pytest.fixture
def shelf(sqlite_shelf: SqliteShelf) -> Shelf:
    """The pictures matter here, not the database: one kind is enough."""
    return sqlite_shelf


@pytest.fixture
def local(world: World, monkeypatch: pytest.MonkeyPatch) -> Faces:
    monkeypatch.setattr("functions.verify_face.engines.draw_challenge", lambda: list(DO))
    return Faces(world)


def submitted(local: Faces, video: bytes, photo: bytes | None = None) -> dict[str, Any]:
    for one in local.world.rows(Relative):
        assert one.id_photo_key is not None
        storage.write(one.id_photo_key, photo or card(astronaut), "image/jpeg")
    return local.check(clip=video)


def remade(change: Callable[[Rgb], Rgb], *, fps: float = 12) -> bytes:
    frames = [
        np.ascontiguousarray(change(one.rgb)) for one in read_clip(clip(astronaut, tuple(DO)))
    ]
    return sample_clips.write_mp4(frames, fps=fps)


def masked(rgb: Rgb) -> Rgb:
    """Nose, mouth and chin under a surgical mask."""
    height, width = rgb.shape[:2]
    covered = rgb.copy()
    cv2.ellipse(
        covered, (width // 2, int(height * 0.55)), (width // 4, height // 8), 0, 0, 360,
        (120, 180, 210), -1,
    )  # fmt: skip
    return covered


def cartoon() -> bytes:
    face = np.full((640, 480, 3), 250, dtype=np.uint8)
    cv2.circle(face, (240, 300), 150, (30, 30, 30), 4)
    for x in (180, 300):
        cv2.circle(face, (x, 260), 14, (20, 20, 20), -1)
    cv2.ellipse(face, (240, 360), (70, 40), 0, 0, 180, (40, 40, 200), 5)
    return sample_clips.write_mp4([face] * 45)


def headless() -> bytes:
    """A good beginning and not one frame."""
    return clip(astronaut, tuple(DO))[:200]


@pytest.mark.parametrize(
    ("video", "reasons"),
    [
        (lambda: make.room(), {"no_face"}),
        (lambda: make.room(astronaut, hopper), {"two_people"}),
        (lambda: remade(masked), {"no_face", "face_camera", "action_missed", "mask_worn"}),
        (cartoon, {"no_face"}),
        (lambda: b"", {"clip_unreadable"}),
        (lambda: card(astronaut), {"clip_unreadable"}),  # a picture in place of a clip
        (lambda: b"%PDF-1.7 no film", {"clip_unreadable"}),
        (lambda: clip(astronaut, tuple(DO))[:20_000], {"clip_unreadable"}),
        (headless, {"clip_unreadable"}),
        (lambda: make.grey(0.5), {"clip_too_short"}),
        (lambda: make.grey(25), {"clip_too_long"}),
        (lambda: clip(astronaut, ("blink", "left")), {"action_missed", "extra_action"}),
    ],
    ids=[
        "nobody", "two people", "mask", "cartoon", "empty", "picture", "document", "truncated",
        "no frames", "too short", "too long", "another challenge's",
    ],
)  # fmt: skip
def test_a_clip_that_will_not_do(
    local: Faces, video: Callable[[], bytes], reasons: set[str]
) -> None:
    decided = submitted(local, video())
    assert decided["status"] in ("ask_again", "refused"), decided
    assert set(codes(decided)) & reasons, codes(decided)
    assert all(one["text"] for one in decided["reasons"])
    assert local.world.rows(FaceTemplate) == []


@pytest.mark.parametrize(
    ("photo", "reason"),
    [
        (lambda: png_claiming(1, 1), "picture_too_small"),
        (lambda: png_claiming(10_000, 10_000), "picture_too_large"),  # 100 megapixels, a bomb
        (lambda: b"\xff\xd8\xff\xe0 no picture", "picture_unreadable"),
        (make.blank_card, "no_face_in_photo"),
        (
            lambda: sample_clips.room_frame([astronaut(), hopper()]),
            "several_faces_in_photo",
        ),
    ],
    ids=["1x1", "100 megapixels", "broken", "no face", "several faces"],
)
def test_a_card_photo_that_will_not_do(
    local: Faces, photo: Callable[[], bytes], reason: str
) -> None:
    decided = submitted(local, clip(astronaut, tuple(DO)), photo())
    assert (decided["status"], codes(decided)) == ("ask_again", [reason])


def test_a_phone_that_records_mirrored(local: Faces) -> None:
    """Known beforehand she passes; otherwise she is told what it looks like, and no other clip passes for it."""
    flipped = remade(lambda rgb: rgb[:, ::-1])
    decided = submitted(local, flipped)
    assert codes(decided) == ["turned_other_way"]
    assert local.check(clip=flipped + b"\0\0\0\x08free", mirrored=True)["status"] == "passed"


def test_a_phone_held_sideways(local: Faces) -> None:
    """The pictures lie on their side and the file says so."""
    turned = remade(lambda rgb: np.rot90(rgb, 1))
    decided = submitted(local, rotated_by_metadata(turned))
    assert decided["status"] == "passed", decided


def test_a_variable_frame_rate(local: Faces) -> None:
    """A blink in the slower half may fall between two frames; then she is told to move more slowly."""
    decided = submitted(local, variable_rate(clip(astronaut, tuple(DO))))
    assert decided["status"] == "passed" or codes(decided) == ["action_missed"], decided


def test_a_turned_card(local: Faces) -> None:
    turned = encode_jpeg(np.ascontiguousarray(np.rot90(decode(card(astronaut)), 1)))
    assert submitted(local, clip(astronaut, tuple(DO)), turned)["status"] == "passed"


def test_a_clip_that_takes_too_long_says_so(local: Faces, monkeypatch: pytest.MonkeyPatch) -> None:
    from functions.verify_face.engine import Order, Verdict
    from functions.verify_face.local_check import NAME
    from shared.models.faces import FaceCheckStatus

    def slow(_order: Order) -> Verdict:
        return Verdict(FaceCheckStatus.ASK_AGAIN, ["check_timed_out"], engine=NAME, version="1")

    monkeypatch.setitem(make.engines.ENGINES, NAME, slow)
    decided = submitted(local, clip(astronaut, tuple(DO)))
    assert codes(decided) == ["check_timed_out"]
    assert "超时" in decided["reasons"][0]["text"]
