"""An audit administrator has the newest seals of the trail reckoned anew; that somebody looked is on record too."""

from typing import Any

from sqlalchemy.orm import Session

from shared import audit, audit_chain
from shared.actors import Actor
from shared.database import in_transaction

# Of some days, while somebody waits; a timer looks at two months every night, the command line at all of them.
NEWEST = 200


def verify_audit(*, actor: Actor) -> dict[str, Any]:
    verdict = audit_chain.verify_audit(newest=NEWEST)
    broken = list(verdict.broken)
    _record(actor=actor, seals=verdict.seals, broken=broken)
    return {"seals": verdict.seals, "rows": verdict.rows, "broken": broken, "head": verdict.head}


@in_transaction
def _record(session: Session, *, actor: Actor, seals: int, broken: list[int]) -> None:
    assert actor.site_id is not None
    audit.record(
        session, actor, "audit.verified", "site", actor.site_id, seals=seals, broken=broken
    )
