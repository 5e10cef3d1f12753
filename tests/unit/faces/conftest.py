"""The two sample people, made once a session."""

from pathlib import Path

import pytest

from local import sample_clips
from shared.faces.pictures import Rgb

MEASURING_SET = Path(__file__).resolve().parents[4] / "shared" / "faces"


@pytest.fixture(scope="session")
def astronaut() -> Rgb:
    return sample_clips.astronaut()


@pytest.fixture(scope="session")
def hopper() -> Rgb:
    return sample_clips.grace_hopper()


@pytest.fixture(scope="session")
def astronaut_card(astronaut: Rgb) -> bytes:
    return sample_clips.id_photo(astronaut)


@pytest.fixture(scope="session")
def left_blink(astronaut: Rgb) -> bytes:
    return sample_clips.challenge_clip(astronaut, ("left", "blink"))


@pytest.fixture
def measuring_set() -> Path:
    """Pictures for measuring; they never come into the project."""
    if not (MEASURING_SET / "pairs.csv").is_file():
        pytest.skip("the measuring set ../shared/faces is not on this machine")
    return MEASURING_SET
