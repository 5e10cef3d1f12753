"""What is new for the live desk since it asked last: alerts, and calls for help that nobody has answered."""

from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared import audit, scope
from shared.actors import Actor
from shared.clients import storage
from shared.clock import now
from shared.database import compare_and_set, in_transaction
from shared.errors import Conflict, NotFound
from shared.models.people import Resident
from shared.models.places import Terminal
from shared.models.rooms import Alert, HelpCall
from shared.models.visits import Visit, VisitStatus

# A row is seen only once its transaction is over, some time after the moment written in it.
OVERLAP = timedelta(seconds=15)
FIRST_LOOK = timedelta(hours=2)
HELP_SHOWN = timedelta(hours=2)
FRAME_SECONDS = 300
MOST = 100
FIELDS = (
    "id", "visit_id", "kind", "side", "count", "first_at", "last_at", "changed_at",
    "acknowledged_at", "acknowledged_why",
)  # fmt: skip


@in_transaction
def show_news(session: Session, *, actor: Actor, since: int | None) -> dict[str, Any]:
    """`since`: the cursor of the answer before. An alert comes again for some seconds: tell it by id and count."""
    moment = now()
    after = moment - FIRST_LOOK if since is None else _moment(since) - OVERLAP
    return {
        "cursor": int(moment.timestamp() * 1000),
        "alerts": _alerts(session, actor, after),
        "help_calls": _help_calls(session, actor, moment - HELP_SHOWN),
    }


@in_transaction
def show_frame(session: Session, *, actor: Actor, alert_id: str) -> dict[str, Any]:
    """The picture that raised the alert; whoever looks is on record first."""
    query = (
        select(Alert)
        .join(Visit, Visit.id == Alert.visit_id)
        .join(Resident, Resident.id == Visit.resident_id)
        .where(Alert.id == alert_id)
    )
    alert = session.scalar(scope.of_residents(actor, query))
    if alert is None:
        raise NotFound.of("not_found")
    audit.record(session, actor, "alert.frame_read", "alert", alert.id, visit=alert.visit_id)
    url = storage.presigned_get(alert.frame_key, seconds=FRAME_SECONDS)
    return {"url": url, "expires_in": FRAME_SECONDS}


@in_transaction
def answer_help(session: Session, *, actor: Actor, call_id: str) -> None:
    """Raises NotFound, Conflict when somebody else has answered."""
    call = session.get(HelpCall, call_id)
    if call is None or call.site_id != actor.site_id:
        raise NotFound.of("not_found")
    answered = (
        update(HelpCall)
        .where(HelpCall.id == call.id, HelpCall.answered_at.is_(None))
        .values(answered_at=now(), answered_by=actor.id)
    )
    if not compare_and_set(session, answered):
        raise Conflict.of("changed_meanwhile")
    audit.record(session, actor, "help.answered", "help_call", call.id)


def _alerts(session: Session, actor: Actor, after: datetime) -> list[dict[str, Any]]:
    query = (
        select(Alert, Visit, Resident)
        .join(Visit, Visit.id == Alert.visit_id)
        .join(Resident, Resident.id == Visit.resident_id)
        .where(Alert.site_id == actor.site_id, Alert.changed_at > after)
        .where(Visit.status == VisitStatus.IN_PROGRESS)
        .order_by(Alert.changed_at.desc())
        .limit(MOST)
    )
    return [
        {
            **{name: getattr(alert, name) for name in FIELDS},
            "resident_name": resident.name,
            "place": visit.place,
        }
        for alert, visit, resident in session.execute(scope.of_residents(actor, query))
    ]


def _help_calls(session: Session, actor: Actor, after: datetime) -> list[dict[str, Any]]:
    query = (
        select(HelpCall, Terminal.name)
        .join(Terminal, Terminal.id == HelpCall.terminal_id)
        .where(HelpCall.site_id == actor.site_id, HelpCall.asked_at > after)
        .where(HelpCall.answered_at.is_(None))
        .order_by(HelpCall.asked_at)
    )
    return [
        {"id": call.id, "terminal_name": name, "visit_id": call.visit_id, "asked_at": call.asked_at}
        for call, name in session.execute(query)
    ]


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, timezone.utc)
