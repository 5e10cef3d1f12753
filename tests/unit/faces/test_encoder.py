import tracemalloc
from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest

from shared.faces import models
from shared.faces.detect import find_faces, rectangle
from shared.faces.encoder import CHIP_PX, _Reader, encode, network
from shared.faces.pictures import Rgb


def test_numpy_gives_dlibs_numbers(astronaut: Rgb, hopper: Rgb) -> None:
    """The whole reason for using another engine than the one the model was made with."""
    dlib = models.dlib()
    theirs = dlib.face_recognition_model_v1(models.model_file(models.ENCODER))
    chips = []
    for person in (astronaut, hopper):
        place = rectangle(find_faces(person)[0].box)
        chips.append(dlib.get_face_chip(person, models.landmarks_5()(person, place), CHIP_PX, 0.25))
    expected = np.array([np.array(theirs.compute_face_descriptor(chip)) for chip in chips])
    assert encode(np.stack(chips)) == pytest.approx(expected, abs=1e-5)


def test_another_network_is_no_model() -> None:
    with pytest.raises(models.ModelsMissing, match="another network"):
        _Reader(BytesIO(b"\x01\x02 something else")).tensor(64)


def test_a_process_holds_the_weights_and_one_chip_at_a_time(astronaut: Rgb) -> None:
    """The most that it ever held is what a function is sized by: no second copy of the file, no chip beside another."""
    network.cache_clear()
    assert _most_mb(network) < 30  # the file has 22 MB
    chips = np.stack([astronaut[:CHIP_PX, :CHIP_PX]] * 4)
    assert _most_mb(lambda: encode(chips)) < 1.2 * _most_mb(lambda: encode(chips[:1]))


def _most_mb(act: Callable[[], object]) -> float:
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1] / 1024 / 1024
    finally:
        tracemalloc.stop()
