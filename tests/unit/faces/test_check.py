import itertools
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

import cv2
import numpy as np
import pytest

from functions.verify_face.local_engine.challenge import ACTIONS
from functions.verify_face.local_engine.check import check_clip
from functions.verify_face.local_engine.clip import read_clip
from functions.verify_face.local_engine.compare import decide
from functions.verify_face.local_engine.result import ClipResult
from local import sample_clips
from shared.faces.people import look, recognise
from shared.faces.pictures import Rgb, decode, encode_jpeg
from tests.unit.faces.broken_files import png_claiming

DO = ("left", "blink")
A, B, C, D = ACTIONS
# Six of the 24 orders, in which each action comes directly after each other one.
CHALLENGES = [(A, B, C), (A, C, D), (A, D, B), (C, B, A), (D, C, A), (B, D, A)]


def remade(clip: bytes, change: Callable[[Rgb], Rgb]) -> bytes:
    frames = [np.ascontiguousarray(change(frame.rgb)) for frame in read_clip(clip)]
    return sample_clips.write_mp4(frames, fps=12)


def checked_as_asked(challenge: tuple[str, ...]) -> ClipResult:
    person = sample_clips.astronaut()
    clip = sample_clips.challenge_clip(person, challenge)
    return check_clip(clip, sample_clips.id_photo(person), challenge)


def test_each_action_after_each_other_passes_in_two_processes() -> None:
    """Also shows that results travel between processes, which is where checks will run."""
    assert len({pair for one in CHALLENGES for pair in itertools.pairwise(one)}) == 12
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn) as pool:
        results = dict(zip(CHALLENGES, pool.map(checked_as_asked, CHALLENGES), strict=True))
    assert {order: one.reasons for order, one in results.items() if one.outcome != "pass"} == {}


def test_a_pass_carries_all_that_explains_it(left_blink: bytes, astronaut_card: bytes) -> None:
    result = check_clip(left_blink, astronaut_card, DO)
    assert (result.outcome, result.reasons, result.missed) == ("pass", [], [])
    assert result.distance is not None
    assert result.distance < result.thresholds["accept_distance"]
    assert result.engine == "local"
    assert "dlib" in result.engine_version
    assert result.measured["frames_compared"] >= 4
    assert 4 <= len(result.frames) <= 5
    assert all(len(frame) > 1000 for frame in result.frames)
    assert len(result.templates) >= 3
    assert np.linalg.norm(result.templates, axis=1) == pytest.approx(1)


def test_her_templates_find_her_beside_another(
    left_blink: bytes, astronaut_card: bytes, astronaut: Rgb, hopper: Rgb
) -> None:
    templates = check_clip(left_blink, astronaut_card, DO).templates
    seen = look(decode(sample_clips.room_frame([astronaut, hopper])), templates)
    labels = {
        face.box[0] > 320: recognise(face.descriptor, templates, size=face.size).label
        for face in seen
        if face.descriptor is not None
    }
    assert labels == {False: "approved", True: "unknown"}


def test_another_person_is_refused(hopper: Rgb, astronaut_card: bytes) -> None:
    clip = sample_clips.challenge_clip(hopper, DO)
    result = check_clip(clip, astronaut_card, DO)
    assert (result.outcome, result.reasons) == ("refuse", ["not_same_person"])
    assert result.templates == []


def test_the_wrong_order_is_missed(left_blink: bytes, astronaut_card: bytes) -> None:
    result = check_clip(left_blink, astronaut_card, ("blink", "left"))
    assert (result.outcome, result.reasons) == ("ask_again", ["action_missed"])
    assert result.missed == ["left"]
    assert result.distance is None


def test_the_persons_own_sides(left_blink: bytes, astronaut_card: bytes) -> None:
    other_side = ("right", "blink")
    result = check_clip(left_blink, astronaut_card, other_side)
    assert (result.reasons, result.missed) == (["turned_other_way"], ["right"])
    assert check_clip(left_blink, astronaut_card, other_side, mirrored=True).outcome == "pass"


def test_a_still_picture_is_refused(astronaut: Rgb, astronaut_card: bytes) -> None:
    still = sample_clips.challenge_clip(astronaut, ("still", "still"))
    result = check_clip(still, astronaut_card, DO)
    assert result.outcome == "refuse"
    assert result.reasons == ["action_missed", "no_movement"]


def test_two_people(astronaut: Rgb, hopper: Rgb, astronaut_card: bytes) -> None:
    room = decode(sample_clips.room_frame([astronaut, hopper]))
    result = check_clip(sample_clips.write_mp4([room] * 45), astronaut_card, DO)
    assert (result.outcome, result.reasons) == ("ask_again", ["two_people"])


