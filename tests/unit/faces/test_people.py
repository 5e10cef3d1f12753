from pathlib import Path

import numpy as np
import pytest

from local import sample_clips
from shared.faces.describe import describe, describe_further, describe_quickly, distance
from shared.faces.detect import find_faces
from shared.faces.people import look, recognise
from shared.faces.pictures import Rgb, decode
from shared.faces.thresholds import ACCEPT_DISTANCE, REFUSE_DISTANCE


@pytest.mark.parametrize("size", [(640, 480), (1280, 720)])
def test_two_people_in_a_room(astronaut: Rgb, hopper: Rgb, size: tuple[int, int]) -> None:
    room = decode(sample_clips.room_frame([astronaut, hopper], size))
    assert room.shape == (size[1], size[0], 3)
    templates = [describe(astronaut, find_faces(astronaut)[0].box)]
    seen = sorted(look(room, templates), key=lambda face: face.box[0])
    assert [face.size >= 60 for face in seen] == [True, True]
    described = [face.descriptor for face in seen if face.descriptor is not None]
    found = [recognise(one, templates) for one in described]
    assert [one.label for one in found] == ["approved", "unknown"]


def test_an_empty_room(astronaut: Rgb) -> None:
    room = decode(sample_clips.room_frame([]))
    assert look(room, []) == []


def test_small_faces_are_found_and_only_described_when_asked(astronaut: Rgb) -> None:
    seen = look(decode(sample_clips.room_frame([astronaut])), [])
    assert len(seen) == 1
    assert seen[0].descriptor is None


def test_one_person_twice_and_another(astronaut: Rgb, hopper: Rgb) -> None:
    mirrored = np.ascontiguousarray(astronaut[:, ::-1])
    me, again, other = (
        describe(rgb, find_faces(rgb)[0].box) for rgb in (astronaut, mirrored, hopper)
    )
    assert distance(me, again) < ACCEPT_DISTANCE
    assert distance(me, other) > REFUSE_DISTANCE


def test_two_steps_describe_as_one_does(hopper: Rgb) -> None:
    box = find_faces(hopper)[0].box
    stepwise = describe_further(hopper, box, describe_quickly(hopper, box))
    assert distance(stepwise, describe(hopper, box)) < 1e-5


def test_real_rooms_are_counted(measuring_set: Path) -> None:
    """A handful only; the benchmark counts all of them."""
    people = {"human_person-celeste": 1, "deepface_couple": 2, "human_background": 0}
    for name, count in people.items():
        rgb = decode((measuring_set / "crowd" / f"{name}.jpg").read_bytes())
        assert len(look(rgb, [])) == count, name
