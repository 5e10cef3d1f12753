"""The rules of a site, in versions: what is in force, and what was when a visit was booked."""

from typing import Any

from sqlalchemy.orm import Session

from shared.clock import now
from shared.models.places import Site, SiteRulesVersion
from shared.models.visits import Visit
from shared.rules.site_rules import SiteRules


def rules_of(session: Session, site_id: str) -> SiteRules:
    return SiteRules.of(session.get_one(Site, site_id).rules)


def rules_of_visit(session: Session, visit: Visit) -> SiteRules:
    """As they were when it was booked: a family is held to what it was told then."""
    kept = session.get(SiteRulesVersion, (visit.site_id, visit.rules_version))
    return rules_of(session, visit.site_id) if kept is None else SiteRules.of(kept.rules)


def write_version(
    session: Session, site: Site, rules: dict[str, Any], *, by: str, why: str
) -> None:
    """The site's row is locked. The version that stood before any change is kept by the first one."""
    if site.rules_version == 0:
        first = (site.id, 0)
        if session.get(SiteRulesVersion, first) is None:
            session.add(
                SiteRulesVersion(
                    site_id=site.id, version=0, rules=site.rules, changed_at=site.created_at
                )
            )
    site.rules, site.rules_version = rules, site.rules_version + 1
    session.add(
        SiteRulesVersion(
            site_id=site.id,
            version=site.rules_version,
            rules=rules,
            changed_at=now(),
            changed_by=by,
            reason=why,
        )
    )
