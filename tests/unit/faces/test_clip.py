import time
from random import Random

import cv2
import numpy as np
import pytest

from functions.verify_face.local_engine import clip
from functions.verify_face.local_engine.clip import ClipRefused, read_clip
from local.sample_clips import write_mp4
from shared.faces import thresholds as t
from shared.faces.pictures import Rgb
from tests.unit.faces.broken_files import grey_clip, mutated, rotated_by_metadata


def code_of(data: bytes) -> str:
    with pytest.raises(ClipRefused) as refused:
        for _ in read_clip(data):
            pass
    return refused.value.code


def test_a_clip_is_sampled_at_about_twelve_a_second(left_blink: bytes) -> None:
    frames = list(read_clip(left_blink))
    rate = (len(frames) - 1) / frames[-1].at
    assert frames[0].at == 0
    assert 11 < rate < 13
    assert frames[0].rgb.shape == (640, 480, 3)


@pytest.mark.parametrize("fps", [8, 30, 60])
def test_any_rate_is_brought_to_the_same(fps: int) -> None:
    frames = list(read_clip(grey_clip(3, fps=fps)))
    assert min(fps, 12) * 3 - 2 <= len(frames) <= min(fps, 13) * 3 + 1


def test_rotation_metadata_is_honoured() -> None:
    frame = np.zeros((64, 96, 3), dtype=np.uint8)
    frame[:, :48] = 255
    sideways = next(read_clip(rotated_by_metadata(write_mp4([frame] * 30)))).rgb
    assert sideways.shape == (96, 64, 3)
    assert sideways[:40].mean() > 200
    assert sideways[56:].mean() < 60


def test_large_frames_are_kept_smaller() -> None:
    frames = read_clip(grey_clip(2, size=(1920, 1080)))
    assert next(frames).rgb.shape == (720, 1280, 3)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "clip_unreadable"),
        (b"not a clip at all", "clip_unreadable"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 20, "clip_unreadable"),
        (b"\x1a\x45\xdf\xa3" + bytes(5000), "clip_unreadable"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "clip_unreadable"),
        (b"\xff\xd8\xff" + bytes(100), "clip_unreadable"),
        (bytes(t.CLIP_MAX_BYTES + 1), "clip_too_large"),
    ],
)
def test_bad_files_are_refused_by_code(data: bytes, code: str) -> None:
    assert code_of(data) == code


def test_a_truncated_clip_is_unreadable(left_blink: bytes) -> None:
    assert code_of(left_blink[: len(left_blink) // 2]) == "clip_unreadable"


def test_too_short_and_too_long() -> None:
    assert code_of(grey_clip(0.5)) == "clip_too_short"
    assert code_of(grey_clip(3, fps=3)) == "clip_too_short"
    assert code_of(grey_clip(21, fps=5)) == "clip_too_long"


def test_too_many_frames_are_cut_off() -> None:
    started = time.process_time()
    assert code_of(grey_clip(19, fps=90)) == "clip_too_long"
    assert time.process_time() - started < 5


def test_too_many_pixels_are_refused_before_decoding() -> None:
    assert code_of(grey_clip(0.3, size=(2400, 1800))) == "clip_too_large"


class RepeatingStamps:
    """A recorder that stamps every frame with 0: time must go on by the clip's rate."""

    def __init__(self, frames: int) -> None:
        self.left = frames

    def get(self, what: int) -> float:
        return 25.0 if what == cv2.CAP_PROP_FPS else 0.0

    def grab(self) -> bool:
        self.left -= 1
        return self.left >= 0


def test_lost_time_stamps_are_replaced() -> None:
    times = list(clip._times(RepeatingStamps(50)))
    assert times == pytest.approx([n / 25 for n in range(50)])


def test_mutated_clips_are_read_or_refused(astronaut: Rgb) -> None:
    random = Random(3)
    still = np.ascontiguousarray(astronaut[::8, ::8])
    original = write_mp4([still] * 30)
    for _ in range(100):
        try:
            assert all(frame.rgb.ndim == 3 for frame in read_clip(mutated(original, random)))
        except ClipRefused as refused:
            assert refused.code.startswith("clip_")
