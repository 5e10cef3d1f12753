"""Recordings that a timer must do something about, one at a time."""

from datetime import timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from shared.clock import now
from shared.models.rooms import Recording


def take(session: Session, which: ColumnElement[bool], *, again: timedelta) -> Recording | None:
    """Whichever is due longest, taken by moving its due time: two timers do not read the same file, and one that fails,
    or takes longer than the function may, does not stand before the others again."""
    due = select(Recording).where(which, Recording.due_at <= now())
    oldest = due.order_by(Recording.due_at, Recording.id).limit(1)
    found: Recording | None = session.scalar(oldest.with_for_update(skip_locked=True))
    if found is not None:
        found.due_at = now() + again
    return found
