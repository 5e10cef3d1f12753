"""Visits made of real faces on real backgrounds: people sway, light changes, somebody walks in.

The faces and rooms come from a folder laid out as ../shared/faces; nothing of it is kept.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from random import Random

import cv2
import numpy as np

from benchmarks.face_folder import Folder, rows
from shared.faces.crowd import find_people
from shared.faces.describe import describe_both_ways, pack
from shared.faces.detect import find_faces
from shared.faces.pictures import Rgb, decode, encode_jpeg

WIDTH, HEIGHT = 640, 360
EVERY = timedelta(seconds=5)
ENROLLED = 3
BEGIN = datetime(2026, 1, 5, 9, tzinfo=timezone.utc)


@dataclass(frozen=True, eq=False)
class Person:
    """`templates`: of the first ENROLLED pictures, packed, none for who is always a stranger; `tiles`: cut from the
    others."""

    name: str
    templates: list[bytes]
    tiles: list[Rgb]


@dataclass(frozen=True)
class Cast:
    """`enrolled`: those with more pictures than are enrolled; `strangers`: all others, then they too; `rooms`: real
    pictures without people."""

    enrolled: list[Person]
    strangers: list[Person]
    rooms: list[Rgb]


@dataclass(frozen=True)
class Visit:
    """Frame numbers: when the stranger comes (for good), when the first person is away."""

    approved: Sequence[Person]
    stranger: Person
    comes: int
    away: range
    frames: int

    def present(self, number: int) -> list[Person]:
        here = [p for i, p in enumerate(self.approved) if i or number not in self.away]
        return [*here, *([self.stranger] if number >= self.comes else [])]


def cast(path: Path, folder: Folder) -> Cast:
    enrolled, others = [], []
    for name, files in sorted(folder.people.items()):
        if len(files) > ENROLLED and (person := _person(folder, name, files, ENROLLED)):
            enrolled.append(person)
        elif person := _person(folder, name, files[:1], 0):
            others.append(person)
    return Cast(enrolled, [*others, *enrolled], _rooms(path))


def _person(folder: Folder, name: str, files: Sequence[str], enrolled: int) -> Person | None:
    """None where faces are found in too few of the pictures."""
    pictures = [decode((folder.path / one).read_bytes()) for one in files]
    seen = [(rgb, faces[0].box) for rgb in pictures if (faces := find_faces(rgb))]
    templates = [pack(describe_both_ways(*one)) for one in seen[:enrolled]]
    cut = [_tile(*one) for one in seen[enrolled:]]
    # Whoever else stands in the picture would be a stranger that nobody counted. One in which our own detector sees
    # nobody stays: that is a miss to be measured.
    tiles = [one for one in cut if len(find_people(one)) < 2]
    return Person(name, templates, tiles) if tiles else None


def _rooms(folder: Path) -> list[Rgb]:
    empty = [row["file"] for row in rows(folder / "crowd.csv") if row["people_count"] == "0"]
    real = [name for name in empty if name.startswith("crowd/")] or empty
    pictures = [decode((folder / name).read_bytes()) for name in real]
    return [np.asarray(cv2.resize(one, (WIDTH, HEIGHT))) for one in pictures]


def draw(random: Random, cast: Cast, frames: int, number: int) -> Visit:
    """The `number`th visit has the `number`th stranger."""
    stranger = cast.strangers[number % len(cast.strangers)]
    known = [one for one in cast.enrolled if one is not stranger]
    approved = random.sample(known, random.choice((1, 1, 2)))
    begin = random.randrange(1, 4)
    away = range(begin, begin + 3) if random.random() < 0.3 else range(0)
    return Visit(approved, stranger, random.randrange(frames // 2, frames - 3), away, frames)


def film(random: Random, visit: Visit, room: Rgb) -> Iterator[bytes]:
    """One JPEG every EVERY."""
    light = random.uniform(0.6, 1.1)
    size = random.uniform(75, 125)
    for number in range(visit.frames):
        frame = room.copy()
        present = visit.present(number)
        for place, person in enumerate(present):
            middle = (2 * place + 1) / (2 * len(present)) * WIDTH + random.uniform(-15, 15)
            _paste(random, frame, random.choice(person.tiles), middle, size)
        shown = cv2.convertScaleAbs(frame, alpha=light * random.uniform(0.9, 1.1))
        if random.random() < 0.3:
            shown = cv2.GaussianBlur(shown, (0, 0), random.uniform(0.5, 1.2))
        yield encode_jpeg(np.asarray(shown, dtype=np.uint8), quality=random.randrange(60, 86))


def _tile(rgb: Rgb, box: tuple[int, int, int, int]) -> Rgb:
    """Twice the face's size around it, 200 px, the face's own box half of it."""
    left, top, right, bottom = box
    scale = 100 / (right - left)
    x, y = (left + right) / 2, (top + bottom) / 2
    matrix = np.array([[scale, 0, 100 - scale * x], [0, scale, 100 - scale * y]])
    how = {"flags": cv2.INTER_AREA, "borderMode": cv2.BORDER_REPLICATE}
    return np.asarray(cv2.warpAffine(rgb, matrix, (200, 200), **how), dtype=np.uint8)


def _paste(random: Random, frame: Rgb, tile: Rgb, x: float, size: float) -> None:
    """Turned a little, its edge faded into the room."""
    scale, y = size / 100, HEIGHT * 0.5 + random.uniform(-20, 20)
    matrix = cv2.getRotationMatrix2D((100, 100), random.uniform(-8, 8), scale)
    matrix[:, 2] += (x - 100, y - 100)
    fade = np.zeros((200, 200), dtype=np.float32)
    cv2.ellipse(fade, (100, 100), (80, 90), 0, 0, 360, 1.0, -1)
    fade = cv2.warpAffine(cv2.GaussianBlur(fade, (0, 0), 6), matrix, (WIDTH, HEIGHT))[..., None]
    moved = cv2.warpAffine(tile, matrix, (WIDTH, HEIGHT))
    frame[:] = (moved * fade + frame * (1 - fade)).astype(np.uint8)
