"""Deadlines as one function of the log: examples from the contract, and thousands of random lives."""

from collections import Counter
from datetime import date, datetime, timedelta, timezone

import pytest

from benchmarks import sla as simulation
from shared.rules import sla_policy
from shared.rules.sla import Clock, Event, Happened, reckon
from shared.rules.sla_policy import DEFAULT, ClockName, Level, Policy, Tone
from shared.rules.working_time import Always, WorkingTime

AT = datetime(2026, 3, 2, 1, tzinfo=timezone.utc)
LIVES = 2_000


def clocks(*later: tuple[float, Happened, str], severity: str = "II") -> dict[ClockName, Clock]:
    """Of an incident; `later` are hours after the report."""
    events = [Event(Happened.OPENED, AT, severity)]
    events += [Event(what, AT + timedelta(hours=hours), value) for hours, what, value in later]
    return reckon(
        events, kind="incident", policy=Policy.of(DEFAULT), calendars={"always": Always()}
    )


def hours(clock: Clock) -> float | None:
    return None if clock.due_at is None else (clock.due_at - AT) / timedelta(hours=1)


@pytest.mark.parametrize(("severity", "resolved"), [("I", 3), ("II", 6), ("III", 12), ("IV", 24)])
def test_the_contracts_table(severity: str, resolved: float) -> None:
    found = {name.value: hours(clock) for name, clock in clocks(severity=severity).items()}
    assert found == {"response": 0.5, "plan": 2, "resolution": resolved}


def test_a_system_that_is_down_wants_a_contingency_plan_sixteen_hours_after_the_report() -> None:
    clock = clocks((5, Happened.SYSTEM_DOWN, ""), severity="I")[ClockName.CONTINGENCY]
    assert hours(clock) == 16
    assert clock.step_at(0) == AT + timedelta(hours=12)


def test_a_report_is_due_a_day_after_the_resolution() -> None:
    assert hours(clocks((4, Happened.RESOLVED, ""))[ClockName.REPORT]) == 28


def test_a_pause_moves_the_deadline_and_an_open_one_holds_it() -> None:
    pause, resume = (1, Happened.PAUSED, ""), (3, Happened.RESUMED, "")
    assert hours(clocks(pause)[ClockName.RESOLUTION]) is None
    assert hours(clocks(pause, resume)[ClockName.RESOLUTION]) == 8
    assert (
        hours(clocks(pause, resume)[ClockName.RESPONSE]) == 0.5
    )  # a person's first action waits for nobody


def test_another_severity_counts_from_the_report_and_keeps_every_pause() -> None:
    """GLPI's #15605 forgot the pause here."""
    found = clocks(
        (1, Happened.PAUSED, ""), (3, Happened.RESUMED, ""), (4, Happened.SEVERITY_SET, "I")
    )
    assert hours(found[ClockName.RESOLUTION]) == 5


def test_a_refused_solution_gives_the_time_of_waiting_back() -> None:
    found = clocks((5, Happened.RESOLVED, ""), (15, Happened.REOPENED, ""))
    assert hours(found[ClockName.RESOLUTION]) == 16
    assert found[ClockName.RESOLUTION].answered_at is None
    assert ClockName.REPORT not in found


def test_the_chain_is_climbed_and_then_repeated_until_somebody_knows() -> None:
    clock = clocks()[ClockName.RESOLUTION]
    steps = [clock.step(number) for number in range(8)]
    assert [one.level for one in steps] == [
        Level.ENGINEER, Level.ENGINEER, Level.SPECIALIST, Level.SPECIALIST, Level.LEAD,
        Level.CUSTOMER, Level.CUSTOMER, Level.CUSTOMER,
    ]  # fmt: skip
    assert [one.tone for one in steps[-2:]] == [Tone.REMINDER] * 2
    seen = clocks((8, Happened.SEEN, "resolution"))[ClockName.RESOLUTION]
    assert seen.step_at(6) is None
    assert seen.step_at(5) is not None


def test_random_lives_are_warned_in_time_and_reckoned_twice_alike() -> None:
    found = sum((simulation.simulate(seed) for seed in range(LIVES)), Counter[str]())
    assert found["breaches"] > LIVES
    assert (found["violations"], found["wrong_deadlines"], found["wrong_steps"]) == (0, 0, 0)


@pytest.mark.parametrize("seed", [6_491, 48_533, 143_071, 145_457])
def test_lives_whose_last_warning_once_came_late_or_never(seed: int) -> None:
    """A conversion that left the deadline; a severity and a failure told while the solution waited for approval."""
    assert simulation.simulate(seed)["violations"] == 0


def test_the_simulation_sees_a_warning_that_comes_too_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sla_policy, "LEAD", timedelta(seconds=-30))
    monkeypatch.setattr(simulation, "POLICY", Policy.of(DEFAULT))
    found = sum((simulation.simulate(seed) for seed in range(300)), Counter[str]())
    assert found["violations"] > 0
    assert found["wrong_steps"] > 0


def test_the_second_reckoning_sees_a_forgotten_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.rules.sla._gaps", lambda events, policy: ())
    found = sum((simulation.simulate(seed) for seed in range(300)), Counter[str]())
    assert found["wrong_deadlines"] > 0


def test_working_time_is_the_count_of_the_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = 20_000
    assert simulation.working_time(cases) == {"working_time_cases": cases, "working_time_wrong": 0}
    early = {**simulation.DAYS, date(2026, 2, 14): False}  # a Saturday worked before the festival
    monkeypatch.setitem(simulation.CALENDARS, "working", WorkingTime(early))
    assert simulation.working_time(cases)["working_time_wrong"] > 0
