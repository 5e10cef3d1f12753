"""What serverless.yml says about triggers: read once, by the gateway and by `make check-serverless`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from apscheduler.triggers.cron import CronTrigger

from shared.clock import SHANGHAI

SERVERLESS = Path(__file__).parent.parent / "serverless.yml"
CRON_FIELDS = ("second", "minute", "hour", "day", "month", "day_of_week", "year")


@dataclass(frozen=True)
class TimerTrigger:
    function: str
    name: str
    cron: str

    def schedule(self) -> CronTrigger:
        """Raises ValueError unless it has SCF's seven fields. Weekdays by name only: 0 is Sunday for SCF."""
        parts = self.cron.split()
        if len(parts) != len(CRON_FIELDS):
            raise ValueError(f"{self.name}: cron needs 7 fields, has {len(parts)}")
        if any(character.isdigit() for character in parts[5]):
            raise ValueError(f"{self.name}: write weekdays as SUN-SAT")
        return CronTrigger(**dict(zip(CRON_FIELDS, parts, strict=True)), timezone=SHANGHAI)


@lru_cache(maxsize=1)
def serverless() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(SERVERLESS.read_text())
    return loaded


def timers() -> list[TimerTrigger]:
    """One for each job, also where a trigger has several."""
    return [
        TimerTrigger(one["function"], job, one["parameters"]["cronExpression"])
        for one in serverless()["inputs"]["triggers"]
        if one["type"] == "timer"
        for job in jobs_of(one["parameters"])
    ]


def jobs_of(timer: Mapping[str, Any]) -> list[str]:
    """A trigger's `argument` reaches the function as the event's message."""
    named: str = timer.get("argument") or timer["name"]
    return named.split()


def watches(key: str) -> list[str]:
    """Functions whose COS trigger wants the object `key`."""
    return [
        one["function"]
        for one in serverless()["inputs"]["triggers"]
        if one["type"] == "cos"
        and key.startswith(one["parameters"]["filter"]["prefix"])
        and key.endswith(one["parameters"]["filter"]["suffix"])
    ]
