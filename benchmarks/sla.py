"""Simulated tickets with random pauses, level changes and holidays: is every breach warned of, every deadline right?

    python -m benchmarks.sla [--json] [--tickets 1000000]

Each ticket lives through random events; timers fire at the next tick and messages leave at the one after. Then:
every breach must have been warned of five minutes before (unless an event itself moved the deadline closer than
that: counted apart), and deadlines and steps must equal a second, independent reckoning from the log alone.
The working-time arithmetic must equal a minute-by-minute count.
"""

import argparse
import json
import multiprocessing
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone

from shared.rules.sla import Clock, Event, Happened, reckon
from shared.rules.sla_audit import Line, Reckoning
from shared.rules.sla_policy import DEFAULT, ClockName, Policy, Tone
from shared.rules.working_time import Always, WorkingTime

POLICY = Policy.of(DEFAULT)
LOCAL = timezone(timedelta(hours=8))
TICK, OUTBOX = timedelta(seconds=10), timedelta(seconds=5)
WARNED_BEFORE = timedelta(minutes=5)
CLOSE = timedelta(minutes=1)
WORKING_TIME_CASES = 100_000
SEVERITIES = ("I", "II", "III", "IV")


def worked_days() -> dict[date, bool]:
    """2026 by a kept package, not by our own table."""
    import chinese_calendar

    first = date(2026, 1, 1)
    days = (first + timedelta(days=number) for number in range(365))
    return {day: chinese_calendar.is_workday(day) for day in days}


DAYS = worked_days()
CALENDARS = {"always": Always(), "working": WorkingTime(DAYS)}


@dataclass(frozen=True)
class Fired:
    clock: ClockName
    step: int
    tone: Tone
    due_at: datetime
    out_at: datetime
    spoke: bool


@dataclass
class Ticket:
    """The production rules, driven as `ticket_clocks` and `fire_deadlines` drive them, without a database."""

    kind: str
    rng: random.Random
    log: list[Event] = field(default_factory=list)
    clocks: dict[ClockName, Clock] = field(default_factory=dict)
    plans: dict[ClockName, str] = field(default_factory=dict)
    spoken: dict[ClockName, int] = field(default_factory=dict)
    timers: dict[ClockName, int] = field(default_factory=dict)
    moved_at: dict[ClockName, datetime] = field(default_factory=dict)
    fired: list[Fired] = field(default_factory=list)
    unwarned: int = 0
    moved: int = 0
    breaches: int = 0

    def happen(self, event: Event) -> None:
        self.run_until(event.at)
        self.log.append(event)
        before = {name: clock.due_at for name, clock in self.clocks.items()}
        self.clocks = reckon(self.log, kind=self.kind, policy=POLICY, calendars=CALENDARS)
        self.timers.clear()
        for gone in set(self.plans) - set(self.clocks):
            del self.plans[gone], self.spoken[gone]
        for name, clock in self.clocks.items():
            if before.get(name) != clock.due_at:
                self.moved_at[name] = event.at
            known = self.spoken.get(name, -1), self.plans.get(name, ""), before.get(name)
            self.plans[name], self.spoken[name] = clock.plan, clock.last_spoken(*known, event.at)
            self.timers[name] = self.spoken[name] + 1

    def run_until(self, until: datetime) -> None:
        """Fire whatever comes due before `until`, each at a tick."""
        while True:
            due = {
                name: at
                for name, number in self.timers.items()
                if (at := self.clocks[name].step_at(number)) is not None
            }
            name = min(due, key=lambda one: due[one], default=None)
            if name is None:
                return
            fires_at = max(due[name], self.log[-1].at) + self.rng.random() * TICK
            if fires_at >= until:
                return
            self._fire(name, fires_at)

    def _fire(self, name: ClockName, at: datetime) -> None:
        clock, first = self.clocks[name], self.timers[name]
        last = clock.highest_due(first, at)
        out_at = at + self.rng.random() * OUTBOX
        for number in range(first, last + 1):
            step, due_at = clock.step(number), clock.step_at(number)
            assert due_at is not None
            self.fired.append(Fired(name, number, step.tone, due_at, out_at, number == last))
            if due_at == clock.due_at and step.tone is Tone.BREACH:
                self._breach(name, due_at)
        self.spoken[name], self.timers[name] = last, last + 1

    def _breach(self, name: ClockName, due_at: datetime) -> None:
        self.breaches += 1
        warnings = [
            one.out_at
            for one in self.fired
            if one.clock is name and one.spoke and one.tone is Tone.WARNING
        ]
        warned = bool(warnings) and max(warnings) <= due_at - WARNED_BEFORE
        if not warned:
            late = self.moved_at[name] > due_at - WARNED_BEFORE - timedelta(seconds=30)
            self.moved += late
            self.unwarned += not late


