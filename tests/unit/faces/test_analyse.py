"""A finished recording: how many people it shows, moment by moment, and a picture of it."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from functions.monitor_hook import analyse
from local import sample_clips
from shared.faces.pictures import Rgb, decode
from shared.rules.frames import Limits

ROOT = Path(__file__).parents[3]
FPS = 2


@pytest.fixture
def film(astronaut: Rgb, hopper: Rgb, tmp_path: Path) -> Path:
    """Ten seconds each: one person, two, nobody."""
    rooms = [decode(sample_clips.room_frame(one)) for one in ([astronaut], [astronaut, hopper], [])]
    pictures = [room for room in rooms for _ in range(10 * FPS)]
    file = tmp_path / "film.mp4"
    file.write_bytes(sample_clips.write_mp4(pictures, fps=FPS))
    return file


def test_the_command_counts_draws_and_says_when(film: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "functions.monitor_hook.analyse", str(film), "--planned", "1"],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["people"] == [[0, 1], [5, 1], [10, 2], [15, 2], [20, 0], [25, 0]]
    assert report["alerts"] == {"extra_person": 15}
    assert done.stderr.rstrip().endswith("100%")
    strip = decode(Path(report["picture"]).read_bytes())
    assert strip.shape == (500, 1600, 3)
    assert np.ptp(strip) > 200, "something is drawn"


def test_nobody_for_a_minute_is_told_too() -> None:
    moments = [analyse.Moment(5.0 * n, 0, None) for n in range(13)]
    assert analyse.raised(moments[:-1], Limits(1)) == {}
    assert analyse.raised(moments, Limits(1)) == {"absent": 60.0}


@pytest.mark.parametrize("content", [b"", b"no film", None])
def test_what_is_no_film_is_said_so(
    content: bytes | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.mp4"
    if content is not None:
        file.write_bytes(content)
    assert analyse.main([str(file)]) == 2
    assert "无法读取录像" in capsys.readouterr().err
