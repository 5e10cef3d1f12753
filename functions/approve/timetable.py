"""Session templates and the slots they make."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared import audit
from shared.actors import Actor
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.errors import BadInput, Refused
from shared.models.places import Site, Terminal, TerminalStatus
from shared.models.timetable import SessionTemplate, Slot
from shared.rules.site_rules import SiteRules
from shared.rules.timetable import Opening, slots_of


@in_transaction
def add_template(
    session: Session,
    *,
    actor: Actor,
    weekday: int,
    opens_at: time,
    closes_at: time,
    valid_from: date,
    valid_to: date | None,
) -> dict[str, Any]:
    """The template and how many slots it made at once. Raises BadInput for hours too short for a visit."""
    # The site's row serialises template changes: two at once would race for the same slots.
    site = session.get_one(Site, actor.site_id, with_for_update=True)
    rules = SiteRules.of(site.rules)
    _require_hours(opens_at, closes_at, rules)
    template = SessionTemplate(
        site_id=site.id,
        weekday=weekday,
        opens_at=opens_at,
        closes_at=closes_at,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    session.add(template)
    session.flush()
    made = _make_slots(session, site, [template])
    audit.record(session, actor, "template.added", "session_template", template.id, slots=made)
    return {"id": template.id, "slots": made}


@in_transaction
def make_slots(session: Session) -> int:
    """Timer: slots for the days that came within booking range. Run twice, it makes none twice."""
    made = 0
    for site in session.scalars(select(Site).with_for_update()):
        templates = select(SessionTemplate).where(SessionTemplate.site_id == site.id)
        made += _make_slots(session, site, session.scalars(templates).all())
    return made


def _require_hours(opens_at: time, closes_at: time, rules: SiteRules) -> None:
    day = date(2000, 1, 1)
    open_for = datetime.combine(day, closes_at) - datetime.combine(day, opens_at)
    if open_for < rules.visit_length:
        raise BadInput.of("template_hours", "closes_at")


def _make_slots(session: Session, site: Site, templates: Iterable[SessionTemplate]) -> int:
    capacity = _working_terminals(session, site.id)
    if not capacity:
        raise Refused.of("no_terminals")
    rules = SiteRules.of(site.rules)
    today = in_shanghai(now()).date()
    last = today + timedelta(days=rules.book_days_ahead_max)
    known = set(session.scalars(select(Slot.starts_at).where(Slot.site_id == site.id)))
    made = 0
    for template in templates:
        for start, end in slots_of(
            _opening(template), first=today, last=last, length=rules.visit_length
        ):
            if start > now() and start not in known:
                known.add(start)
                made += 1
                session.add(_slot(site, template, start, end, capacity))
    return made


def _working_terminals(session: Session, site_id: str) -> int:
    working = (Terminal.site_id == site_id, Terminal.status == TerminalStatus.WORKING)
    return session.scalar(select(func.count()).select_from(Terminal).where(*working)) or 0


def _opening(template: SessionTemplate) -> Opening:
    return Opening(
        template.weekday,
        template.opens_at,
        template.closes_at,
        template.valid_from,
        template.valid_to,
    )


def _slot(
    site: Site, template: SessionTemplate, start: datetime, end: datetime, capacity: int
) -> Slot:
    return Slot(
        site_id=site.id,
        template_id=template.id,
        starts_at=start,
        ends_at=end,
        capacity=capacity,
        taken=0,
    )
