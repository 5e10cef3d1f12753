"""System administrators make sites, wards and terminals; officers say when a terminal is broken or mended."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.approve.administration.officers import NewOfficer, make_officer
from functions.approve.terminals.show_terminal import devices_of
from shared import audit, capacity, scope
from shared.actors import Actor
from shared.database import in_transaction
from shared.errors import BadInput, Conflict, NotFound
from shared.models.officers import Role
from shared.models.places import Site, Terminal, TerminalKey, TerminalStatus, Ward

FIRST_ROLES = (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR)


@in_transaction
def add_site(
    session: Session, *, actor: Actor, name: str, administrators: Sequence[NewOfficer]
) -> dict[str, Any]:
    """With its first system and security administrators, in this order; they make everybody else.

    Whoever makes a site sees nothing of it. Raises Conflict for a name that is taken.
    """
    if session.scalar(select(Site.id).where(Site.name == name)) is not None:
        raise Conflict.of("site_exists")
    if len({one.username for one in administrators}) != len(FIRST_ROLES):
        raise BadInput.of("two_administrators", "administrators")
    site = Site(name=name, rules={})
    session.add(site)
    session.flush()
    made = [
        make_officer(session, site.id, officer, roles=[role])
        for officer, role in zip(administrators, FIRST_ROLES, strict=True)
    ]
    audit.record(session, actor, "site.added", "site", site.id, site_id=site.id)
    return {"id": site.id, "officers": made}


@in_transaction
def list_wards(session: Session, *, actor: Actor) -> Sequence[Ward]:
    return session.scalars(scope.wards(actor).order_by(Ward.name)).all()


@in_transaction
def add_ward(session: Session, *, actor: Actor, name: str) -> Ward:
    """Raises Conflict for a name that is taken."""
    site = session.get_one(Site, actor.site_id, with_for_update=True)
    same = select(Ward.id).where(Ward.site_id == site.id, Ward.name == name)
    if session.scalar(same) is not None:
        raise Conflict.of("ward_exists")
    ward = Ward(site_id=site.id, name=name)
    session.add(ward)
    session.flush()
    audit.record(session, actor, "ward.added", "ward", ward.id)
    return ward


@in_transaction
def list_terminals(session: Session, *, actor: Actor) -> list[dict[str, Any]]:
    assert actor.site_id is not None
    query = select(Terminal).where(Terminal.site_id == actor.site_id)
    working = {one.id for one in session.scalars(capacity.working_terminals(actor.site_id))}
    keys = select(TerminalKey.terminal_id).join(Terminal, Terminal.id == TerminalKey.terminal_id)
    standing = keys.where(Terminal.site_id == actor.site_id, TerminalKey.ended_at.is_(None))
    keyed = set(session.scalars(standing))
    return [
        {
            "id": one.id,
            "name": one.name,
            "status": one.status,
            "takes_visits": one.id in working,
            "has_key": one.id in keyed,
            "devices": devices_of(session, one.id),
        }
        for one in session.scalars(query.order_by(Terminal.name))
    ]


@in_transaction
def add_terminal(session: Session, *, actor: Actor, name: str) -> Terminal:
    """Every slot ahead has a place more. Raises Conflict for a name that is taken."""
    site = session.get_one(Site, actor.site_id, with_for_update=True)
    same = select(Terminal.id).where(Terminal.site_id == site.id, Terminal.name == name)
    if session.scalar(same) is not None:
        raise Conflict.of("terminal_exists")
    terminal = Terminal(site_id=site.id, name=name, status=TerminalStatus.WORKING)
    session.add(terminal)
    session.flush()
    capacity.refresh(session, actor, site.id, cause_id=terminal.id)
    audit.record(session, actor, "terminal.added", "terminal", terminal.id)
    return terminal


@in_transaction
def change_terminal(
    session: Session, *, actor: Actor, terminal_id: str, status: TerminalStatus, reason: str
) -> Terminal:
    """Broken takes its place out of every slot, mended brings it back. Raises NotFound, Conflict."""
    site = session.get_one(Site, actor.site_id, with_for_update=True)
    terminal = session.get(Terminal, terminal_id, with_for_update=True)
    if terminal is None or terminal.site_id != site.id:
        raise NotFound.of("not_found")
    if terminal.status is status:
        raise Conflict.of("changed_meanwhile")
    terminal.status = status
    session.flush()
    capacity.refresh(session, actor, site.id, cause_id=terminal.id)
    audit.record(session, actor, f"terminal.{status.value}", "terminal", terminal.id, reason=reason)
    return terminal
