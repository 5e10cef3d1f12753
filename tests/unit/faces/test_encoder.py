import numpy as np
import pytest

from shared.faces import models
from shared.faces.detect import find_faces, rectangle
from shared.faces.encoder import CHIP_PX, _Reader, encode
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
        _Reader(b"\x01\x02 something else").tensor(64)
