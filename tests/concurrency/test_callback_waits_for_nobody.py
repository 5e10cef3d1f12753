"""Storing a callback waits for no lock: TRTC gives up after seconds, and a visit may be worked with for as long."""

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.monitor_hook.receive_event import receive_event
from shared.clock import now
from shared.database import engine
from shared.models.rooms import RoomEvent
from shared.models.visits import Visit
from tests.databases import MariaDBShelf, using
from tests.rows import all_of
from tests.storm.storm import Plan, make_visits


@pytest.fixture
def visit(mariadb_shelf: MariaDBShelf) -> Iterator[Visit]:
    with using(mariadb_shelf.fresh()):
        yield make_visits(Plan(1, 0, 10.0, 1.0))[0]


def test_a_callback_is_stored_while_somebody_works_with_its_visit(visit: Visit) -> None:
    info = {"RoomId": visit.room_id, "EventMsTs": int(now().timestamp() * 1000)}
    with Session(engine()) as session, session.begin():
        session.scalars(select(Visit).where(Visit.id == visit.id).with_for_update()).one()
        began = time.perf_counter()
        assert [receive_event(group=1, event_type=103, info=info) for _ in range(3)] == [
            True, False, False,
        ]  # fmt: skip
        assert time.perf_counter() - began < 2, "a lock wait ends after 5 s"
    assert [one.visit_id for one in all_of(RoomEvent)] == [visit.id]
