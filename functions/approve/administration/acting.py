"""In whose name the command line acts, and what its words mean: people type names, not ids."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import scope
from shared.actors import Actor
from shared.database import in_transaction
from shared.errors import NotAllowed, NotFound
from shared.models.officers import Officer, Role
from shared.models.places import Terminal, Ward


def acting(username: str, role: Role) -> Actor:
    """The active officer of this user name, who must hold `role`. Raises NotAllowed."""
    return _acting(username=username, role=role)


@in_transaction
def ward_ids(session: Session, *, actor: Actor, names: Collection[str]) -> list[str]:
    """Raises NotFound when the site lacks one."""
    found = session.scalars(scope.wards(actor).where(Ward.name.in_(names))).all()
    if {one.name for one in found} != set(names):
        raise NotFound.of("ward_unknown")
    return [one.id for one in found]


@in_transaction
def terminal_named(session: Session, *, actor: Actor, name: str) -> str:
    """Raises NotFound."""
    same = select(Terminal.id).where(Terminal.site_id == actor.site_id, Terminal.name == name)
    found = session.scalar(same)
    if found is None:
        raise NotFound.of("not_found")
    return found


@in_transaction
def _acting(session: Session, *, username: str, role: Role) -> Actor:
    officer = session.scalar(select(Officer).where(Officer.username == username, Officer.active))
    roles = frozenset(one.role for one in officer.roles) if officer else frozenset()
    if officer is None or role not in roles:
        raise NotAllowed.of("not_allowed")
    return Actor("officer", officer.id, officer.site_id, roles)
