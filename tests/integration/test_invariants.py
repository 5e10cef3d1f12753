"""Each invariant is broken on purpose and found, and it alone; whole data break none; the timer opens one incident."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Select, Update, delete, update
from sqlalchemy.orm import Session

from shared import invariants
from shared.database import engine
from shared.errors import Unavailable
from shared.ids import new_id
from shared.invariants import INVARIANTS, find_broken
from shared.models.calls import PhoneCall
from shared.models.onsite import OnsiteVisit
from shared.models.people import Relationship, Resident, ResidentStatus
from shared.models.person_days import PersonDayYear
from shared.models.plumbing import AuditEvent, Outbox
from shared.models.quota import QuotaEntry, QuotaEntryKind
from shared.models.rooms import Recording
from shared.models.tickets import Severity, Ticket
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitParticipant, VisitStatus
from shared.rules.quota import Channel
from tests.integration.steps import approved, booked, running
from tests.integration.test_tickets import report
from tests.integration.world import World

Break = Callable[[World, str], None]


def change(*statements: Update | object) -> None:
    with Session(engine()) as session, session.begin():
        for statement in statements:
            session.execute(statement)  # type: ignore[call-overload]


def of_visit(visit_id: str, **values: object) -> Update:
    return update(Visit).where(Visit.id == visit_id).values(**values)


def of_slot(world: World, visit_id: str, **values: object) -> Update:
    slot_id = world.one(Visit, id=visit_id).slot_id
    return update(Slot).where(Slot.id == slot_id).values(**values)


def quota_line(world: World, visit_id: str) -> None:
    visit = world.one(Visit, id=visit_id)
    line = QuotaEntry(
        site_id=visit.site_id,
        resident_id=visit.resident_id,
        channel=Channel.REMOTE,
        kind=QuotaEntryKind.USE,
        amount=1,
        at=visit.starts_at,
        source_id=new_id(),
        made_by="system",
    )
    world.add(line)


def long_after(world: World, visit_id: str) -> None:
    world.clock.move_to(world.one(Visit, id=visit_id).ends_at + timedelta(days=1))


BREAK: dict[str, Break] = {
    "overbooked": lambda world, visit: change(of_slot(world, visit, capacity=0)),
    "taken_wrong": lambda world, visit: change(of_slot(world, visit, taken=0)),
    "waiting_wrong": lambda world, visit: change(of_slot(world, visit, waiting=1)),
    "approved_late": lambda world, visit: change(
        of_visit(visit, status=VisitStatus.COMPLETED, decided_at=Visit.starts_at)
    ),
    "left_behind": long_after,
    "quota_wrong": lambda world, visit: change(
        update(QuotaEntry).where(QuotaEntry.source_id == visit).values(amount=2)
    ),
    "quota_without_visit": quota_line,
    "calls_miscounted": lambda world, visit: world.add(uncounted_call(world, visit)),
    "onsite_miscounted": lambda world, visit: world.add(uncounted_onsite(world, visit)),
    "no_relationship": lambda world, visit: change(
        update(Relationship).values(resident_id=other_resident(world, visit))
    ),
    "no_lead": lambda world, visit: change(update(VisitParticipant).values(lead=False)),
    "resident_away": lambda world, visit: change(
        update(Resident).values(status=ResidentStatus.RESTRICTED)
    ),
    "not_audited": lambda world, visit: change(
        delete(AuditEvent).where(AuditEvent.subject_id == visit)
    ),
    "not_told": lambda world, visit: change(
        delete(Outbox).where(Outbox.dedupe_key == f"visit:{visit}:requested")
    ),
    "no_recording": lambda world, visit: change(of_visit(visit, started_at=Visit.starts_at)),
    "recording_orphaned": lambda world, visit: world.add(recording(world, visit)),
    "severity_unlogged": lambda world, visit: unlogged_severity(world),
    "person_days_wrong": lambda world, visit: world.add(
        PersonDayYear(site_id=world.one(Visit, id=visit).site_id, year=2026, allowed=3000, used=10)
    ),
}


def other_resident(world: World, visit_id: str) -> str:
    own = world.one(Visit, id=visit_id).resident_id
    return next(one.id for one in world.rows(Resident) if one.id != own)


def recording(world: World, visit_id: str) -> Recording:
    visit = world.one(Visit, id=visit_id)
    whose = {"site_id": visit.site_id, "resident_id": visit.resident_id}
    return Recording(**whose, kind="visit", starts_at=visit.starts_at)


def unlogged_severity(world: World) -> None:
    report(world, "incident", severity="II")
    change(update(Ticket).values(severity=Severity.IV))


def uncounted_call(world: World, visit_id: str) -> PhoneCall:
    visit = world.one(Visit, id=visit_id)
    return PhoneCall(
        site_id=visit.site_id,
        external_id="c-1",
        resident_id=visit.resident_id,
        resident_number="1",
        number="13900000066",
        direction="outgoing",
        result="answered",
        started_at=world.clock.now(),
        seconds=60,
        changed_at=world.clock.now(),
    )


def uncounted_onsite(world: World, visit_id: str) -> OnsiteVisit:
    visit = world.one(Visit, id=visit_id)
    return OnsiteVisit(
        site_id=visit.site_id,
        external_id="H1",
        resident_id=visit.resident_id,
        resident_number="1",
        visitor_ids=[],
        status="completed",
        started_at=world.clock.now(),
        ended_at=world.clock.now(),
        changed_at=world.clock.now(),
    )


def broken() -> list[str]:
    return [one.invariant.name for one in find_broken()]


@pytest.mark.parametrize("name", [one.name for one in INVARIANTS])
def test_each_is_found_when_broken(world: World, name: str) -> None:
    visit_id = approved(world)
    assert broken() == []
    BREAK[name](world, visit_id)
    assert broken() == [name]


def test_an_ordinary_visit_breaks_none(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    running(world)
    assert invariants.main([]) == 0
    assert f"核对 {len(INVARIANTS)} 条规则，不合的 0 条。" in capsys.readouterr().out


def test_the_command_names_what_it_finds(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    visit_id = booked(world)
    BREAK["not_audited"](world, visit_id)
    assert invariants.main(["--days", "30"]) == 1
    assert f": {visit_id}\n" in capsys.readouterr().out


def test_the_timer_opens_one_incident(world: World) -> None:
    visit_id = booked(world)
    BREAK["taken_wrong"](world, visit_id)
    BREAK["not_audited"](world, visit_id)
    for _night in range(3):
        world.timer("ops_ticket", "check-invariants")
        world.clock.forward(hours=1)
    tickets = world.rows(Ticket)
    assert sorted(one.source_key.split(":")[1] for one in tickets if one.source_key) == [
        "not_audited",
        "taken_wrong",
    ]
    told = next(one for one in tickets if "not_audited" in str(one.source_key))
    assert visit_id in told.text


def test_broken_again_after_it_was_closed(world: World) -> None:
    visit_id = booked(world)
    BREAK["not_audited"](world, visit_id)
    world.timer("ops_ticket", "check-invariants")
    change(update(Ticket).values(closed_at=world.clock.now()))
    world.clock.forward(hours=24)
    world.timer("ops_ticket", "check-invariants")
    assert len(world.rows(Ticket)) == 2


@pytest.mark.parametrize("error", [ZeroDivisionError(), Unavailable.of("try_later")])
def test_one_that_cannot_be_asked_is_told_and_silences_no_other(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
) -> None:
    """The second is what a query ends in that takes longer than the connection waits."""
    visit_id = booked(world)
    BREAK["not_audited"](world, visit_id)

    def fails(_: object) -> Select[tuple[str, str]]:
        raise error

    first = replace(INVARIANTS[0], broken=fails)
    monkeypatch.setattr(invariants, "INVARIANTS", (first, *INVARIANTS[1:]))
    for _night in range(2):
        world.timer("ops_ticket", "check-invariants")
        world.clock.forward(hours=24)
    assert {one.title for one in world.rows(Ticket)} == {
        "数据自检：有一项未能完成核对",
        "数据自检：有会见没有留下预约的审计记录",
    }
    assert len(world.rows(Ticket)) == 2
    assert invariants.main([]) == 1
    assert f"overbooked -: {type(error).__name__}\n" in capsys.readouterr().out
