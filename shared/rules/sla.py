"""Every deadline of a ticket, as one pure function of its events, its policy and the calendar.

Nothing is counted up along the way: a pause, a new severity or a conversion is an event, and all is reckoned anew
from the report on. So what stands in the database can always be compared with what follows from the log.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from shared.rules.sla_policy import ClockName, ClockPolicy, Policy, Step, Tone
from shared.rules.working_time import Calendar


class Happened(str, Enum):
    """What matters for a clock. A ticket's log holds other kinds as well."""

    OPENED = "opened"
    SEVERITY_SET = "severity_set"
    CONVERTED = "converted"
    SYSTEM_DOWN = "system_down"
    SYSTEM_UP = "system_up"
    ACKNOWLEDGED = "acknowledged"
    PLAN_SUBMITTED = "plan_submitted"
    CONTINGENCY_SUBMITTED = "contingency_submitted"
    PAUSED = "paused"
    RESUMED = "resumed"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    REPORT_APPROVED = "report_approved"
    SEEN = "seen"
    CLOSED = "closed"


@dataclass(frozen=True)
class Event:
    """`value`: the severity (opened, severity_set), the kind (converted), the clock (seen)."""

    what: Happened
    at: datetime
    value: str = ""


# A person's first action, whichever it is, answers the report.
ANSWERS = {
    ClockName.RESPONSE: frozenset(
        {
            Happened.ACKNOWLEDGED, Happened.PLAN_SUBMITTED, Happened.CONTINGENCY_SUBMITTED,
            Happened.RESOLVED, Happened.CLOSED,
        }
    ),
    ClockName.PLAN: frozenset({Happened.PLAN_SUBMITTED, Happened.RESOLVED, Happened.CLOSED}),
    ClockName.RESOLUTION: frozenset({Happened.RESOLVED, Happened.CLOSED}),
    ClockName.CONTINGENCY: frozenset(
        {Happened.CONTINGENCY_SUBMITTED, Happened.RESOLVED, Happened.CLOSED}
    ),
    ClockName.REPORT: frozenset({Happened.REPORT_APPROVED, Happened.CLOSED}),
}  # fmt: skip
# Which clocks a kind of ticket has; a defect's steps are the workflow's own.
CLOCKS = {
    "incident": tuple(ClockName),
    "defect": (ClockName.RESPONSE, ClockName.PLAN, ClockName.RESOLUTION),
    "consult": (ClockName.RESPONSE, ClockName.RESOLUTION),
    "change": (ClockName.RESPONSE,),
}
TAKEN_BACK = (Happened.RESOLVED, Happened.REPORT_APPROVED)
Gaps = Sequence[tuple[datetime, datetime | None]]


@dataclass(frozen=True)
class Clock:
    """`answered_at` None: still wanted. `seen_at`: somebody took note of the breach, repetition stops.

    `plan` names calendar and span: as long as it stays the same, a step that has spoken does not speak again.
    """

    name: ClockName
    plan: str
    policy: ClockPolicy
    severity: str
    calendar: Calendar
    started_at: datetime
    gaps: Gaps
    answered_at: datetime | None
    seen_at: datetime | None

    @property
    def due_at(self) -> datetime | None:
        """None while it is paused before its end."""
        return self._moment(self.policy.due[self.severity])

    @property
    def provisional(self) -> bool:
        due = self.due_at
        return due is not None and not self.calendar.knows(due)

    def step_at(self, number: int) -> datetime | None:
        """When the step is due; None when it will not fire as things are: a paused clock is silent."""
        step = self.policy.step(self.severity, number)
        paused = bool(self.gaps) and self.gaps[-1][1] is None
        if paused or self.answered_at is not None or (step.tone is Tone.REMINDER and self.seen_at):
            return None
        return self._moment(step.at)

    def step(self, number: int) -> Step:
        return self.policy.step(self.severity, number)

    def highest_due(self, number: int, now: datetime) -> int:
        """From `number` on, the last step that is due by `now`; `number` itself when none is."""
        while (following := self.step_at(number + 1)) is not None and following <= now:
            number += 1
        return number

    def last_spoken(self, spoken: int, plan: str, due_at: datetime | None, now: datetime) -> int:
        """`spoken` under the plan and deadline before this event; less when a new plan begins in the middle.

        Another calendar with the same span and the same deadline is no new plan: nobody hears a warning twice.
        """
        same_span = plan.partition(":")[2] == self.plan.partition(":")[2]
        if plan == self.plan or (same_span and due_at is not None and due_at == self.due_at):
            return spoken
        return self._first_to_speak(now) - 1

    def _first_to_speak(self, now: datetime) -> int:
        """What passed before a plan is passed, only the highest of that speaks. Nothing passes once it is answered:
        a resolution that is refused later gives the time back."""
        number, now = 0, min(now, self.answered_at or now)
        for step in self.policy.planned(self.severity):
            due_at = self._moment(step.at)
            if due_at is not None and due_at <= now:
                number = step.number
        return number

    def _moment(self, span: timedelta) -> datetime | None:
        """When `span` has been counted, the pauses left out."""
        cursor, left = self.started_at, span
        for begins, ends in self.gaps:
            counted = self.calendar.elapsed(cursor, begins)
            if counted >= left:
                break
            left -= counted
            if ends is None:
                return None
            cursor = max(cursor, ends)
        return self.calendar.add(cursor, left)


