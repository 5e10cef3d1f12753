"""`GET /local/identities`: a ready token for every role, so that a newcomer can try any request at once."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from local.sample_people import PASSWORD
from shared.clock import now
from shared.database import in_transaction
from shared.http.sessions import make_token
from shared.models.officers import Officer
from shared.models.people import Relative
from shared.rules import totp


@in_transaction
def identities(session: Session) -> dict[str, Any]:
    return {
        "officers": [
            {
                "id": one.id,
                "name": one.name,
                "roles": [role.role.value for role in one.roles],
                "wecom_user_id": one.wecom_user_id,
                "username": one.username,
                "password": PASSWORD,
                "code": _code(one),
                "token": make_token("officer", one.id, one.session_generation),
            }
            for one in session.scalars(select(Officer).order_by(Officer.id))
        ],
        "relatives": [
            {
                "id": one.id,
                "name": one.name,
                "token": make_token("relative", one.id, one.session_generation),
            }
            for one in session.scalars(select(Relative).order_by(Relative.created_at))
        ],
    }


def _code(officer: Officer) -> str | None:
    """What the authenticator app shows now."""
    if officer.totp_secret is None:
        return None
    return totp.code(officer.totp_secret, int(now().timestamp()) // totp.STEP_S)
