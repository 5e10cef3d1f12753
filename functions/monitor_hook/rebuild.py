"""`python -m functions.monitor_hook.rebuild VISIT`: tell the room's story again from its events.

Prints what differs from what was kept, and keeps what the events say. Exit status 1 when something differed. Events are
kept for half a year: of an older visit what was kept stays.
"""

import argparse
import json
import sys
from typing import Any

from sqlalchemy.orm import Session

from functions.monitor_hook import visit_effects
from functions.monitor_hook.room_facts import state_of
from functions.monitor_hook.work_events import keep
from shared.command_line import run
from shared.database import in_transaction
from shared.errors import NotFound
from shared.models.rooms import RoomStateRow
from shared.models.visits import Visit

Shown = dict[str, Any]


@in_transaction
def rebuild(session: Session, *, visit_id: str) -> dict[str, tuple[Any, Any]]:
    """What was kept and what the events say, by name, where the two differ. Raises NotFound."""
    visit = session.get(Visit, visit_id, with_for_update=True)
    if visit is None:
        raise NotFound.of("not_found")
    before = {**_kept(session, visit_id), **_of_visit(visit)}
    state = state_of(session, visit_id)
    if not state.events:
        return {}
    visit_effects.apply(session, visit, state)
    keep(session, visit_id, state)
    session.flush()
    after = {**state.as_json(), **_of_visit(visit)}
    names = sorted({*before, *after})
    return {
        name: (before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    }


def _kept(session: Session, visit_id: str) -> Shown:
    row = session.get(RoomStateRow, visit_id)
    return dict(row.state) if row else {}


def _of_visit(visit: Visit) -> Shown:
    joined = {one.relative_id: _text(one.joined_at) for one in visit.participants}
    return {"status": visit.status.value, "started_at": _text(visit.started_at), "joined": joined}


def _text(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m functions.monitor_hook.rebuild",
        description="由全部事件重新推算一次会见；与库中不同的，列出（原来的、推算的）并改正。",
    )
    parser.add_argument("visit_id", metavar="会见编号")
    differences = rebuild(visit_id=parser.parse_args().visit_id)
    print(json.dumps(differences, ensure_ascii=False, indent=1))  # noqa: T201 - a command's answer
    sys.stderr.write("以上各项已按事件改正。\n" if differences else "与库中一致。\n")
    return 1 if differences else 0


if __name__ == "__main__":
    run(main)
