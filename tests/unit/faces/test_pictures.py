import io
import time
import warnings
from random import Random

import numpy as np
import pytest
from PIL import Image

from shared.faces import quality
from shared.faces import thresholds as t
from shared.faces.pictures import PictureRefused, Rgb, decode, encode_jpeg
from tests.unit.faces.broken_files import jpeg_claiming, mutated, png_claiming

BOX = (10, 10, 110, 110)


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def code_of(data: bytes) -> str:
    with pytest.raises(PictureRefused) as refused:
        decode(data)
    return refused.value.code


def test_jpeg_and_png_by_content(astronaut: Rgb) -> None:
    png = saved(Image.fromarray(astronaut), "PNG")
    assert np.array_equal(decode(png), astronaut)
    assert decode(encode_jpeg(astronaut)).shape == astronaut.shape


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "1", "I;16", "CMYK"])
def test_every_colour_mode_becomes_rgb(astronaut: Rgb, mode: str) -> None:
    grey = Image.fromarray(astronaut).convert("L")
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    else:
        picture = grey.convert(mode)
    found = decode(saved(picture, "JPEG" if mode == "CMYK" else "PNG"))
    assert found.shape == (512, 512, 3)
    assert abs(float(found.mean()) - float(np.asarray(grey).mean())) < 12


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_undone(astronaut: Rgb, orientation: int) -> None:
    picture = Image.fromarray(astronaut[:400])
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    if orientation > 1:
        picture = picture.transpose(Image.Transpose(back[orientation]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = decode(saved(picture, "PNG", exif=exif))
    assert np.array_equal(found, astronaut[:400])


def test_a_large_photograph_is_reduced_quickly() -> None:
    data = saved(Image.new("RGB", (8000, 6000), "grey"), "JPEG")
    started = time.process_time()
    found = decode(data)
    assert found.shape == (1536, 2048, 3)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "picture_unreadable"),
        (b"hello", "picture_unreadable"),
        (b"GIF89a" + bytes(100), "picture_unreadable"),
        (b"\xff\xd8\xff" + bytes(100), "picture_unreadable"),
        (png_claiming(100, 100)[:60], "picture_unreadable"),
        (bytes(t.PICTURE_MAX_BYTES + 1), "picture_too_large"),
        (png_claiming(1, 1), "picture_too_small"),
        (png_claiming(6000, 6000), "picture_too_large"),
        (png_claiming(12_000, 10_000), "picture_too_large"),
        (png_claiming(60_000, 60_000), "picture_too_large"),
    ],
)
def test_bad_pictures_are_refused_by_code(data: bytes, code: str) -> None:
    assert code_of(data) == code


def test_a_bomb_is_refused_where_warnings_are_not_errors() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert code_of(png_claiming(12_000, 10_000)) == "picture_too_large"


def test_hundred_megapixels_are_refused_from_the_header(astronaut: Rgb) -> None:
    assert code_of(jpeg_claiming(encode_jpeg(astronaut), 10_000, 10_000)) == "picture_too_large"


def test_a_truncated_picture_is_unreadable(astronaut: Rgb) -> None:
    whole = encode_jpeg(astronaut)
    assert code_of(whole[: len(whole) // 2]) == "picture_unreadable"


def test_mutated_pictures_are_read_or_refused(astronaut: Rgb) -> None:
    random = Random(7)
    small = np.ascontiguousarray(astronaut[::4, ::4])
    originals = [encode_jpeg(small), saved(Image.fromarray(small), "PNG")]
    for _ in range(150):
        try:
            assert decode(mutated(random.choice(originals), random)).ndim == 3
        except PictureRefused as refused:
            assert refused.code.startswith("picture_")


def test_our_jpegs_carry_no_metadata(astronaut: Rgb) -> None:
    with Image.open(io.BytesIO(encode_jpeg(astronaut))) as picture:
        assert not picture.getexif()


def noise(mean: float, spread: float) -> Rgb:
    values = np.random.default_rng(1).normal(mean, spread, (120, 120, 1))
    return np.repeat(np.clip(values, 0, 255), 3, axis=2).astype(np.uint8)


@pytest.mark.parametrize(
    ("rgb", "codes"),
    [
        (noise(128, 30), []),
        (noise(15, 8), ["too_dark"]),
        (noise(250, 20), ["too_bright"]),
        (noise(128, 0), ["blurred"]),
    ],
)
def test_quality_complaints(rgb: Rgb, codes: list[str]) -> None:
    assert quality.complaints(quality.measure(rgb, BOX), min_size=80) == codes


def test_a_small_face_is_named_first() -> None:
    measured = quality.measure(noise(15, 8), (0, 0, 50, 50))
    assert quality.complaints(measured, min_size=80) == ["face_too_small", "too_dark"]


def test_a_box_outside_the_picture_is_measured_without_an_error() -> None:
    assert quality.measure(noise(128, 30), (500, 500, 600, 600)).brightness == 0