def simulate(seed: int) -> Counter[str]:
    rng = random.Random(seed)
    kind = rng.choices(("incident", "consult", "defect", "change"), (6, 2, 1, 1))[0]
    ticket = Ticket(kind, rng)
    events = _life(kind, rng)
    for event in events:
        ticket.happen(event)
    until = events[-1].at + timedelta(hours=26)
    ticket.run_until(until)
    return Counter(
        tickets=1,
        breaches=ticket.breaches,
        violations=ticket.unwarned,
        moved_by_an_event=ticket.moved,
        steps=len(ticket.fired),
        wrong_deadlines=_wrong_deadlines(ticket),
        wrong_steps=_wrong_steps(ticket, until),
    )


def _life(kind: str, rng: random.Random) -> list[Event]:
    """Random events in an order that the workflow allows."""
    at = datetime(2026, 1, 2, tzinfo=LOCAL) + timedelta(seconds=rng.randrange(320 * 86_400))
    severity = rng.choice(SEVERITIES)
    events = [Event(Happened.OPENED, at, severity)]
    paused = resolved = down = False
    for _ in range(rng.randrange(12)):
        at += timedelta(seconds=int(rng.expovariate(1 / rng.choice((300, 3_600, 20_000)))) + 1)
        what = rng.choice(tuple(Happened))
        value = ""
        if what is Happened.SEVERITY_SET:
            value = rng.choice(SEVERITIES)
        elif what is Happened.SEEN:
            value = rng.choice(tuple(ClockName)).value
        elif what is Happened.CONVERTED:
            if kind != "defect" or any(one.what is what for one in events):
                continue
            value = "consult"
        elif what is Happened.PAUSED or what is Happened.RESUMED:
            if paused is (what is Happened.PAUSED):
                continue
            paused = what is Happened.PAUSED
        elif what is Happened.RESOLVED or what is Happened.REOPENED:
            if resolved is (what is Happened.RESOLVED) or paused:
                continue
            resolved = what is Happened.RESOLVED
        elif what is Happened.SYSTEM_DOWN or what is Happened.SYSTEM_UP:
            if down is (what is Happened.SYSTEM_DOWN) or kind != "incident":
                continue
            down = what is Happened.SYSTEM_DOWN
        elif what is Happened.OPENED or (what is Happened.REPORT_APPROVED and not resolved):
            continue
        events.append(Event(what, at, value))
        if what is Happened.CLOSED:
            break
    return events


def _reckoning(ticket: Ticket) -> Reckoning:
    lines = [Line(one.what.value, one.at, one.value) for one in ticket.log]
    return Reckoning(lines, kind=ticket.kind, policy=DEFAULT, days=DAYS)


def _wrong_deadlines(ticket: Ticket) -> int:
    again = {name: one.due_at for name, one in _reckoning(ticket).standing().items()}
    mine = {name.value: clock.due_at for name, clock in ticket.clocks.items()}
    return sum(again.get(name, 0) != mine.get(name, 0) for name in again.keys() | mine.keys())