def test_nobody(astronaut_card: bytes) -> None:
    room = decode(sample_clips.room_frame([]))
    result = check_clip(sample_clips.write_mp4([room] * 30), astronaut_card, DO)
    assert (result.outcome, result.reasons) == ("ask_again", ["no_face"])
    assert result.frames == []


def test_too_dark(left_blink: bytes, astronaut_card: bytes) -> None:
    dark = remade(left_blink, lambda rgb: (rgb * 0.16).astype(np.uint8))
    result = check_clip(dark, astronaut_card, DO)
    assert result.outcome == "ask_again"
    assert "too_dark" in result.reasons


def test_blurred(left_blink: bytes, astronaut_card: bytes) -> None:
    blurred = remade(left_blink, lambda rgb: np.asarray(cv2.GaussianBlur(rgb, (0, 0), 6)))
    result = check_clip(blurred, astronaut_card, DO)
    assert result.outcome == "ask_again"
    assert "blurred" in result.reasons


def test_a_person_exchanged_half_way(left_blink: bytes, hopper: Rgb, astronaut_card: bytes) -> None:
    other = sample_clips.challenge_clip(hopper, ("still", "still"))
    both = [frame.rgb for clip in (left_blink, other) for frame in read_clip(clip)]
    result = check_clip(sample_clips.write_mp4(both, fps=12), astronaut_card, DO)
    assert result.outcome == "refuse"
    assert "person_changed" in result.reasons


@pytest.mark.parametrize(
    ("apart", "spread", "outcome", "reasons"),
    [
        (0.2, 0.1, "pass", []),
        (0.4, 0.1, "review", ["not_sure_same_person"]),
        (0.5, 0.1, "refuse", ["not_same_person"]),
        (0.2, 0.5, "refuse", ["person_changed"]),
    ],
)
def test_decisions(apart: float, spread: float, outcome: str, reasons: list[str]) -> None:
    assert decide(apart, spread) == (outcome, reasons)


def test_a_slow_check_is_cut_off(left_blink: bytes, astronaut_card: bytes) -> None:
    times = itertools.count(step=3)
    result = check_clip(left_blink, astronaut_card, DO, clock=lambda: float(next(times)))
    assert (result.outcome, result.reasons) == ("ask_again", ["check_timed_out"])


def blank() -> bytes:
    return encode_jpeg(np.full((400, 300, 3), 200, dtype=np.uint8))


@pytest.mark.parametrize(
    ("photo", "code"),
    [
        (b"", "picture_unreadable"),
        (png_claiming(1, 1), "picture_too_small"),
        (png_claiming(10_000, 10_000), "picture_too_large"),
        (blank(), "no_face_in_photo"),
    ],
)
def test_bad_photos(left_blink: bytes, photo: bytes, code: str) -> None:
    result = check_clip(left_blink, photo, DO)
    assert (result.outcome, result.reasons) == ("ask_again", [code])


def test_two_people_on_the_photo(left_blink: bytes, astronaut: Rgb, hopper: Rgb) -> None:
    photo = sample_clips.room_frame([astronaut, hopper])
    assert check_clip(left_blink, photo, DO).reasons == ["several_faces_in_photo"]


def test_a_dark_photo_is_named_as_the_photo(left_blink: bytes, astronaut_card: bytes) -> None:
    dark = encode_jpeg((decode(astronaut_card) * 0.15).astype(np.uint8))
    assert "photo_too_dark" in check_clip(left_blink, dark, DO).reasons


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_photo_is_understood(left_blink: bytes, astronaut_card: bytes, turns: int) -> None:
    turned = encode_jpeg(np.ascontiguousarray(np.rot90(decode(astronaut_card), turns)))
    assert check_clip(left_blink, turned, DO).outcome == "pass"


@pytest.mark.parametrize(("clip", "code"), [(b"", "clip_unreadable"), (bytes(9_000_000), None)])
def test_bad_clips(clip: bytes, code: str | None, astronaut_card: bytes) -> None:
    result = check_clip(clip, astronaut_card, DO)
    assert result.outcome == "ask_again"
    assert result.reasons == [code or "clip_too_large"]


def test_an_impossible_challenge_is_the_callers_error(astronaut_card: bytes) -> None:
    with pytest.raises(ValueError, match="challenge"):
        check_clip(b"", astronaut_card, ("dance", "blink"))
