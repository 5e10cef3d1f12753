"""The rules of the officer's site: shown with their history, and changed, each change a version of its own."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit
from shared.actors import Actor
from shared.database import in_transaction
from shared.errors import BadInput, Conflict, raise_if_any
from shared.models.officers import Officer
from shared.models.places import Site, SiteRulesVersion
from shared.rules.site_rules import SiteRules
from shared.rules.site_rules_form import QUOTA, SETTABLE, as_json, problems_in
from shared.site_rules import write_version

SHOWN = 50


@in_transaction
def show_site_rules(session: Session, *, actor: Actor) -> dict[str, Any]:
    return _shown(session, session.get_one(Site, actor.site_id))


@in_transaction
def change_site_rules(
    session: Session, *, actor: Actor, version: int, rules: dict[str, Any], reason: str
) -> dict[str, Any]:
    """`rules`: those that change. Raises BadInput with every problem, Conflict unless `version` is in force.

    Visits already booked keep the version they were booked under; slots already made keep their length.
    """
    site = session.get_one(Site, actor.site_id, with_for_update=True)
    if site.rules_version != version:
        raise Conflict.of("changed_meanwhile")
    raise_if_any(problems_in(rules, SiteRules.of(site.rules)), BadInput)
    changed = {**site.rules, **rules}
    if changed == site.rules:
        return _shown(session, site)
    write_version(session, site, changed, by=actor.id, why=reason)
    audit.record(
        session, actor, "site_rules.changed", "site", site.id, reason=reason,
        version=site.rules_version, rules=rules,
    )  # fmt: skip
    session.flush()
    return _shown(session, site)


def _shown(session: Session, site: Site) -> dict[str, Any]:
    in_force, usual = SiteRules.of(site.rules), SiteRules()
    return {
        "version": site.rules_version,
        "rules": [
            {
                "name": name,
                "label": bounds.label,
                "value": getattr(in_force, name),
                "default": getattr(usual, name),
                "lowest": bounds.lowest,
                "highest": bounds.highest,
            }
            for name, bounds in SETTABLE.items()
        ],
        QUOTA: [as_json(one) for one in in_force.quota],
        "changes": _changes(session, site.id),
    }


def _changes(session: Session, site_id: str) -> list[dict[str, Any]]:
    """The newest first; of each the rules that it changed, with what they were."""
    query = (
        select(SiteRulesVersion, Officer)
        .join(Officer, Officer.id == SiteRulesVersion.changed_by, isouter=True)
        .where(SiteRulesVersion.site_id == site_id)
        .order_by(SiteRulesVersion.version)
    )
    rows = session.execute(query).all()
    pairs = zip(rows, rows[1:], strict=False)
    shown = [_change(before[0].rules, one, by) for before, (one, by) in pairs]
    return shown[::-1][:SHOWN]


def _change(before: dict[str, Any], one: SiteRulesVersion, by: Officer | None) -> dict[str, Any]:
    old, new = _plain(before), _plain(one.rules)
    return {
        "version": one.version,
        "changed_at": one.changed_at,
        "changed_by": by.name if by else "",
        "reason": one.reason,
        "changed": [
            {"name": name, "label": SETTABLE[name].label, "before": old[name], "after": new[name]}
            for name in SETTABLE
            if old[name] != new[name]
        ],
        "quota_changed": old[QUOTA] != new[QUOTA],
    }


def _plain(rules: dict[str, Any]) -> dict[str, Any]:
    known = SiteRules.of(rules)
    return {**{name: getattr(known, name) for name in SETTABLE}, QUOTA: known.quota}
