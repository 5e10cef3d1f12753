"""What the customer was promised [4.1], and when each clock of a ticket warns, breaches and climbs.

A policy is data: versioned, copied onto the ticket when it opens, so that a later one changes no running deadline.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from functools import cached_property
from typing import Any

# Warnings leave this much before their mark: a timer's tick and the outbox' tick lie between mark and reader.
LEAD = timedelta(seconds=30)


class ClockName(str, Enum):
    RESPONSE = "response"
    PLAN = "plan"
    RESOLUTION = "resolution"
    CONTINGENCY = "contingency"
    REPORT = "report"


class Tone(str, Enum):
    WARNING = "warning"
    BREACH = "breach"
    REMINDER = (
        "reminder"  # quiet repetition after the last climb, until somebody says that he knows
    )


class Level(int, Enum):
    """The chain [5.1]: whose phone rings."""

    ENGINEER = 0
    SPECIALIST = 1
    LEAD = 2
    CUSTOMER = 3


LEVEL_NAMES = {
    Level.ENGINEER: "工程师",
    Level.SPECIALIST: "技术专家",
    Level.LEAD: "运维负责人",
    Level.CUSTOMER: "甲方负责人",
}


@dataclass(frozen=True)
class Step:
    """One firing of a clock: after `at` of counted time, to whoever is on duty at `level`."""

    number: int
    at: timedelta
    tone: Tone
    level: Level


@dataclass(frozen=True)
class ClockPolicy:
    """`due` by severity. Warnings: parts of the time, and spans before the end. Climbs: spans after it."""

    due: Mapping[str, timedelta]
    parts: tuple[float, ...] = ()
    before: tuple[timedelta, ...] = ()
    climbs: tuple[timedelta, ...] = ()
    repeat: timedelta = timedelta(hours=1)
    pausable: bool = True

    @cached_property
    def _steps(self) -> dict[str, tuple[Step, ...]]:
        return {severity: self._planned(due) for severity, due in self.due.items()}

    def step(self, severity: str, number: int) -> Step:
        """Any number: after the last planned step the clock repeats."""
        planned = self._steps[severity]
        if number < len(planned):
            return planned[number]
        last = planned[-1]
        again = number - last.number
        return Step(number, last.at + again * self.repeat, Tone.REMINDER, last.level)

    def planned(self, severity: str) -> tuple[Step, ...]:
        return self._steps[severity]

    def _planned(self, due: timedelta) -> tuple[Step, ...]:
        marks = {due * part for part in self.parts} | {due - span - LEAD for span in self.before}
        last_call = max(marks, default=due)
        plan = [
            (at, Tone.WARNING, Level.SPECIALIST if at == last_call else Level.ENGINEER)
            for at in sorted(marks)
            if timedelta(0) < at <= last_call
        ]
        plan.append((due, Tone.BREACH, Level.SPECIALIST))
        higher = (Level.LEAD, Level.CUSTOMER)
        plan += [
            (due + span, Tone.BREACH, level)
            for span, level in zip(self.climbs, higher, strict=True)
        ]
        return tuple(Step(number, *one) for number, one in enumerate(plan))


@dataclass(frozen=True)
class Policy:
    """`calendars` names each kind of ticket's calendar: "always" or "working"."""

    version: int
    clocks: Mapping[ClockName, ClockPolicy]
    calendars: Mapping[str, str]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Policy":
        """From what a ticket keeps. Spans are minutes."""
        return cls(
            version=data["version"],
            clocks={ClockName(name): _clock(one) for name, one in data["clocks"].items()},
            calendars=data["calendars"],
        )


def _clock(data: Mapping[str, Any]) -> ClockPolicy:
    return ClockPolicy(
        due={severity: timedelta(minutes=one) for severity, one in data["due"].items()},
        parts=tuple(data.get("parts", ())),
        before=tuple(timedelta(minutes=one) for one in data.get("before", ())),
        climbs=tuple(timedelta(minutes=one) for one in data["climbs"]),
        repeat=timedelta(minutes=data["repeat"]),
        pausable=data.get("pausable", True),
    )


def _same(minutes: int) -> dict[str, int]:
    return dict.fromkeys(("I", "II", "III", "IV"), minutes)


_CLIMB = {"climbs": [15, 30], "repeat": 60}
DEFAULT: dict[str, Any] = {
    "version": 1,
    "calendars": {
        "incident": "always", "defect": "always", "consult": "working", "change": "working",
    },
    "clocks": {
        "response": {"due": _same(30), "before": [15, 5], "pausable": False, **_CLIMB},
        "plan": {"due": _same(120), "before": [30, 10], **_CLIMB},
        "resolution": {
            "due": {"I": 180, "II": 360, "III": 720, "IV": 1440},
            "parts": [0.5, 0.75], "before": [30], **_CLIMB,
        },
        # Begins with a warning at 12 hours; due 16 hours after the report.
        "contingency": {"due": _same(960), "parts": [0.75], "before": [120, 30], **_CLIMB},
        "report": {"due": _same(1440), "before": [240, 60], **_CLIMB},
    },
}  # fmt: skip
