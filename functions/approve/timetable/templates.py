"""Session templates, and the slots they make."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit, capacity
from shared.actors import SYSTEM, Actor
from shared.batches import each
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.errors import BadInput, Conflict, NotFound, Refused
from shared.idempotency import once
from shared.models.places import Site
from shared.models.timetable import SessionTemplate, Slot
from shared.rules.site_rules import SiteRules
from shared.rules.timetable import Opening, slots_of


@in_transaction
def list_templates(session: Session, *, actor: Actor) -> Sequence[SessionTemplate]:
    query = select(SessionTemplate).where(SessionTemplate.site_id == actor.site_id)
    order = (SessionTemplate.weekday, SessionTemplate.opens_at, SessionTemplate.valid_from)
    return session.scalars(query.order_by(*order)).all()


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
    idempotency_key: str | None = None,
) -> dict[str, Any]:
    """The template and how many slots it made at once. Raises BadInput for hours too short for a visit."""
    opening = Opening(weekday, opens_at, closes_at, valid_from, valid_to)
    return once(
        session,
        owner_id=actor.id,
        key=idempotency_key,
        request={"template": opening},
        effect=lambda: _add(session, actor, opening),
    )


def _add(session: Session, actor: Actor, opening: Opening) -> dict[str, Any]:
    # The site's row serialises changes of the timetable: two at once would race for the same slots.
    site = session.get_one(Site, actor.site_id, with_for_update=True)
    rules = SiteRules.of(site.rules)
    _require_hours(opening.opens_at, opening.closes_at, rules)
    if session.scalar(capacity.working_terminals(site.id).limit(1)) is None:
        raise Refused.of("no_terminals")
    template = SessionTemplate(site_id=site.id, **vars(opening))
    session.add(template)
    session.flush()
    made = _make_slots(session, actor, site, [template])
    audit.record(session, actor, "template.added", "session_template", template.id, slots=made)
    return {"id": template.id, "slots": made}


@in_transaction
def end_template(
    session: Session, *, actor: Actor, template_id: str, last_day: date, reason: str
) -> SessionTemplate:
    """Its slots after `last_day` offer nothing any more, and visits in them are flagged. Raises NotFound, Conflict."""
    site = session.get_one(Site, actor.site_id, with_for_update=True)
    template = session.get(SessionTemplate, template_id)
    if template is None or template.site_id != site.id:
        raise NotFound.of("not_found")
    if template.valid_to is not None and template.valid_to <= last_day:
        raise Conflict.of("template_ended")
    template.valid_to = last_day
    session.flush()
    capacity.refresh(session, actor, site.id, cause_id=template.id)
    audit.record(
        session, actor, "template.ended", "session_template", template.id, reason=reason,
        last_day=last_day.isoformat(),
    )  # fmt: skip
    return template


def make_slots() -> int:
    """Timer: slots for the days that came within booking range, site by site. Run twice, it makes none twice."""
    return each(_sites(), _make_slots_of)


@in_transaction
def _sites(session: Session) -> list[str]:
    return list(session.scalars(select(Site.id)))


@in_transaction
def _make_slots_of(session: Session, site_id: str) -> int:
    site = session.get_one(Site, site_id, with_for_update=True)
    templates = select(SessionTemplate).where(SessionTemplate.site_id == site_id)
    return _make_slots(session, SYSTEM, site, session.scalars(templates).all())


def _require_hours(opens_at: time, closes_at: time, rules: SiteRules) -> None:
    day = date(2000, 1, 1)
    open_for = datetime.combine(day, closes_at) - datetime.combine(day, opens_at)
    if open_for < rules.visit_length:
        raise BadInput.of("template_hours", "closes_at")


def _make_slots(
    session: Session, actor: Actor, site: Site, templates: Iterable[SessionTemplate]
) -> int:
    rules = SiteRules.of(site.rules)
    today = in_shanghai(now()).date()
    last = today + timedelta(days=rules.book_days_ahead_max)
    known = {one.starts_at: one for one in _slots_ahead(session, site.id)}
    made = 0
    for template in templates:
        for start, end in slots_of(
            _opening(template), first=today, last=last, length=rules.visit_length
        ):
            if start > now() and start not in known:
                known[start] = _slot(site, template, start, end)
                session.add(known[start])
                made += 1
            elif start in known:
                _adopt(known[start], template, today)
    session.flush()
    capacity.refresh(session, actor, site.id, cause_id=site.id)
    return made


def _slots_ahead(session: Session, site_id: str) -> Sequence[Slot]:
    return session.scalars(
        select(Slot).where(Slot.site_id == site_id, Slot.starts_at > now())
    ).all()


def _adopt(slot: Slot, template: SessionTemplate, today: date) -> None:
    """Another template may take over a slot whose own has ended."""
    if slot.capacity == 0 and slot.template_id != template.id:
        slot.template_id = template.id


def _opening(template: SessionTemplate) -> Opening:
    return Opening(
        template.weekday,
        template.opens_at,
        template.closes_at,
        template.valid_from,
        template.valid_to,
    )


def _slot(site: Site, template: SessionTemplate, start: datetime, end: datetime) -> Slot:
    """Without places: `capacity.refresh` alone says how many."""
    return Slot(
        site_id=site.id,
        template_id=template.id,
        starts_at=start,
        ends_at=end,
        capacity=0,
        taken=0,
    )
