"""Write shared/rules/job_periods.py from serverless.yml, so that running code knows how often its timers should run."""

from datetime import datetime
from pathlib import Path

from server import triggers
from shared.clock import SHANGHAI

TARGET = Path(__file__).parent.parent / "shared" / "rules" / "job_periods.py"
RUNS = 5
HEADER = (
    '"""Seconds between two runs of each timer. Made by `make spec` from serverless.yml."""\n\n'
)


def periods() -> dict[str, int]:
    return {one.name: _longest_gap(one) for one in triggers.timers()}


def text() -> str:
    lines = [f'    "{name}": {every},' for name, every in sorted(periods().items())]
    return HEADER + "EVERY_S = {\n" + "\n".join(lines) + "\n}\n"


def _longest_gap(timer: triggers.TimerTrigger) -> int:
    schedule = timer.schedule()
    moments: list[datetime] = [
        schedule.get_next_fire_time(None, datetime(2026, 1, 1, tzinfo=SHANGHAI))
    ]
    while len(moments) < RUNS:
        moments.append(schedule.get_next_fire_time(moments[-1], moments[-1]))
    gaps = zip(moments, moments[1:], strict=False)
    return max(int((later - earlier).total_seconds()) for earlier, later in gaps)


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
