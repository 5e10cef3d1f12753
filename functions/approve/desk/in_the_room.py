"""An officer's hand in a running visit: look in silently, say something, turn a microphone off and on again."""

from typing import Any

from sqlalchemy.orm import Session

from functions.approve.desk.show_desk import shown
from shared import audit, scope
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.errors import Conflict, NotFound
from shared.idempotency import once
from shared.models.rooms import RoomMessage, RoomMute
from shared.models.visits import Visit, VisitStatus
from shared.room_passes import FAMILY, OBSERVER, RESIDENT, WATCH_ONLY, room_pass


@in_transaction
def observe_visit(session: Session, *, actor: Actor, visit_id: str, reason: str) -> dict[str, Any]:
    """A pass to watch and listen, with neither picture nor sound of one's own. Raises Conflict unless it runs."""
    visit = _running(session, actor, visit_id)
    audit.record(session, actor, "visit.observed", "visit", visit.id, reason=reason)
    return room_pass(visit, user_id=f"{OBSERVER}{actor.id}", privileges=WATCH_ONLY)


@in_transaction
def warn_visit(
    session: Session,
    *,
    actor: Actor,
    visit_id: str,
    text: str,
    reason: str,
    idempotency_key: str | None = None,
) -> RoomMessage:
    """Everybody in the room is shown `text`. Raises Conflict unless it runs."""
    made = once(
        session,
        owner_id=actor.id,
        key=idempotency_key,
        request={"warn": visit_id, "text": text, "reason": reason},
        effect=lambda: _warn(session, actor, visit_id, text, reason),
    )
    return session.get_one(RoomMessage, made["id"])


def _warn(session: Session, actor: Actor, visit_id: str, text: str, reason: str) -> dict[str, str]:
    visit = _running(session, actor, visit_id)
    said = RoomMessage(visit_id=visit.id, text=text, reason=reason, sent_by=actor.id)
    session.add(said)
    session.flush()
    audit.record(session, actor, "visit.warned", "visit", visit.id, reason=reason, message=said.id)
    return {"id": said.id}


@in_transaction
def mute_in_visit(
    session: Session, *, actor: Actor, visit_id: str, user_id: str, muted: bool, reason: str
) -> dict[str, Any]:
    """Raises NotFound for somebody who is not of this visit, Conflict unless it runs."""
    visit = _running(session, actor, visit_id)
    if user_id not in _people(visit):
        raise NotFound.of("not_found")
    mute = session.get(RoomMute, (visit.id, user_id), with_for_update=True)
    if mute is None:
        mute = RoomMute(visit_id=visit.id, user_id=user_id)
        session.add(mute)
    mute.reason, mute.muted_at, mute.muted_by = reason, now(), actor.id
    mute.lifted_at = None if muted else now()
    action = "visit.muted" if muted else "visit.unmuted"
    audit.record(session, actor, action, "visit", visit.id, reason=reason, who=user_id)
    session.flush()
    return shown(session, actor, [visit])[0]


def _running(session: Session, actor: Actor, visit_id: str) -> Visit:
    visit = scope.one(session, actor, Visit, visit_id)
    # Locked: a visit that ends at this moment takes no message any more, and two mutes make one row.
    session.refresh(visit, with_for_update=True)
    if visit.status is not VisitStatus.IN_PROGRESS:
        raise Conflict.of("visit_not_running")
    return visit


def _people(visit: Visit) -> set[str]:
    family = {f"{FAMILY}{one.relative_id}" for one in visit.participants}
    return family | {f"{RESIDENT}{visit.resident_id}"}
