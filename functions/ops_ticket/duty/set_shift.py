"""Shifts of the roster. What has been stays: the auditor holds every call against it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.ops_ticket.duty.show_duty import LONGEST, roster, takers
from shared import audit
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.errors import BadInput, Conflict, NotFound, Reason, raise_if_any, reason
from shared.idempotency import once
from shared.models.places import Site
from shared.models.tickets import DutyShift
from shared.rules.sla_policy import Level


@in_transaction
def set_shift(
    session: Session,
    *,
    actor: Actor,
    level: Level,
    officer_id: str,
    starts_at: datetime,
    ends_at: datetime,
    idempotency_key: str | None = None,
) -> dict[str, Any]:
    """Raises BadInput with all reasons, Conflict when the level has somebody then."""
    assert actor.site_id is not None
    wanted = (level, officer_id, starts_at, ends_at)
    once(
        session,
        owner_id=actor.id,
        key=idempotency_key,
        request={"shift": wanted},
        effect=lambda: _set_shift(session, actor, *wanted),
    )
    return roster(session, actor.site_id, starts_at, ends_at)


def _set_shift(
    session: Session,
    actor: Actor,
    level: Level,
    officer_id: str,
    starts_at: datetime,
    ends_at: datetime,
) -> dict[str, Any]:
    site_id = lock_roster(session, actor)
    wrong = [reason("period_order", "ends_at")] if ends_at <= starts_at else []
    wrong += [reason("shift_in_the_past", "starts_at")] if starts_at < now() else []
    wrong += too_long(starts_at, ends_at)
    wrong += [] if may_take(session, site_id, officer_id, level) else [_not_a_taker()]
    raise_if_any(wrong, BadInput)
    taken = select(DutyShift.id).where(
        DutyShift.site_id == site_id,
        DutyShift.level == level.value,
        DutyShift.starts_at < ends_at,
        DutyShift.ends_at > starts_at,
    )
    if session.scalar(taken.limit(1)) is not None:
        raise Conflict.of("shift_taken", "starts_at")
    shift = add_shift(session, site_id, level, officer_id, starts_at, ends_at)
    audit.record(session, actor, "duty.set", "duty_shift", shift.id, officer_id=officer_id)
    return {}


@in_transaction
def remove_shift(session: Session, *, actor: Actor, shift_id: str) -> None:
    """One that runs ends now. Raises NotFound, Conflict for one that is over."""
    site_id = lock_roster(session, actor)
    shift = session.get(DutyShift, shift_id)
    if shift is None or shift.site_id != site_id:
        raise NotFound.of("not_found")
    if shift.ends_at <= now():
        raise Conflict.of("shift_over")
    if shift.starts_at < now():
        shift.ends_at = now()
    else:
        session.delete(shift)
    audit.record(session, actor, "duty.removed", "duty_shift", shift.id)


def lock_roster(session: Session, actor: Actor) -> str:
    """Rosters change one at a time; gives the site."""
    assert actor.site_id is not None
    session.scalar(select(Site.id).where(Site.id == actor.site_id).with_for_update())
    return actor.site_id


def too_long(starts_at: datetime, ends_at: datetime) -> list[Reason]:
    """A wrong year would push every planned shift out of the roster."""
    longer = ends_at - starts_at > LONGEST
    return [reason("shift_too_long", "ends_at", days=LONGEST.days)] if longer else []


def may_take(session: Session, site_id: str, officer_id: str, level: Level) -> bool:
    """Whoever stands higher may stand in for a lower level; nobody for a higher one."""
    return any(
        one["id"] == officer_id and one["level"] >= level for one in takers(session, site_id)
    )


def add_shift(
    session: Session,
    site_id: str,
    level: Level,
    officer_id: str,
    starts_at: datetime,
    ends_at: datetime,
) -> DutyShift:
    shift = DutyShift(
        site_id=site_id,
        level=level.value,
        officer_id=officer_id,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    session.add(shift)
    session.flush()
    return shift


def _not_a_taker() -> Reason:
    return reason("shift_officer_unfit", "officer_id")
