"""Applications that no officer decided in time, of whatever kind: found by the rules of their own site."""

from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from shared.clock import now
from shared.models.places import Site
from shared.rules.review import longest_wait
from shared.rules.site_rules import SiteRules

BATCH = 200
# What a family reads, in the words of an officer.
REASON = "很抱歉，您的申请未能及时审核，已自动关闭。请重新提交；如着急办理，请联系本所。"


def overdue(
    session: Session,
    row_id: InstrumentedAttribute[str],
    site_id: InstrumentedAttribute[Any],
    asked_at: InstrumentedAttribute[Any],
    waiting: ColumnElement[bool],
) -> list[str]:
    """Ids of rows that are `waiting`, BATCH a site at most."""
    found: list[str] = []
    for site in session.scalars(select(Site)):
        limit = now() - longest_wait(SiteRules.of(site.rules))
        late = and_(site_id == site.id, waiting, asked_at <= limit)
        found += session.scalars(select(row_id).where(late).limit(BATCH))
    return found
