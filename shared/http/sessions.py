"""Session tokens: signed, short-lived, revocable by raising the person's session generation."""

from datetime import timedelta

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer
from itsdangerous.timed import TimestampSigner
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from shared.actors import Actor
from shared.clock import now
from shared.database import core, in_transaction
from shared.errors import NotSignedIn
from shared.models.officers import Officer
from shared.models.people import Relative
from shared.settings import settings

_GENERATION = select(Relative.session_generation).where(Relative.id == bindparam("relative_id"))

# An officer's token is renewed by a cookie, without another password (functions/approve/session).
LIFETIME = {"relative": timedelta(hours=2), "officer": timedelta(minutes=15)}


class ClockSigner(TimestampSigner):
    def get_timestamp(self) -> int:
        return int(now().timestamp())


def _serializer(kind: str) -> URLSafeTimedSerializer:
    key = settings().session_key
    return URLSafeTimedSerializer(key, salt=f"session.{kind}", signer=ClockSigner)


def make_token(kind: str, person_id: str, generation: int) -> str:
    token = _serializer(kind).dumps([person_id, generation])
    return token if isinstance(token, str) else token.decode()


def read_token(kind: str, token: str) -> Actor:
    """Raises NotSignedIn: no such session, over, or signed out elsewhere."""
    try:
        max_age = int(LIFETIME[kind].total_seconds())
        person_id, generation = _serializer(kind).loads(token, max_age=max_age)
    except SignatureExpired as error:
        raise NotSignedIn.of("session_expired") from error
    except (BadData, ValueError, TypeError) as error:
        raise NotSignedIn.of("not_signed_in") from error
    actor = _find(kind, person_id, generation)
    if actor is None:
        raise NotSignedIn.of("not_signed_in")
    return actor


@in_transaction
def _find(session: Session, kind: str, person_id: str, generation: int) -> Actor | None:
    if kind == "relative":
        current = core(session).scalar(_GENERATION, {"relative_id": person_id})
        return Actor("relative", person_id) if current == generation else None
    officer = session.get(Officer, person_id)
    if officer is None or officer.session_generation != generation:
        return None
    return officer_actor(officer)


def officer_actor(officer: Officer) -> Actor | None:
    if not officer.active:
        return None
    return Actor(
        "officer",
        officer.id,
        officer.site_id,
        frozenset(one.role for one in officer.roles),
        frozenset(one.ward_id for one in officer.wards),
    )
