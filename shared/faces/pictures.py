"""Bytes from outside into pixels, bounded before anything is decoded.

Pixels are numpy arrays of shape (height, width, 3), uint8, RGB, upright.
"""

import io
import warnings
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image

from shared.faces import thresholds as t

Rgb: TypeAlias = NDArray[np.uint8]

UNREADABLE = "picture_unreadable"
TOO_LARGE = "picture_too_large"
TOO_SMALL = "picture_too_small"
KINDS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG"}
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation to the turn that undoes it."""


class PictureRefused(ValueError):
    """A picture that is not looked at; `code` is one of this module's constants."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def decode(data: bytes) -> Rgb:
    """JPEG or PNG, told by content; turned as its EXIF says; at most PICTURE_KEEP_SIDE_PX long.

    Raises PictureRefused. A reduced JPEG of 50 megapixel takes about 20 MB and 0.3 s.
    """
    kind = _kind(data)
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as picture:
            _check_size(kind, picture.size)
            return _pixels(picture)
    except PictureRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise PictureRefused(TOO_LARGE) from bomb
    except Exception as broken:
        # Pillow's readers raise a dozen unrelated types on broken files; all mean the same here.
        raise PictureRefused(UNREADABLE) from broken


def encode_jpeg(rgb: Rgb, quality: int = 88) -> bytes:
    """JPEG without any metadata."""
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG", quality=quality)
    return out.getvalue()


def _kind(data: bytes) -> str:
    if len(data) > t.PICTURE_MAX_BYTES:
        raise PictureRefused(TOO_LARGE)
    for start, kind in KINDS.items():
        if data.startswith(start):
            return kind
    raise PictureRefused(UNREADABLE)


def _check_size(kind: str, size: tuple[int, int]) -> None:
    limit = t.PICTURE_MAX_PIXELS_JPEG if kind == "JPEG" else t.PICTURE_MAX_PIXELS_PNG
    if size[0] * size[1] > limit:
        raise PictureRefused(TOO_LARGE)
    if min(size) < t.PICTURE_MIN_SIDE_PX:
        raise PictureRefused(TOO_SMALL)


def _pixels(picture: Any) -> Rgb:
    # Draft mode makes the JPEG decoder itself produce 1/2, 1/4 or 1/8, never the full size.
    picture.draft("RGB", (t.PICTURE_KEEP_SIDE_PX, t.PICTURE_KEEP_SIDE_PX))
    orientation = _orientation(picture)
    # Shrunk before it is converted: three full-size copies of a 25 megapixel PNG are 300 MB.
    picture.thumbnail((t.PICTURE_KEEP_SIDE_PX, t.PICTURE_KEEP_SIDE_PX), reducing_gap=2.0)
    upright = _turned(_flat(picture), orientation)
    if min(upright.size) < t.PICTURE_MIN_SIDE_PX:
        raise PictureRefused(TOO_SMALL)
    return np.ascontiguousarray(np.asarray(upright, dtype=np.uint8))


def _flat(picture: Any) -> Any:
    if picture.mode.startswith("I"):
        # 16-bit grey: Pillow would clip to 255 instead of scaling.
        return Image.fromarray((np.asarray(picture) // 256).astype(np.uint8)).convert("RGB")
    return picture.convert("RGB")


def _orientation(picture: Any) -> int:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return int(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001
        # Broken metadata is no reason to refuse a picture; the photo check tries all four sides.
        return 1


def _turned(picture: Any, orientation: int) -> Any:
    turn = TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)