def reckon(
    events: Sequence[Event], *, kind: str, policy: Policy, calendars: Mapping[str, Calendar]
) -> dict[ClockName, Clock]:
    """The clocks that run or ran. `events` in their order, the first is OPENED; `kind` is the one it opened with."""
    opened = events[0]
    severity = opened.value
    down = False
    for event in events[1:]:
        severity = event.value if event.what is Happened.SEVERITY_SET else severity
        kind = event.value if event.what is Happened.CONVERTED else kind
        down = {Happened.SYSTEM_DOWN: True, Happened.SYSTEM_UP: False}.get(event.what, down)
    starts = dict.fromkeys(CLOCKS[kind], opened.at)
    if not down:
        starts.pop(ClockName.CONTINGENCY, None)
    resolved_at = _standing(events, frozenset({Happened.RESOLVED}))
    if ClockName.REPORT in starts and resolved_at is None:
        starts.pop(ClockName.REPORT)
    elif ClockName.REPORT in starts and resolved_at is not None:
        starts[ClockName.REPORT] = resolved_at
    on = policy.calendars[kind]
    return {
        name: Clock(
            name=name,
            plan=f"{on}:{policy.clocks[name].due[severity] // timedelta(minutes=1)}",
            policy=policy.clocks[name],
            severity=severity,
            calendar=calendars[on],
            started_at=started_at,
            gaps=_gaps(events, policy.clocks[name]),
            answered_at=_answered(events, name),
            seen_at=_seen(events, name),
        )
        for name, started_at in starts.items()
    }


def _answered(events: Sequence[Event], name: ClockName) -> datetime | None:
    """Who acted has answered the report, whatever becomes of the solution."""
    if name is ClockName.RESPONSE:
        return next((event.at for event in events if event.what in ANSWERS[name]), None)
    return _standing(events, ANSWERS[name])


def _standing(events: Sequence[Event], answers: frozenset[Happened]) -> datetime | None:
    """The first answer; a resolution that was taken back answers nothing, nor does the report on it."""
    found: Event | None = None
    for event in events:
        if found is None and event.what in answers:
            found = event
        elif event.what is Happened.REOPENED and found and found.what in TAKEN_BACK:
            found = None
    return found.at if found else None


def _gaps(events: Sequence[Event], policy: ClockPolicy) -> Gaps:
    """Approved pauses; and from a resolution to its refusal the customer was asked, not the engineer."""
    if not policy.pausable:
        return ()
    gaps: list[tuple[datetime, datetime | None]] = []
    waits: dict[Happened, datetime] = {}
    ends = {Happened.RESUMED: Happened.PAUSED, Happened.REOPENED: Happened.RESOLVED}
    for event in events:
        if event.what in ends.values():
            waits.setdefault(event.what, event.at)
        elif event.what in ends and ends[event.what] in waits:
            gaps.append((waits.pop(ends[event.what]), event.at))
    if Happened.PAUSED in waits:
        gaps.append((waits[Happened.PAUSED], None))
    return _disjoint(gaps)


def _disjoint(gaps: Gaps) -> Gaps:
    merged: list[tuple[datetime, datetime | None]] = []
    for begins, ends in sorted(gaps, key=lambda gap: gap[0]):
        if merged and (merged[-1][1] is None or begins <= merged[-1][1]):
            last = merged[-1]
            later = None if last[1] is None or ends is None else max(last[1], ends)
            merged[-1] = (last[0], later)
        else:
            merged.append((begins, ends))
    return merged


def _seen(events: Sequence[Event], name: ClockName) -> datetime | None:
    """A breach taken note of; a reopened ticket wants to be noticed again."""
    seen: datetime | None = None
    for event in events:
        if event.what is Happened.SEEN and event.value == name.value:
            seen = event.at
        elif event.what is Happened.REOPENED:
            seen = None
    return seen
