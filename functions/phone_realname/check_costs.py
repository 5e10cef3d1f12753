"""The cost ledger of three-element checks: what the provider billed, what it did not, what nobody knows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from shared.actors import Actor
from shared.database import in_transaction
from shared.errors import BadInput
from shared.models.phones import PhoneCheck

SHOWN = 100
BILLING = case(
    (PhoneCheck.billed.is_(None), "unknown"), (PhoneCheck.billed.is_(True), "billed"), else_="free"
)


@in_transaction
def show_check_costs(
    session: Session, *, actor: Actor, since: datetime, until: datetime
) -> dict[str, Any]:
    """Of the actor's site, and of relatives whose site is not known yet. Names nobody.

    Raises BadInput when `until` is not after `since`.
    """
    if until <= since:
        raise BadInput.of("period_order", "until")
    ours = (
        or_(PhoneCheck.site_id == actor.site_id, PhoneCheck.site_id.is_(None)),
        PhoneCheck.checked_at >= since,
        PhoneCheck.checked_at < until,
    )
    grouped = select(
        PhoneCheck.purpose, PhoneCheck.result, BILLING, PhoneCheck.site_id.is_(None), func.count()
    )
    totals = session.execute(
        grouped.where(*ours).group_by(
            PhoneCheck.purpose, PhoneCheck.result, BILLING, PhoneCheck.site_id.is_(None)
        )
    )
    names = ("purpose", "result", "billing", "site_unknown", "count")
    newest: Sequence[PhoneCheck] = session.scalars(
        select(PhoneCheck).where(*ours).order_by(PhoneCheck.checked_at.desc()).limit(SHOWN)
    ).all()
    return {
        "totals": [dict(zip(names, line, strict=True)) for line in totals],
        "newest": [_line(one) for one in newest],
    }


def _line(check: PhoneCheck) -> dict[str, Any]:
    billing = {None: "unknown", True: "billed", False: "free"}[check.billed]
    return {
        "id": check.id,
        "checked_at": check.checked_at,
        "answered_at": check.answered_at,
        "purpose": check.purpose,
        "result": check.result,
        "code": check.provider_code,
        "billing": billing,
        "request_id": check.request_id,
    }
