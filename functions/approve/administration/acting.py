"""In whose name the command line acts, and what its words mean: people type names, not ids."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import scope
from shared.actors import Actor
from shared.command_actor import officer_named
from shared.database import in_transaction
from shared.errors import NotFound
from shared.models.officers import Role
from shared.models.places import Terminal, Ward


def acting(username: str, role: Role) -> Actor:
    """The active officer of this user name, who must hold `role`. Raises NotFound and NotAllowed."""
    return officer_named(username=username, may={role})


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
