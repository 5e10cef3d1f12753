"""Access tokens, shared by all instances: a newer one may end an older one, one fetches for all."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.clients.errors import ProviderUnavailable
from shared.clock import now
from shared.database import in_transaction
from shared.models.plumbing import AccessToken

EARLY = timedelta(minutes=5)

Fetch = Callable[[], tuple[str, int]]


def access_token(provider: str, fetch: Fetch) -> str:
    """A token good for five minutes more. `fetch` gives a new one and its lifetime in seconds.

    Call it outside a transaction. Raises what `fetch` raises.
    """
    token = _stored(provider)
    if token is None:
        _ensure_row(provider)
        token = _refreshed(provider, fetch)
    return token


@in_transaction
def forget(session: Session, provider: str, token: str) -> None:
    """The provider calls `token` over. Another one, fetched meanwhile, stays."""
    row = _locked(session, provider)
    if row is not None and row.token == token:
        row.token, row.expires_at = None, None


@in_transaction
def _stored(session: Session, provider: str) -> str | None:
    row = session.get(AccessToken, provider)
    return _good(row, EARLY) if row is not None else None


def _ensure_row(provider: str) -> None:
    with suppress(IntegrityError):  # another instance was first: its row will do
        _insert_row(provider)


@in_transaction
def _insert_row(session: Session, provider: str) -> None:
    if session.get(AccessToken, provider) is None:
        session.add(AccessToken(provider=provider))


@in_transaction
def _refreshed(session: Session, provider: str, fetch: Fetch) -> str:
    # The lock makes one instance fetch and the others wait for its token: without it, twenty
    # instances fetch twenty, and each may end the one before. It is held as long as `fetch` takes.
    row = _locked(session, provider)
    if row is None:
        raise LookupError("the row of an access token vanished")
    if (known := _good(row, EARLY)) is not None:
        return known
    try:
        row.token, lifetime_s = fetch()
    except ProviderUnavailable:
        if (old := _good(row, timedelta(0))) is not None:
            return old  # its last minutes bridge the gap
        raise
    row.expires_at = now() + timedelta(seconds=lifetime_s)
    return row.token


def _locked(session: Session, provider: str) -> AccessToken | None:
    found = select(AccessToken).where(AccessToken.provider == provider).with_for_update()
    return session.scalar(found)


def _good(row: AccessToken, spare: timedelta) -> str | None:
    if row.token is None or row.expires_at is None or now() + spare >= row.expires_at:
        return None
    return row.token
