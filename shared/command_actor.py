"""Who acts when a command is typed: the officer whose user name it gives."""

from collections.abc import Set

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.actors import Actor
from shared.database import in_transaction
from shared.errors import NotAllowed, NotFound
from shared.models.officers import Officer, Role


@in_transaction
def officer_named(session: Session, *, username: str, may: Set[Role]) -> Actor:
    """Raises NotFound where no active officer has this user name, NotAllowed where that one holds no role of `may`."""
    officer = session.scalar(select(Officer).where(Officer.username == username, Officer.active))
    if officer is None:
        raise NotFound.of("username_unknown")
    roles = frozenset(one.role for one in officer.roles)
    if not roles & may:
        raise NotAllowed.of("not_allowed")
    return Actor("officer", officer.id, officer.site_id, roles)
