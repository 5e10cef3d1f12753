"""`python -m functions.monitor_hook.analyse FILE [--planned 2] [--every 5] [--picture FILE.png]`

How many people a finished recording shows, for visits without slicing and for review: the rules of the live frames over
moments of the film, a strip of pictures with the count over time, and the alerts that would have been raised. A mixed
recording shows both sides, so `--planned` counts the resident in; nobody is compared with anybody.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from shared.rules.frames import Limits, Look, alerts

BEGIN = datetime(
    2000, 1, 1, tzinfo=timezone.utc
)  # rules take moments; of a film only their distance counts
BAR = 30
STRIP = 8
THUMB_PX = 240


@dataclass(frozen=True)
class Moment:
    """`second` from the film's beginning; `thumb`: a small picture, RGB."""

    second: float
    people: int
    thumb: Any


class NotAFilm(ValueError):
    """Nothing in it can be shown."""


def analyse(file: Path, *, every_s: float, told: Callable[[float], None]) -> list[Moment]:
    """`told` hears the share that is done. Raises NotAFilm."""
    # OpenCV and the detector load here, and not when a callback wakes this function.
    from functions.monitor_hook.look_at_frame import look_at_pixels

    moments = []
    for share, second, rgb in _pictures(file, every_s):
        moments.append(Moment(second, len(look_at_pixels(rgb, [])), _small(rgb)))
        told(share)
    if not moments:
        raise NotAFilm(str(file))
    told(1.0)
    return moments


def raised(moments: Sequence[Moment], limits: Limits) -> dict[str, float]:
    """When each alert would have been raised first, in seconds."""
    looks: list[Look] = []
    found: dict[str, float] = {}
    for one in moments:
        looks.insert(0, Look(one.people, [], BEGIN + timedelta(seconds=one.second)))
        for kind in alerts(looks[: limits.remembered], limits):
            found.setdefault(kind.value, round(one.second, 1))
    return found


def draw(moments: Sequence[Moment], planned: int, into: Path) -> None:
    """Above the pictures at even distances, below how many people there were, red where there were too many."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shown = [moments[round(n * (len(moments) - 1) / (STRIP - 1))] for n in range(STRIP)]
    figure = Figure(figsize=(16, 5), dpi=100, layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(2, STRIP, height_ratios=(1, 1.2))
    for place, one in enumerate(shown):
        axes = figure.add_subplot(grid[0, place])
        axes.imshow(one.thumb)
        axes.set_title(f"{_clock(one.second)}  ×{one.people}", color=_colour(one, planned))
        axes.axis("off")
    _draw_counts(figure.add_subplot(grid[1, :]), moments, planned)
    figure.savefig(into, format="png")


def _draw_counts(axes: Any, moments: Sequence[Moment], planned: int) -> None:
    seconds, people = [one.second for one in moments], [one.people for one in moments]
    axes.step(seconds, people, where="post", color="#0b6e4f")
    axes.scatter(seconds, people, c=[_colour(one, planned) for one in moments], s=18, zorder=3)
    axes.axhline(planned, color="#8a8a8a", linestyle="--", linewidth=1)
    axes.set_ylim(-0.2, max([*people, planned]) + 0.6)
    axes.set_yticks(range(max([*people, planned]) + 1))
    axes.xaxis.set_major_formatter(lambda second, _: _clock(second))
    axes.grid(alpha=0.3)


def _colour(moment: Moment, planned: int) -> str:
    return "#b23a48" if moment.people > planned else "#0b6e4f"


def _clock(second: float) -> str:
    return f"{int(second) // 60}:{int(second) % 60:02d}"


def _pictures(file: Path, every_s: float) -> Iterator[tuple[float, float, Any]]:
    """Share of the film, second, pixels. By the frames' own times, since a recording's rate varies."""
    import cv2

    film = cv2.VideoCapture(str(file))
    frames, due, number = film.get(cv2.CAP_PROP_FRAME_COUNT), 0.0, 0
    try:
        while film.grab():
            second = film.get(cv2.CAP_PROP_POS_MSEC) / 1000
            number += 1
            if second + 1e-6 < due:
                continue
            done, bgr = film.retrieve()
            if done:
                due = second + every_s
                yield (
                    min(1.0, number / max(1.0, frames)),
                    second,
                    cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB),
                )
    finally:
        film.release()


def _small(rgb: Any) -> Any:
    import cv2

    scale = THUMB_PX / max(rgb.shape[:2])
    return cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _bar(share: float) -> None:
    full = round(share * BAR)
    end = "\n" if share >= 1 else ""
    sys.stderr.write(f"\r[{'█' * full}{'░' * (BAR - full)}] {share:4.0%}{end}")
    sys.stderr.flush()


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m functions.monitor_hook.analyse",
        description="在一段录像里数人：画出各时刻的人数，列出会触发的预警。只数人，不认人。",
    )
    parser.add_argument("file", type=Path, metavar="录像文件")
    people = "画面里应有的人数，默认 2；混流录像两端的人都算"
    parser.add_argument("--planned", type=int, default=2, metavar="人数", help=people)
    parser.add_argument(
        "--every", type=float, default=5.0, metavar="秒", help="每隔几秒看一次，默认 5"
    )
    picture = "图画到哪个文件，默认在录像旁边"
    parser.add_argument("--picture", type=Path, metavar="图片文件", help=picture)
    options = parser.parse_args(arguments)
    into = options.picture or options.file.with_suffix(".people.png")
    try:
        moments = analyse(options.file, every_s=options.every, told=_bar)
    except NotAFilm:
        sys.stderr.write(f"无法读取录像：{options.file}。请确认文件完整、是 MP4 等常见视频格式。\n")
        return 2
    draw(moments, options.planned, into)
    counts = [[round(one.second, 1), one.people] for one in moments]
    report = {
        "people": counts,
        "alerts": raised(moments, Limits(options.planned)),
        "picture": str(into),
    }
    print(json.dumps(report, ensure_ascii=False))  # noqa: T201 - a command's answer
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