def _wrong_steps(ticket: Ticket, until: datetime) -> int:
    expected = _reckoning(ticket).expected(until, CLOSE)
    allowed = Counter((one.clock, one.step, one.due_at) for one in expected)
    certain = Counter((one.clock, one.step, one.due_at) for one in expected if one.certain)
    fired = Counter((one.clock.value, one.step, one.due_at) for one in ticket.fired)
    return (fired - allowed).total() + (certain - fired).total()


def _share(seeds: range) -> Counter[str]:
    return sum((simulate(seed) for seed in seeds), Counter[str]())


def measure(tickets: int, *, first: int = 0) -> dict[str, float]:
    began = time.perf_counter()
    size = 2_000
    shares = [range(n, min(n + size, first + tickets)) for n in range(first, first + tickets, size)]
    found: Counter[str] = Counter()
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        for number, one in enumerate(pool.imap_unordered(_share, shares), start=1):
            found.update(one)
            if number % 20 == 0:
                print(f"{found['tickets']:,} of {tickets:,} tickets", file=sys.stderr, flush=True)
    names = ("tickets", "breaches", "steps", "violations", "moved_by_an_event")
    names += ("wrong_deadlines", "wrong_steps")
    return {
        **{name: found[name] for name in names},
        **working_time(WORKING_TIME_CASES),
        **_speed(),
        "seconds": round(time.perf_counter() - began),
    }


def minute_by_minute() -> list[int]:
    """How many worked minutes lie before each minute of the year, by looking at every one of them."""
    total, before = 0, [0]
    for day in sorted(DAYS):
        for minute in range(24 * 60):
            shift = 9 * 60 <= minute < 12 * 60 or 13 * 60 + 30 <= minute < 17 * 60 + 30
            total += DAYS[day] and shift
            before.append(total)
    return before


def working_time(cases: int) -> dict[str, float]:
    """Both questions of the calendar, each asked in `cases` cases and held against the count."""
    calendar, before, rng = CALENDARS["working"], minute_by_minute(), random.Random(2)
    first = datetime(2026, 1, 1, tzinfo=LOCAL)
    worked = [at for at in range(1, len(before)) if before[at] > before[at - 1]]
    minute = timedelta(minutes=1)
    wrong = 0
    for _ in range(cases):
        since, until = sorted(rng.randrange(len(before)) for _ in range(2))
        spent = before[until] - before[since]
        wrong += calendar.elapsed(first + since * minute, first + until * minute) != spent * minute
        if spent:
            wanted = rng.randrange(1, spent + 1)
            end = worked[before[since] + wanted - 1]
            wrong += calendar.add(first + since * minute, wanted * minute) != first + end * minute
    return {"working_time_cases": cases, "working_time_wrong": wrong}


def _speed() -> dict[str, float]:
    """Microseconds of one working-time question, median of several loops."""
    calendar, rng = CALENDARS["working"], random.Random(1)
    first = datetime(2026, 1, 2, tzinfo=timezone.utc)
    moments = [first + timedelta(seconds=rng.randrange(300 * 86_400)) for _ in range(20_000)]
    rounds: dict[str, list[float]] = {"add_us": [], "elapsed_us": []}
    for _ in range(5):
        began = time.perf_counter()
        for moment in moments:
            calendar.add(moment, WARNED_BEFORE * 100)
        between = time.perf_counter()
        for moment in moments:
            calendar.elapsed(first, moment)
        rounds["add_us"].append((between - began) / len(moments) * 1e6)
        rounds["elapsed_us"].append((time.perf_counter() - between) / len(moments) * 1e6)
    return {name: round(sorted(one)[2], 2) for name, one in rounds.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="for programs; else lines")
    parser.add_argument("--tickets", type=int, default=1_000_000)
    parser.add_argument("--first", type=int, default=0, help="the first seed: other lives")
    given = parser.parse_args(arguments)
    report = measure(given.tickets, first=given.first)
    if given.json:
        print(json.dumps(report, indent=2))
    else:
        print("\n".join(f"{name:<20}{value:>14,}" for name, value in report.items()))


if __name__ == "__main__":
    main()
