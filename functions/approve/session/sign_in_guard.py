"""Five wrong tries lock a user name for a quarter of an hour; one that nobody has, too.

A try is counted before the password is looked at: many tries at once gain nothing.
"""

from datetime import timedelta

from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.clock import now
from shared.database import in_transaction
from shared.errors import TooMany
from shared.models.officers import SignInGuard
from shared.sealing import blind_index

TRIES = 5
LOCKED_FOR = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=12)


@in_transaction
def count_try(session: Session, *, username: str) -> None:
    """Raises TooMany while locked."""
    guard = _guard(session, username)
    moment = now()
    if guard.locked_until is not None and guard.locked_until > moment:
        minutes = int((guard.locked_until - moment).total_seconds() // 60) + 1
        raise TooMany.of("sign_in_locked", minutes=minutes)
    if guard.changed_at < moment - FORGOTTEN_AFTER:
        guard.failures = 0
    guard.failures, guard.changed_at = guard.failures + 1, moment
    if guard.failures >= TRIES:
        guard.failures, guard.locked_until = 0, moment + LOCKED_FOR


def forgive_try(session: Session, username: str) -> None:
    """The password was right, only something was missing: not a guess."""
    mine = SignInGuard.username_index == _index(username)
    session.execute(
        update(SignInGuard)
        .where(mine, SignInGuard.failures > 0)
        .values(failures=SignInGuard.failures - 1)
    )


def forget(session: Session, username: str) -> None:
    session.execute(delete(SignInGuard).where(SignInGuard.username_index == _index(username)))


def _guard(session: Session, username: str) -> SignInGuard:
    index = _index(username)
    found = session.get(SignInGuard, index, with_for_update=True)
    if found is not None:
        return found
    try:
        with session.begin_nested():
            row = {"username_index": index, "failures": 0, "changed_at": now()}
            session.execute(insert(SignInGuard).values(**row))
    except IntegrityError:
        pass  # somebody tried the same name at the same moment
    return session.get_one(SignInGuard, index, with_for_update=True)


def _index(username: str) -> bytes:
    return blind_index(username.casefold(), context="username")
