"""What may be done with a ticket [4.4][5.1]: one table. Code and database refuse whatever does not stand in it."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from enum import Enum

from shared.models.officers import Role
from shared.models.tickets import Finding, Severity, TicketEvent, TicketKind, TicketStatus
from shared.rules.sla import Happened

S, K = TicketStatus, TicketKind
OPS = frozenset({Role.OPS_ENGINEER, Role.OPS_SPECIALIST, Role.OPS_LEAD})
# 主管领导签字: the customer's supervisor, or the operations lead in his place.
SIGNERS = frozenset({Role.SUPERVISOR, Role.OPS_LEAD})
ALL = OPS | SIGNERS
OVER = frozenset({S.CLOSED, S.REFUSED})
RUNNING = frozenset(S) - OVER
# What the person who asked may read of the log: the answers, not who had to be reminded.
TOLD = frozenset({"opened", "acknowledged", "resolved", "closed", "reopened", "comment"})


class Fact(str, Enum):
    """What follows from a ticket's log, beside its status."""

    PAUSED = "paused"
    DOWN = "down"
    REPORTED = "report_submitted"
    REPORT_APPROVED = "report_approved"


@dataclass(frozen=True)
class Action:
    """`to` None: the status stays. `needs`: fields to fill. `not_by`: who stands for one of these in the log may not.

    It takes a note (`text`) beside them and nothing else: no act changes in passing what another one answers for.
    """

    to: TicketStatus | None = None
    roles: frozenset[Role] = OPS
    needs: tuple[str, ...] = ()
    not_by: tuple[str, ...] = ()
    happened: Happened | None = None
    given: frozenset[Fact] = frozenset()
    unless: frozenset[Fact] = frozenset()

    @property
    def takes(self) -> frozenset[str]:
        return frozenset({"text", *self.needs})

    def line(self, name: str) -> str:
        """The kind of the line that it writes into the log."""
        return self.happened.value if self.happened else name


ACKNOWLEDGE = Action(S.ACKNOWLEDGED, happened=Happened.ACKNOWLEDGED)
ANSWER = Action(S.CLOSED, needs=("text",), happened=Happened.CLOSED)
REFUSE = Action(S.REFUSED, SIGNERS, needs=("text",), happened=Happened.CLOSED)
RESOLVE = Action(S.RESOLVED, needs=("method",), happened=Happened.RESOLVED)

MOVES: dict[tuple[TicketKind, TicketStatus], dict[str, Action]] = {
    (K.INCIDENT, S.OPEN): {"acknowledge": ACKNOWLEDGE},
    (K.INCIDENT, S.ACKNOWLEDGED): {"resolve": RESOLVE},
    (K.INCIDENT, S.RESOLVED): {
        "confirm": Action(S.CONFIRMED, SIGNERS, not_by=("resolved",)),
        "reopen": Action(S.ACKNOWLEDGED, SIGNERS, needs=("text",), happened=Happened.REOPENED),
    },
    (K.INCIDENT, S.CONFIRMED): {
        "close": Action(
            S.CLOSED,
            needs=("cause", "method", "prevention"),
            happened=Happened.CLOSED,
            given=frozenset({Fact.REPORT_APPROVED}),
        ),
    },
    (K.DEFECT, S.OPEN): {"acknowledge": ACKNOWLEDGE},
    (K.DEFECT, S.ACKNOWLEDGED): {"analyse": Action(S.ANALYSED, needs=("finding", "text"))},
    (K.DEFECT, S.ANALYSED): {
        "sign_off": Action(S.APPROVED, SIGNERS, not_by=("opened", "analyse")),
        "send_back": Action(S.ACKNOWLEDGED, SIGNERS, needs=("text",)),
    },
    (K.DEFECT, S.APPROVED): {"resolve": RESOLVE},
    (K.DEFECT, S.RESOLVED): {
        "report": Action(S.REPORTED, needs=("text",)),
        "reopen": Action(S.APPROVED, SIGNERS, needs=("text",), happened=Happened.REOPENED),
    },
    (K.DEFECT, S.REPORTED): {
        "reply": Action(S.CLOSED, needs=("text", "change_record"), happened=Happened.CLOSED),
    },
    (K.CONSULT, S.OPEN): {"acknowledge": ACKNOWLEDGE, "answer": ANSWER},
    (K.CONSULT, S.ACKNOWLEDGED): {"answer": ANSWER},
    (K.CHANGE, S.OPEN): {"acknowledge": ACKNOWLEDGE},
    (K.CHANGE, S.ACKNOWLEDGED): {"estimate": Action(S.ANALYSED, needs=("days", "text"))},
    (K.CHANGE, S.ANALYSED): {
        "sign_off": Action(S.APPROVED, SIGNERS, not_by=("opened", "estimate")),
        "refuse": REFUSE,
    },
    (K.CHANGE, S.APPROVED): {
        "complete": Action(S.RESOLVED, needs=("days", "text")),
        "refuse": REFUSE,
    },
    (K.CHANGE, S.RESOLVED): {
        "confirm": Action(S.CLOSED, SIGNERS, not_by=("complete",), happened=Happened.CLOSED),
    },
}  # fmt: skip

