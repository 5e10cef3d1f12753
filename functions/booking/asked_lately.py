"""How often a WeChat account asked for relationships in the last day, also before it erased itself: else a guesser
would erase and ask on. Kept for that day alone, under a keyed hash of the account, by a row that goes by itself."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from shared.clock import now
from shared.models.people import Relative
from shared.models.plumbing import IdempotencyRecord
from shared.sealing import blind_index

DAY = timedelta(days=1)
KEY = "relationships_asked"


def before_erasure(session: Session, relative: Relative) -> list[datetime]:
    """The moments; most people have none."""
    kept = session.get(IdempotencyRecord, (_owner(relative), KEY))
    return lately(map(datetime.fromisoformat, (kept and kept.answer or {}).get("asked", ())))


def keep(session: Session, relative: Relative, asked: Iterable[datetime]) -> None:
    """While the account still stands in the row."""
    times = [*before_erasure(session, relative), *lately(asked)]
    if times:
        row = IdempotencyRecord(owner_id=_owner(relative), key=KEY, request_hash="")
        row.answer = {"asked": [one.isoformat() for one in times]}
        row.expires_at = max(times) + DAY
        session.merge(row)


def lately(asked: Iterable[datetime]) -> list[datetime]:
    return [one for one in asked if one > now() - DAY]


def _owner(relative: Relative) -> str:
    return blind_index(relative.openid, context="asked_lately").hex()[:26]
