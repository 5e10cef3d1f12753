"""What should have happened to a ticket's clocks, reckoned a second time in another way.

Nothing here is shared with `shared.rules.sla`: minutes are counted by walking day after day, and the log is replayed
line by line. Slow and plain on purpose; a mistake would have to be made twice, in two ways, to stay unseen.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

LOCAL = timezone(timedelta(hours=8))
SHIFTS = ((time(9), time(12)), (time(13, 30), time(17, 30)))
LEAD = timedelta(seconds=30)
MOST_DAYS = 1200

NAMES = ("response", "plan", "resolution", "contingency", "report")
HAS = {
    "incident": NAMES,
    "defect": NAMES[:3],
    "consult": ("response", "resolution"),
    "change": ("response",),
}
STOPS = {
    "response": {"acknowledged", "plan_submitted", "contingency_submitted", "resolved", "closed"},
    "plan": {"plan_submitted", "resolved", "closed"},
    "resolution": {"resolved", "closed"},
    "contingency": {"contingency_submitted", "resolved", "closed"},
    "report": {"report_approved", "closed"},
}
READ = frozenset().union(*STOPS.values()) | {
    "opened", "severity_set", "converted", "system_down", "system_up", "paused", "resumed", "reopened", "seen",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """Of the ticket's log: its kind, moment and value."""

    kind: str
    at: datetime
    value: str = ""


@dataclass(frozen=True)
class Expected:
    """A step that must have fired, `from_at` on: later than `due_at` when an event set it into the past.

    `certain` False: an event came so close to it that both orders are right.
    """

    clock: str
    step: int
    due_at: datetime
    from_at: datetime
    level: int
    certain: bool


@dataclass(frozen=True)
class Standing:
    """A clock after the whole log."""

    due_at: datetime | None
    answered: bool


@dataclass
class _Run:
    """One clock while the log is replayed."""

    calendar: str = ""
    span: timedelta = timedelta()
    due_at: datetime | None = None
    step: int = 0
    next_at: datetime | None = None