# A lower severity and a pause move the deadline away: each needs a signature, and not of who works against it.
_WORKED = ("acknowledged", "plan_submitted", "resolved")
LOWER = Action(
    None,
    SIGNERS,
    needs=("severity", "text"),
    not_by=(*_WORKED, "ask_lower"),
    happened=Happened.SEVERITY_SET,
)

# What may be noted while a ticket runs, by kind; none of it moves the status.
_NOTED = {
    "set_severity": Action(None, ALL, needs=("severity", "text"), happened=Happened.SEVERITY_SET),
    "ask_lower": Action(None, OPS, needs=("severity", "text")),
    "see": Action(None, ALL, needs=("clock",), happened=Happened.SEEN),
    "comment": Action(None, ALL, needs=("text",)),
    # Waiting for the customer: only with his own recorded approval.
    "pause": Action(
        None,
        SIGNERS,
        needs=("text",),
        not_by=_WORKED,
        happened=Happened.PAUSED,
        unless=frozenset({Fact.PAUSED}),
    ),
    "resume": Action(None, ALL, happened=Happened.RESUMED, given=frozenset({Fact.PAUSED})),
}
_PLANNED = {"plan": Action(None, OPS, needs=("text",), happened=Happened.PLAN_SUBMITTED)}
_INCIDENT = {
    "contingency": Action(None, OPS, needs=("text",), happened=Happened.CONTINGENCY_SUBMITTED),
    "system_down": Action(None, ALL, happened=Happened.SYSTEM_DOWN, unless=frozenset({Fact.DOWN})),
    "system_up": Action(None, ALL, happened=Happened.SYSTEM_UP, given=frozenset({Fact.DOWN})),
}
# 故障处理报告, within 24 hours after the resolution.
_REPORTS = {
    "submit_report": Action(
        None, OPS, needs=("cause", "method", "loss"), unless=frozenset({Fact.REPORT_APPROVED})
    ),
    "approve_report": Action(
        None,
        SIGNERS,
        not_by=("submit_report",),
        happened=Happened.REPORT_APPROVED,
        given=frozenset({Fact.REPORTED}),
        unless=frozenset({Fact.REPORT_APPROVED}),
    ),
}


def actions(kind: TicketKind, status: TicketStatus) -> dict[str, Action]:
    """All that the table allows in this state, whoever asks."""
    if status in OVER:
        return {}
    found = {**MOVES.get((kind, status), {}), **_NOTED}
    if kind in (K.INCIDENT, K.DEFECT):
        found |= _PLANNED
    if kind is K.INCIDENT:
        found |= _INCIDENT
        found |= _REPORTS if status in (S.RESOLVED, S.CONFIRMED) else {}
    return found


def is_own_work(action: Action, actor_id: str, log: Iterable[TicketEvent]) -> bool:
    return any(line.kind in action.not_by and line.actor_id == actor_id for line in log)


def is_lower(severity: Severity | None, than: Severity) -> bool:
    order = list(Severity)
    return severity is not None and order.index(severity) > order.index(than)


_SETS = {
    Happened.PAUSED.value: {Fact.PAUSED},
    Happened.SYSTEM_DOWN.value: {Fact.DOWN},
    "submit_report": {Fact.REPORTED},
    Happened.REPORT_APPROVED.value: {Fact.REPORT_APPROVED},
}
_ENDS = {
    Happened.RESUMED.value: {Fact.PAUSED},
    Happened.SYSTEM_UP.value: {Fact.DOWN},
    # The report told of a solution that was none.
    Happened.REOPENED.value: {Fact.REPORTED, Fact.REPORT_APPROVED},
}


def facts(log: Iterable[str]) -> frozenset[Fact]:
    """From the kinds of the log's lines, in their order."""
    found: set[Fact] = set()
    for kind in log:
        found |= _SETS.get(kind, set())
        found -= _ENDS.get(kind, set())
    return frozenset(found)


def possible(
    kind: TicketKind, status: TicketStatus, roles: Set[Role], facts: Set[Fact]
) -> list[str]:
    """What somebody with `roles` may do now, as far as the state says."""
    return [
        name
        for name, one in actions(kind, status).items()
        if one.roles & roles and one.given <= facts and not one.unless & facts
    ]


def told(kind: TicketKind, status: TicketStatus) -> list[str]:
    """Actions whose words the person who asked will read."""
    return [name for name, one in actions(kind, status).items() if one.line(name) in TOLD]


def turned(kind: TicketKind, finding: Finding) -> TicketKind:
    """An operation finding turns the defect into a consult."""
    return K.CONSULT if kind is K.DEFECT and finding is Finding.OPERATION else kind


def legal_steps() -> frozenset[tuple[str, str]]:
    """Every (kind:status before, kind:status after) that the database lets pass."""
    moved = {
        (f"{kind.value}:{status.value}", f"{kind.value}:{one.to.value}")
        for (kind, status), moves in MOVES.items()
        for one in moves.values()
        if one.to is not None
    }
    return frozenset(moved | {("defect:acknowledged", "consult:acknowledged")})
