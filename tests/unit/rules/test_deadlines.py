from datetime import datetime, timedelta, timezone

from shared.models.officers import Role
from shared.rules.deadlines import RESPONSE_DUE, RESPONSE_STEPS, Tone, due_at

REPORTED = datetime(2026, 12, 1, 1, 0, tzinfo=timezone.utc)


def test_it_warns_before_half_an_hour_and_climbs_from_then_on() -> None:
    """[4.1]: 30 minutes to respond, around the clock."""
    assert timedelta(minutes=30) == RESPONSE_DUE
    minutes = [(due_at(REPORTED, step) - REPORTED) // timedelta(minutes=1) for step in range(4)]
    assert minutes == [15, 25, 30, 60]
    for step in RESPONSE_STEPS:
        assert (step.tone is Tone.BREACH) == (step.at >= RESPONSE_DUE)


def test_each_breach_goes_higher() -> None:
    chain = [one.role for one in RESPONSE_STEPS]
    assert chain == [Role.OPS_ENGINEER, Role.OPS_ENGINEER, Role.OPS_LEAD, Role.SUPERVISOR]
