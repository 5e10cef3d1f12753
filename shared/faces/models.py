"""dlib's models, each loaded once a process when first needed.

The files come from the package face_recognition_models, found by path and never imported: it needs
pkg_resources, which setuptools 82 removed, and face_recognition then ends the process with status 0.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Lock, local
from typing import Any

PACKAGE = "face_recognition_models"
LANDMARKS_5 = "shape_predictor_5_face_landmarks.dat"
LANDMARKS_68 = "shape_predictor_68_face_landmarks.dat"
ENCODER = "dlib_face_recognition_resnet_model_v1.dat"

_loading = Lock()
_mine = local()


class ModelsMissing(RuntimeError):
    """The optional dependencies for faces are not installed."""


def model_file(name: str) -> str:
    """Path of one of dlib's model files. Raises ModelsMissing."""
    return file_in(PACKAGE, f"models/{name}")


def file_in(package: str, name: str) -> str:
    """Its path, found without importing the package. Raises ModelsMissing."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModelsMissing(f"package {package} is not installed")
    path = Path(spec.origin).parent / name
    if not path.is_file():
        raise ModelsMissing(f"package {package} has no {name}")
    return str(path)


def dlib() -> Any:
    """The dlib module; untyped, so it stays behind this function. Raises ModelsMissing."""
    try:
        return import_module("dlib")
    except ImportError as missing:
        raise ModelsMissing("dlib is not installed") from missing


@cache
def _made(make: Callable[[], Any]) -> Any:
    return make()


def once(make: Callable[[], Any]) -> Any:
    """What it makes, the same for every caller. The cache alone would let two threads load the same 100 MB."""
    with _loading:
        return _made(make)


def _new_landmarks_5() -> Any:
    return dlib().shape_predictor(model_file(LANDMARKS_5))


def _new_landmarks_68() -> Any:
    return dlib().shape_predictor(model_file(LANDMARKS_68))


def detector() -> Any:
    """One a thread, made in 10 ms: it works in memory of its own, and two threads in one abort the process."""
    if not hasattr(_mine, "detector"):
        _mine.detector = dlib().get_frontal_face_detector()
    return _mine.detector


def landmarks_5() -> Any:
    return once(_new_landmarks_5)


def landmarks_68() -> Any:
    return once(_new_landmarks_68)
