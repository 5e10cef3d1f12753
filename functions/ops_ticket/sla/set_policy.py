"""A new version of the SLA: for tickets that open from now on. What runs keeps the promise that it opened with."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from functions.ops_ticket.show_tickets import names_of
from shared import audit, ticket_clocks
from shared.actors import Actor
from shared.database import in_transaction
from shared.errors import Conflict
from shared.models.tickets import SlaPolicy

SHOWN = 20


@in_transaction
def show_policies(session: Session) -> dict[str, Any]:
    """The one in force, and the versions before it."""
    versions = select(SlaPolicy).order_by(SlaPolicy.version.desc()).limit(SHOWN)
    made = _versions(session, session.scalars(versions).all())
    return {"policy": ticket_clocks.newest_policy(session), "versions": made}


def _versions(session: Session, made: Sequence[SlaPolicy]) -> list[dict[str, Any]]:
    names = names_of(session, {one.made_by for one in made})
    return [
        {
            "version": one.version,
            "made_by": one.made_by,
            "made_by_name": names.get(one.made_by),
            "made_at": one.made_at,
        }
        for one in made
    ]


def set_policy(*, actor: Actor, replaces: int, data: dict[str, Any]) -> dict[str, Any]:
    """`replaces`: the version that the page showed. Raises Conflict when another has come meanwhile."""
    try:
        return _add(actor=actor, replaces=replaces, data=data)
    except IntegrityError as error:
        raise Conflict.of("changed_meanwhile") from error


@in_transaction
def _add(session: Session, *, actor: Actor, replaces: int, data: dict[str, Any]) -> dict[str, Any]:
    if ticket_clocks.newest_policy(session)["version"] != replaces:
        raise Conflict.of("changed_meanwhile")
    version = replaces + 1
    policy = {**data, "version": version}
    session.add(SlaPolicy(version=version, data=policy, made_by=actor.id))
    session.flush()
    audit.record(session, actor, "policy.set", "sla_policy", str(version))
    made = _versions(session, [session.get_one(SlaPolicy, version)])
    return {"policy": policy, "versions": made}
