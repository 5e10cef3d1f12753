"""Whatever families, officers and timers do, in whatever order: no invariant breaks. EXAMPLES=200 is a long run."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, time, timedelta, timezone
from functools import partial
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks import data
from functions.approve.adjust_quota import adjust_quota
from functions.approve.change_resident import change_resident
from functions.approve.decide_visit import decide_visit
from functions.approve.excuse_no_show import excuse_no_show
from functions.approve.queue.flagged_visits import decide_flagged
from functions.approve.suspend_relationship import lift_suspension, suspend_relationship
from functions.approve.timetable.blocks import Wanted, add_block, lift_block
from functions.approve.timetable.templates import add_template
from functions.booking.cancel_visit import cancel_visit
from functions.booking.expire_requests import expire_requests
from functions.booking.mark_no_shows import mark_no_shows
from functions.booking.request_visit import request_visit
from functions.booking.waiting.accept_offer import accept_offer
from functions.booking.waiting.join_list import join_list
from functions.booking.waiting.leave_list import leave_list
from functions.booking.waiting.serve_list import serve_lists
from shared import capacity, clock
from shared.actors import Actor
from shared.clock import SHANGHAI, in_shanghai, now
from shared.database import engine, in_transaction
from shared.errors import UseCaseError
from shared.invariants import find_broken
from shared.models.people import ResidentStatus
from shared.models.places import Terminal, TerminalStatus
from shared.models.timetable import Slot
from shared.models.visits import VisitStatus
from shared.rules.quota import Channel
from tests.databases import Shelf, using
from tests.rows import add, all_of

EXAMPLES = int(os.environ.get("EXAMPLES", "6"))
STEPS = 30
PEOPLE = 5
START = datetime(2026, 12, 1, 7, 0, tzinfo=SHANGHAI).astimezone(timezone.utc)
SITE = data.made_id("site", 0)
OFFICER = Actor("officer", data.made_id("officer", 0), SITE)
TERMINALS = [data.made_id("terminal", number) for number in range(2)]
TIMERS = (expire_requests, mark_no_shows, serve_lists)

STATES = (ResidentStatus.ACTIVE, ResidentStatus.RESTRICTED, ResidentStatus.RELEASED)

people = st.integers(0, PEOPLE - 1)
spans = st.integers(0, 9)


def fill() -> None:
    """Two terminals, half an hour a day: two places for five families."""
    clock.use(lambda: START)
    data.add_people(engine(), PEOPLE)
    add(*(Terminal(id=one, site_id=SITE, name=one[-1]) for one in TERMINALS))
    for weekday in range(7):
        add_template(
            actor=OFFICER,
            weekday=weekday,
            opens_at=time(9),
            closes_at=time(9, 30),
            valid_from=in_shanghai(START).date(),
            valid_to=None,
        )


class Centre(RuleBasedStateMachine):
    shelf: Shelf
    visits = Bundle("visits")
    entries = Bundle("entries")
    blocks = Bundle("blocks")

    def __init__(self) -> None:
        super().__init__()
        self.moment = START
        self.stack = ExitStack()
        self.stack.enter_context(using(self.shelf.fresh("centre", fill)))
        clock.use(lambda: self.moment)
        self.slots = sorted(all_of(Slot), key=lambda slot: slot.starts_at)

    def teardown(self) -> None:
        self.stack.close()

    @invariant()
    def nothing_is_broken(self) -> None:
        assert [(one.invariant.name, one.ids) for one in find_broken()] == []

    # Families

    @rule(target=visits, who=st.permutations(range(PEOPLE)), slot=spans)
    def book(self, who: list[int], slot: int):  # type: ignore[no-untyped-def]
        """All of them, one after the other: two places are soon gone."""
        answers = {person: tried(partial(self._book, person, slot)) for person in who}
        return multiple(*((person, one["id"]) for person, one in answers.items() if one))

    def _book(self, person: int, slot: int) -> dict[str, Any]:
        return request_visit(
            actor=relative(person),
            relationship_id=data.made_id("tie", person),
            slot_id=self._slot(slot).id,
            idempotency_key=None,
        )

    @rule(visit=visits)
    def cancel(self, visit: tuple[int, str]) -> None:
        person, visit_id = visit
        tried(lambda: cancel_visit(actor=relative(person), visit_id=visit_id))

    @rule(target=entries, person=people, slot=spans)
    def wait_for(self, person: int, slot: int):  # type: ignore[no-untyped-def]
        entry = tried(
            lambda: join_list(
                actor=relative(person),
                relationship_id=data.made_id("tie", person),
                slot_id=self._slot(slot).id,
            )
        )
        return (person, entry["id"]) if entry else multiple()

    @rule(target=visits, entry=entries)
    def take_offer(self, entry: tuple[int, str]):  # type: ignore[no-untyped-def]
        person, entry_id = entry
        answer = tried(lambda: accept_offer(actor=relative(person), entry_id=entry_id))
        return (person, answer["id"]) if answer else multiple()

    @rule(entry=entries)
    def stop_waiting(self, entry: tuple[int, str]) -> None:
        person, entry_id = entry
        tried(lambda: leave_list(actor=relative(person), entry_id=entry_id))

    # Officers

    @rule(visit=visits, approve=st.booleans())
    def decide(self, visit: tuple[int, str], approve: bool) -> None:
        status = VisitStatus.APPROVED if approve else VisitStatus.REJECTED
        reason = None if approve else "材料不全"
        tried(lambda: decide_visit(actor=OFFICER, visit_id=visit[1], status=status, reason=reason))

    @rule(visit=visits, go_ahead=st.booleans())
    def settle_flags(self, visit: tuple[int, str], go_ahead: bool) -> None:
        tried(
            lambda: decide_flagged(
                actor=OFFICER, visit_id=visit[1], go_ahead=go_ahead, reason="已核实"
            )
        )

    @rule(visit=visits)
    def excuse(self, visit: tuple[int, str]) -> None:
        tried(lambda: excuse_no_show(actor=OFFICER, visit_id=visit[1], reason="路上有事故"))

    @rule(person=people, status=st.sampled_from(STATES))
    def change(self, person: int, status: ResidentStatus) -> None:
        resident_id = data.made_id("resident", person)
        tried(
            lambda: change_resident(
                actor=OFFICER, resident_id=resident_id, status=status, reason="情况变化"
            )
        )

    @rule(person=people, days=st.integers(1, 20), lift=st.booleans())
    def suspend(self, person: int, days: int, lift: bool) -> None:
        tie_id = data.made_id("tie", person)
        until = now() + timedelta(days=days)
        if lift:
            tried(lambda: lift_suspension(actor=OFFICER, relationship_id=tie_id, reason="已核实"))
        else:
            tried(
                lambda: suspend_relationship(
                    actor=OFFICER, relationship_id=tie_id, until=until, reason="待核实"
                )
            )

    @rule(person=people, slot=spans, more=st.integers(-1, 2))
    def adjust(self, person: int, slot: int, more: int) -> None:
        tried(
            lambda: adjust_quota(
                actor=OFFICER,
                resident_id=data.made_id("resident", person),
                channel=Channel.REMOTE,
                at=self._slot(slot).starts_at,
                more=more,
                reason="特殊情况",
            )
        )

    @rule(target=blocks, slot=spans, terminal=st.sampled_from([None, *TERMINALS]))
    def block(self, slot: int, terminal: str | None):  # type: ignore[no-untyped-def]
        hit = self._slot(slot)
        wanted = Wanted(hit.starts_at, hit.ends_at, terminal)
        made = tried(lambda: add_block(actor=OFFICER, wanted=wanted, reason="检修", seen=None))
        return made["id"] if made else multiple()

    @rule(block=blocks)
    def unblock(self, block: str) -> None:
        tried(lambda: lift_block(actor=OFFICER, block_id=block, reason="检修完成"))

    @rule(terminal=st.sampled_from(TERMINALS), status=st.sampled_from(TerminalStatus))
    def terminal_becomes(self, terminal: str, status: TerminalStatus) -> None:
        tried(lambda: set_terminal(terminal_id=terminal, status=status))

    # Time

    @rule(timer=st.sampled_from(TIMERS), twice=st.booleans())
    def run_timer(self, timer: Callable[[], int], twice: bool) -> None:
        timer()
        if twice:
            assert timer() == 0

    @rule(hours=st.integers(1, 60), order=st.permutations(TIMERS))
    def time_passes(self, hours: int, order: list[Callable[[], int]]) -> None:
        self.moment += timedelta(hours=hours)
        for timer in order:
            timer()

    def _slot(self, number: int) -> Slot:
        """One of the next few, most of which can be booked."""
        ahead = [slot for slot in self.slots if slot.starts_at > now()] or self.slots
        return ahead[min(number // 2, len(ahead) - 1)]


def relative(person: int) -> Actor:
    return Actor("relative", data.made_id("relative", person))


def tried(use_case: Callable[[], object]):  # type: ignore[no-untyped-def]
    """A refusal changes nothing and is no fault; anything else that is raised is one."""
    try:
        return use_case()
    except UseCaseError:
        return None


@in_transaction
def set_terminal(session: Session, *, terminal_id: str, status: TerminalStatus) -> None:
    terminal = session.scalars(select(Terminal).where(Terminal.id == terminal_id)).one()
    terminal.status = status
    session.flush()
    capacity.refresh(session, OFFICER, SITE, cause_id=terminal_id)


def test_no_invariant_breaks(shelf: Shelf) -> None:
    machine = type("CentreOnThisDatabase", (Centre,), {"shelf": shelf})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
