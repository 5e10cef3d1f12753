"""Each run of a timer leaves a trace: when it last came to its end, and with which error it last failed."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.clock import now
from shared.database import in_transaction
from shared.models.tickets import Heartbeat


class Unfinished(Exception):
    """Another instance is at it, or took it over: a sign neither of health nor of failure."""


@contextmanager
def watched(job: str) -> Iterator[None]:
    """What the job raises goes on: SCF shows it and tries again."""
    try:
        yield
    except Unfinished:
        return
    except Exception as error:
        _write(job=job, values={"failed_at": now(), "error": type(error).__name__[:64]})
        raise
    _write(job=job, values={"beat_at": now()})


@in_transaction
def _write(session: Session, *, job: str, values: dict[str, object]) -> None:
    known = session.execute(update(Heartbeat).where(Heartbeat.job == job).values(**values))
    if known.rowcount:  # type: ignore[attr-defined]
        return
    try:
        with session.begin_nested():
            session.add(Heartbeat(job=job, **{"beat_at": now(), **values}))
    except IntegrityError:
        pass  # another instance ran the same job at the same moment
