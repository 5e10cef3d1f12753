"""SLA of an incident [4.1]: when its response clock warns and climbs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from shared.models.officers import Role

RESPONSE_DUE = timedelta(minutes=30)


class Tone(str, Enum):
    WARNING = "warning"
    BREACH = "breach"


@dataclass(frozen=True)
class Step:
    """One firing of a clock: `at` after the report, to the holders of `role`."""

    at: timedelta
    tone: Tone
    role: Role


# Warns 15 and 5 minutes before the breach (ops.md), then climbs; the customer's manager comes last.
RESPONSE_STEPS = (
    Step(RESPONSE_DUE - timedelta(minutes=15), Tone.WARNING, Role.OPS_ENGINEER),
    Step(RESPONSE_DUE - timedelta(minutes=5), Tone.WARNING, Role.OPS_ENGINEER),
    Step(RESPONSE_DUE, Tone.BREACH, Role.OPS_LEAD),
    Step(RESPONSE_DUE + timedelta(minutes=30), Tone.BREACH, Role.SUPERVISOR),
)


def due_at(reported_at: datetime, step: int) -> datetime:
    return reported_at + RESPONSE_STEPS[step].at