class Reckoning:
    """`days`: worked dates as the calendar table has them; a date it lacks counts as worked."""

    def __init__(
        self,
        log: Sequence[Line],
        *,
        kind: str,
        policy: Mapping[str, Any],
        days: Mapping[date, bool],
    ) -> None:
        self._log = [line for line in log if line.kind in READ]
        self._kind, self._policy, self._days = kind, policy, days
        self._runs_by_name: dict[str, _Run] = {}
        self._marked: dict[tuple[str, str], list[tuple[timedelta, int]]] = {}

    def standing(self) -> dict[str, Standing]:
        """What `ticket_clock` must hold."""
        return {
            name: Standing(
                self._moment(name, self._log, self._due(name, self._log)),
                self._stopped(name, self._log),
            )
            for name in self._names(self._log)
        }

    def expected(self, until: datetime, close: timedelta) -> list[Expected]:
        """Every step that was due before `until`, in each stretch between two lines under what was known then."""
        found: list[Expected] = []
        self._runs_by_name = runs = dict[str, _Run]()
        for number in range(1, len(self._log) + 1):
            known = self._log[:number]
            begins = known[-1].at
            ends = self._log[number].at if number < len(self._log) else until
            for name in self._names(known):
                run = runs.setdefault(name, _Run())
                found += self._stretch(name, known, run, begins, min(ends, until), close)
            for gone in set(runs) - set(self._names(known)):
                del runs[gone]
        return found

    def upcoming(self) -> dict[str, tuple[int, datetime]]:
        """After `expected`: the step that each running clock waits for."""
        return {
            name: (run.step, run.next_at)
            for name, run in self._runs_by_name.items()
            if run.next_at is not None
        }

    def _stretch(
        self,
        name: str,
        known: Sequence[Line],
        run: _Run,
        begins: datetime,
        ends: datetime,
        close: timedelta,
    ) -> Iterator[Expected]:
        self._begin(name, known, run, begins)
        run.next_at = None
        if self._stopped(name, known) or self._paused(name, known):
            return
        while True:
            span, level, reminder = self._step(name, known, run.step)
            if reminder and self._seen(name, known):
                return
            due_at = self._moment(name, known, span)
            if due_at is None or due_at >= ends:
                run.next_at = due_at
                return
            from_at = max(due_at, begins)
            yield Expected(name, run.step, due_at, from_at, level, certain=from_at + close < ends)
            run.step += 1

    def _begin(self, name: str, known: Sequence[Line], run: _Run, begins: datetime) -> None:
        """Another span, or a calendar that moves the deadline, begins a new plan."""
        span = self._due(name, known)
        due_at = self._moment(name, known, span)
        calendar = self._policy["calendars"][self._kind_of(known)]
        moved = run.calendar != calendar and (due_at is None or due_at != run.due_at)
        if run.span != span or moved:
            run.step = self._already(name, known, begins)
        run.calendar, run.span, run.due_at = calendar, span, due_at

    def _already(self, name: str, known: Sequence[Line], begins: datetime) -> int:
        """The highest planned step that had passed when this plan began, or when the clock was stopped before."""
        highest, begins = 0, min(begins, self._stopped_at(name, known) or begins)
        for number in range(len(self._marks(name, known))):
            due_at = self._moment(name, known, self._step(name, known, number)[0])
            if due_at is not None and due_at <= begins:
                highest = number
        return highest

    # What the log says.

    def _names(self, known: Sequence[Line]) -> list[str]:
        names = list(HAS[self._kind_of(known)])
        if "contingency" in names and not self._down(known):
            names.remove("contingency")
        if "report" in names and self._resolved(known) is None:
            names.remove("report")
        return names

    def _kind_of(self, known: Sequence[Line]) -> str:
        turned = [line.value for line in known if line.kind == "converted"]
        return turned[-1] if turned else self._kind

    def _severity(self, known: Sequence[Line]) -> str:
        return [line.value for line in known if line.kind in ("opened", "severity_set")][-1]

    def _down(self, known: Sequence[Line]) -> bool:
        flags = [line.kind for line in known if line.kind in ("system_down", "system_up")]
        return bool(flags) and flags[-1] == "system_down"

    def _resolved(self, known: Sequence[Line]) -> datetime | None:
        at: datetime | None = None
        for line in known:
            if line.kind == "resolved" and at is None:
                at = line.at
            elif line.kind == "reopened":
                at = None
        return at

    def _stopped(self, name: str, known: Sequence[Line]) -> bool:
        return self._stopped_at(name, known) is not None

    def _stopped_at(self, name: str, known: Sequence[Line]) -> datetime | None:
        by: Line | None = None
        for line in known:
            if by is None and line.kind in STOPS[name]:
                by = line
            elif by and line.kind == "reopened" and name != "response":
                by = None if by.kind in ("resolved", "report_approved") else by
        return by.at if by else None

    def _paused(self, name: str, known: Sequence[Line]) -> bool:
        words = [line.kind for line in known if line.kind in ("paused", "resumed")]
        pausable = self._policy["clocks"][name].get("pausable", True)
        return pausable and words[-1:] == ["paused"]

    def _seen(self, name: str, known: Sequence[Line]) -> bool:
        since = [number for number, line in enumerate(known) if line.kind == "reopened"]
        fresh = known[since[-1] :] if since else known
        return any(line.kind == "seen" and line.value == name for line in fresh)

    # What the policy says.

    def _due(self, name: str, known: Sequence[Line]) -> timedelta:
        return timedelta(minutes=self._policy["clocks"][name]["due"][self._severity(known)])

    def _marks(self, name: str, known: Sequence[Line]) -> list[tuple[timedelta, int]]:
        """Spans of counted time with their level: warnings, the breach, the climbs."""
        key = (name, self._severity(known))
        if key not in self._marked:
            self._marked[key] = self._planned(name, self._due(name, known))
        return self._marked[key]

    def _planned(self, name: str, due: timedelta) -> list[tuple[timedelta, int]]:
        clock = self._policy["clocks"][name]
        warnings = {due * part for part in clock.get("parts", ())}
        warnings |= {due - timedelta(minutes=one) - LEAD for one in clock.get("before", ())}
        ordered = sorted(one for one in warnings if one > timedelta(0))
        marks = [(one, 1 if one == ordered[-1] else 0) for one in ordered] + [(due, 1)]
        climbs = [due + timedelta(minutes=one) for one in clock["climbs"]]
        return marks + [(one, 2 + number) for number, one in enumerate(climbs)]

    def _step(self, name: str, known: Sequence[Line], number: int) -> tuple[timedelta, int, bool]:
        marks = self._marks(name, known)
        if number < len(marks):
            return (*marks[number], False)
        span, level = marks[-1]
        again = number - len(marks) + 1
        return span + again * timedelta(minutes=self._policy["clocks"][name]["repeat"]), level, True

    # What the calendar says.

    def _moment(self, name: str, known: Sequence[Line], span: timedelta) -> datetime | None:
        """Walk over the counted stretches until `span` is used up."""
        left = span
        for begins, ends in self._counted(name, known):
            if ends is None or ends - begins >= left:
                return begins + left
            left -= ends - begins
        return None

    def _counted(
        self, name: str, known: Sequence[Line]
    ) -> Iterator[tuple[datetime, datetime | None]]:
        """Stretches of counted time, in order, from the clock's start; an open end for a clock that runs always."""
        start = known[0].at
        if name == "report":
            start = self._resolved(known) or start
        calendar = self._policy["calendars"][self._kind_of(known)]
        for begins, ends in self._runs(name, known, start):
            if calendar == "always":
                yield begins, ends
            else:
                yield from self._worked(begins, ends)

    def _runs(
        self, name: str, known: Sequence[Line], start: datetime
    ) -> Iterator[tuple[datetime, datetime | None]]:
        """From `start` on, whatever is not stopped by a pause, or by a solution that was refused in the end."""
        if not self._policy["clocks"][name].get("pausable", True):
            yield start, None
            return
        refused = [number for number, line in enumerate(known) if line.kind == "reopened"]
        stops: set[str] = set()
        since: datetime | None = start
        for number, line in enumerate(known):
            before = bool(stops)
            if line.kind == "paused" or (
                line.kind == "resolved" and number < max(refused, default=0)
            ):
                stops.add(line.kind)
            stops -= {"resumed": {"paused"}, "reopened": {"resolved"}}.get(line.kind, set())
            if stops and not before and since is not None:
                if line.at > since:
                    yield since, line.at
                since = None
            elif before and not stops:
                since = max(line.at, start)
        if since is not None:
            yield since, None

    def _worked(
        self, begins: datetime, ends: datetime | None
    ) -> Iterator[tuple[datetime, datetime | None]]:
        day = begins.astimezone(LOCAL).date()
        for _ in range(MOST_DAYS):
            if self._days.get(day, True):
                for opens, closes in SHIFTS:
                    low = max(datetime.combine(day, opens, LOCAL), begins)
                    high = datetime.combine(day, closes, LOCAL)
                    high = high if ends is None else min(high, ends)
                    if low < high:
                        yield low, high
            day += timedelta(days=1)
            if ends is not None and day > ends.astimezone(LOCAL).date():
                return
