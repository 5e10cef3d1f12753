"""Files that somebody might send by mistake or on purpose."""

import struct
import zlib
from random import Random

import numpy as np

from local.sample_clips import write_mp4
from shared.faces.pictures import Rgb

QUARTER_TURN = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
MATRIX_AFTER_TKHD = 4 + 40


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of some hundred bytes whose header promises width x height grey pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(bytes(10_000)))
        + _chunk(b"IEND", b"")
    )


def jpeg_claiming(jpeg: bytes, width: int, height: int) -> bytes:
    """The same JPEG with another size in its frame header."""
    at = jpeg.index(b"\xff\xc0") + 5
    return jpeg[:at] + struct.pack(">HH", height, width) + jpeg[at + 4 :]


def rotated_by_metadata(mp4: bytes) -> bytes:
    """Phones film sideways and say so: a quarter turn in the track header's matrix."""
    at = mp4.index(b"tkhd") + MATRIX_AFTER_TKHD
    return mp4[:at] + QUARTER_TURN + mp4[at + len(QUARTER_TURN) :]


def variable_rate(mp4: bytes) -> bytes:
    """Phones drop frames in the dark: the same film whose second half runs at two thirds of the rate.

    The table of sample times gets a second entry, and each box around it grows; OpenCV writes the frames before them.
    """
    at = mp4.index(b"stts") - 4
    size, _, _, entries, count, ticks = struct.unpack(">I4sIIII", mp4[at : at + 24])
    assert (size, entries) == (24, 1)
    half = count // 2
    slower = struct.pack(">IIIIII", 0, 2, half, ticks, count - half, ticks * 3 // 2)
    table = struct.pack(">I", size + 8) + b"stts" + slower
    grown = bytearray(mp4[:at] + table + mp4[at + size :])
    for name in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
        box = mp4.index(name) - 4
        (old,) = struct.unpack(">I", mp4[box : box + 4])
        grown[box : box + 4] = struct.pack(">I", old + 8)
    return bytes(grown)


def grey_clip(seconds: float, *, fps: float = 10, size: tuple[int, int] = (96, 64)) -> bytes:
    frame: Rgb = np.full((size[1], size[0], 3), 128, dtype=np.uint8)
    return write_mp4([frame] * round(seconds * fps), fps)


def mutated(data: bytes, random: Random) -> bytes:
    """Some bytes changed, and now and then the end cut off."""
    changed = bytearray(data)
    for _ in range(random.randint(1, 20)):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed[: random.randrange(len(changed))] if random.random() < 0.3 else changed)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
