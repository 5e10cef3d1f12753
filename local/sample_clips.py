"""Clips, card photos and room frames made from still pictures, for tests and the local journey.

The people are the two whose pictures come inside scikit-image and matplotlib, which are development
dependencies. Pictures are RGB uint8 arrays; turns are the person's own left and right.
"""

import math
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from local.face_warps import Warper
from shared.faces.detect import find_faces
from shared.faces.pictures import Rgb, decode, encode_jpeg

FPS = 15
CLIP_SIZE = (480, 640)
FACE_SHARE = 0.42
"""The face's share of the clip's width: a phone at arm's length."""
CARD_SIZE = (358, 441)
"""The portrait of a second-generation ID card, in pixels."""
PAUSE_SECONDS = 0.55
ACTION_SECONDS = {"blink": 0.5, "mouth": 1.0, "left": 1.15, "right": 1.15}
ROOM_FACE_PX = 110


def astronaut() -> Rgb:
    """Eileen Collins, 512 x 512 (scikit-image)."""
    import skimage.data

    load: Any = skimage.data.astronaut

    return np.ascontiguousarray(load(), dtype=np.uint8)


def grace_hopper() -> Rgb:
    """Grace Hopper, 512 x 600 (matplotlib)."""
    from matplotlib.cbook import get_sample_data

    path = get_sample_data("grace_hopper.jpg", asfileobj=False)
    return decode(Path(str(path)).read_bytes())


def challenge_clip(
    picture: Rgb, challenge: Sequence[str], *, fps: int = FPS, take: int = 0
) -> bytes:
    """An mp4 in which the person does everything in `challenge`, in order: 3 to 5 s, 480 x 640.

    Unknown words are pauses, so ("still",) makes a clip in which nothing happens. The same `take`
    gives the same bytes, which the product refuses as used when the person comes a second time.
    """
    warper = Warper(_portrait(picture, CLIP_SIZE, FACE_SHARE))
    script = _script(challenge, fps)
    return write_mp4([_swayed(warper.at(*step), n) for n, step in enumerate(script, take)], fps)


def id_photo(picture: Rgb) -> bytes:
    """The portrait as a card shows it: small, flat, printed and photographed again. JPEG."""
    card = _portrait(picture, CARD_SIZE, 0.5)
    width, height = CARD_SIZE
    printed = cv2.resize(card, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    again = cv2.resize(printed, CARD_SIZE, interpolation=cv2.INTER_LINEAR)
    faded = cv2.convertScaleAbs(again, alpha=0.85, beta=22)
    return encode_jpeg(np.asarray(faded, dtype=np.uint8), quality=80)


def room_frame(people: Sequence[Rgb], size: tuple[int, int] = (640, 480)) -> bytes:
    """One or two people in a visiting room, beside each other, as a JPEG of `size`."""
    width, height = size
    room = _room(width, height)
    tile = (width // 2 - 20, int(height * 0.8))
    for place, person in enumerate(people):
        left = (place * 2 + 1) * width // (len(people) * 2) - tile[0] // 2
        face = ROOM_FACE_PX * width / 640
        room[height - tile[1] :, left : left + tile[0]] = _portrait(person, tile, face / tile[0])
    return encode_jpeg(room)


def write_mp4(frames: Sequence[Rgb], fps: float = FPS) -> bytes:
    """MPEG-4 part 2, the one encoder that every OpenCV build has."""
    height, width = frames[0].shape[:2]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        writer = cv2.VideoWriter(str(path), _fourcc("mp4v"), fps, (width, height))
        for frame in frames:
            writer.write(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
        writer.release()
        return path.read_bytes()


def _fourcc(name: str) -> int:
    return int(cv2.VideoWriter.fourcc(*name))


def _script(challenge: Sequence[str], fps: int) -> list[tuple[str, float]]:
    """For each frame what is done and how far, 0..1."""
    steps = [("still", 0.0)] * round(PAUSE_SECONDS * fps)
    for action in challenge:
        count = round(ACTION_SECONDS.get(action, 1.0) * fps)
        # Broad at the top: the full position is held for a moment, as people do.
        steps += [(action, min(1.0, 1.5 * math.sin(math.pi * n / count))) for n in range(count)]
        steps += [("still", 0.0)] * round(PAUSE_SECONDS * fps)
    return steps


def _swayed(frame: Rgb, n: int) -> Rgb:
    """Nobody holds a phone quite still."""
    move = np.array([[1, 0, 2 * math.sin(n / 9)], [0, 1, 1.5 * math.cos(n / 7)]])
    size = (frame.shape[1], frame.shape[0])
    swayed = cv2.warpAffine(frame, move, size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(swayed, dtype=np.uint8)


def _portrait(picture: Rgb, size: tuple[int, int], share: float) -> Rgb:
    """`picture` moved and scaled so that the face fills `share` of the width, at 45 % height."""
    face = find_faces(picture)[0]
    left, top, right, bottom = face.box
    scale = share * size[0] / face.size
    x = size[0] / 2 - scale * (left + right) / 2
    y = size[1] * 0.45 - scale * (top + bottom) / 2
    move: Any = np.array([[scale, 0, x], [0, scale, y]])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    placed = cv2.warpAffine(picture, move, size, flags=how, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(placed, dtype=np.uint8)


def _room(width: int, height: int) -> Rgb:
    """A plain wall, darker towards the floor."""
    shade = np.linspace(205, 150, height, dtype=np.uint8)[:, None, None]
    return np.ascontiguousarray(np.broadcast_to(shade, (height, width, 3)))
