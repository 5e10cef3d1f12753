"""Pure: vectors, no pictures."""

import numpy as np
import pytest

from shared.faces import describe as d
from shared.faces import thresholds as t
from shared.faces.describe import Descriptor
from shared.faces.people import recognise, settle


def unit(seed: int) -> Descriptor:
    return d.normalised(np.random.default_rng(seed).normal(size=128))


def away(base: Descriptor, apart: float, seed: int = 99) -> Descriptor:
    """A unit vector at exactly this distance from `base`."""
    across = unit(seed)
    across = d.normalised(across - across @ base * base)
    cosine = 1 - apart**2 / 2
    return d.normalised(cosine * base + np.sqrt(1 - cosine**2) * across)


ME = unit(1)
OTHER = unit(2)


def test_fused_descriptors_have_length_one() -> None:
    fused = d.fuse([away(ME, 0.5, seed) for seed in range(10, 10 + 4)])
    assert np.linalg.norm(fused) == pytest.approx(1)
    assert d.distance(fused, ME) < 0.3


def test_nothing_to_fuse() -> None:
    with pytest.raises(ValueError, match="nothing"):
        d.fuse([])


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_no_descriptor_from_nonsense(value: float) -> None:
    with pytest.raises(ValueError, match="descriptor"):
        d.normalised(np.full(128, value))


@pytest.mark.parametrize(
    ("apart", "meaning"),
    [
        (0.0, "accept"),
        (t.ACCEPT_DISTANCE, "accept"),
        (0.34, "review"),
        (t.REFUSE_DISTANCE, "review"),
        (0.43, "refuse"),
        (float("nan"), "refuse"),
    ],
)
def test_verdicts(apart: float, meaning: str) -> None:
    assert d.verdict(apart) == meaning


def test_packed_and_back() -> None:
    packed = d.pack(ME)
    assert len(packed) == 512
    assert d.distance(d.unpack(packed), ME) < 1e-6
    with pytest.raises(ValueError, match="packed"):
        d.unpack(packed[:-1])


@pytest.mark.parametrize(
    ("apart", "size", "label"),
    [
        (0.2, 200, "approved"),
        (0.2, 45, "approved"),
        (0.38, 200, "uncertain"),
        (0.6, 200, "unknown"),
        (0.6, 59, "uncertain"),
        (0.6, None, "unknown"),
    ],
)
def test_recognise(apart: float, size: int | None, label: str) -> None:
    found = recognise(away(ME, apart), [OTHER, ME], size=size)
    assert (found.label, found.index) == (label, 1)
    assert found.distance == pytest.approx(apart)


def test_without_templates_nobody_is_unknown() -> None:
    assert recognise(ME, []).label == "uncertain"
    assert recognise(ME, []).distance is None


def test_unknown_needs_three_looks_at_a_large_face() -> None:
    strangers = [away(ME, 0.9, seed) for seed in range(10, 10 + 3)]
    assert settle(strangers[:2], [80, 80], [ME]).label == "uncertain"
    assert settle(strangers, [80, 80, 50], [ME]).label == "uncertain"
    assert settle(strangers, [80, 80, 80], [ME]).label == "unknown"


def test_only_the_last_five_looks_count() -> None:
    looks = [OTHER] * 5 + [away(ME, 0.3, seed) for seed in range(10, 10 + 5)]
    assert settle(looks, [80] * 10, [ME]).label == "approved"
