"""Timer: free places go to those who wait, in their order, each for a limited time; what was not taken goes on.

Everything happens under the slot's lock, so any number of these may run at once. A free place of a slot with a waiting
list is counted as taken for everybody else (`Place.left`), so nobody can slip in before the timer.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.booking.booking_facts import place_of, read_facts
from shared import audit, messages
from shared.actors import SYSTEM
from shared.batches import each
from shared.clock import now
from shared.database import in_transaction
from shared.errors import Reason, Refused, reason
from shared.models.places import Site
from shared.models.timetable import Slot
from shared.models.waiting import WaitingEntry, WaitingStatus
from shared.rules.site_rules import SiteRules
from shared.rules.waiting import bookable_until, offer_until
from shared.site_rules import rules_of

BATCH = 200
PAGE = "pages/waiting/index"


def serve_lists() -> int:
    """How many offers were made."""
    return each(_to_serve(), _serve)


@in_transaction
def _to_serve(session: Session) -> list[str]:
    """Full slots have nothing to give: those with a free place, and the soonest, whose lists close."""
    recent = Slot.starts_at > now() - timedelta(days=7)  # lists are closed after an outage, too
    waited_for = select(Slot.id).where(Slot.site_id.in_(select(Site.id)), recent, Slot.waiting > 0)
    soonest = waited_for.order_by(Slot.starts_at).limit(BATCH)
    free = soonest.where(Slot.taken < Slot.capacity, Slot.blocked.is_(False))
    late = select(WaitingEntry.slot_id).where(
        WaitingEntry.status == WaitingStatus.OFFERED, WaitingEntry.offer_until <= now()
    )
    found = {one for query in (free, soonest, late.limit(BATCH)) for one in session.scalars(query)}
    return sorted(found)


@in_transaction
def _serve(session: Session, slot_id: str) -> int:
    slot = session.get_one(Slot, slot_id, with_for_update=True)
    return serve(session, slot)


def serve(session: Session, slot: Slot) -> int:
    """`slot` is locked. How many offers were made."""
    end_late_offers(session, slot)
    rules = rules_of(session, slot.site_id)
    if now() >= bookable_until(slot.starts_at, rules):
        for entry in _in_order(session, slot):
            _close(session, slot, entry, [reason("waiting_closed")])
        return 0
    if slot.blocked:
        return 0
    made = 0
    for entry in _in_order(session, slot):
        if slot.taken >= slot.capacity:
            break
        made += _offer_or_close(session, slot, entry, rules)
    return made


def end_late_offers(session: Session, slot: Slot) -> int:
    """`slot` is locked. Offers beyond their time hold no place any more."""
    late = select(WaitingEntry).where(
        WaitingEntry.slot_id == slot.id,
        WaitingEntry.status == WaitingStatus.OFFERED,
        WaitingEntry.offer_until <= now(),
    )
    found = session.scalars(late.with_for_update()).all()
    for entry in found:
        end_entry(slot, entry, WaitingStatus.MISSED)
        _record_and_tell(
            session, slot, entry, "missed", ("候补已过期", "名额未及时确认，可重新加入候补")
        )
    session.flush()
    return len(found)


def end_entry(slot: Slot, entry: WaitingEntry, status: WaitingStatus) -> None:
    """`slot` and `entry` are locked; `entry` waits or holds an offer."""
    if entry.status is WaitingStatus.OFFERED:
        slot.taken -= 1
    else:
        slot.waiting -= 1
    entry.status, entry.ended_at = status, now()


def _in_order(session: Session, slot: Slot) -> list[WaitingEntry]:
    waiting = select(WaitingEntry).where(
        WaitingEntry.slot_id == slot.id, WaitingEntry.status == WaitingStatus.WAITING
    )
    order = waiting.order_by(WaitingEntry.joined_at, WaitingEntry.id)
    return list(session.scalars(order.with_for_update()))


def _offer_or_close(session: Session, slot: Slot, entry: WaitingEntry, rules: SiteRules) -> bool:
    """Whether it was offered: who could not book it any more does not keep the others waiting."""
    against = _against(session, slot, entry)
    if against:
        _close(session, slot, entry, against)
        return False
    entry.status, entry.offered_at = WaitingStatus.OFFERED, now()
    entry.offer_until = offer_until(now(), slot.starts_at, rules)
    slot.waiting, slot.taken = slot.waiting - 1, slot.taken + 1
    session.flush()
    _record_and_tell(
        session, slot, entry, "offered", ("候补有名额", "请尽快确认，逾期顺延给下一位")
    )
    return True


def _against(session: Session, slot: Slot, entry: WaitingEntry) -> Sequence[Reason]:
    try:
        facts = read_facts(
            session, relative_id=entry.relative_id, relationship_id=entry.relationship_id
        )
    except Refused as refused:  # the tie was rejected since
        return refused.reasons
    return facts.refusals(replace(place_of(slot), waiting=0))


def _close(session: Session, slot: Slot, entry: WaitingEntry, why: Sequence[Reason]) -> None:
    end_entry(slot, entry, WaitingStatus.CLOSED)
    entry.reason = "".join(one.text for one in why)[:500]
    session.flush()
    _record_and_tell(session, slot, entry, "closed", ("候补已结束", "请点击查看原因"))


def _record_and_tell(
    session: Session, slot: Slot, entry: WaitingEntry, what: str, told: tuple[str, str]
) -> None:
    audit.record(
        session, SYSTEM, f"waiting.{what}", "waiting_entry", entry.id, site_id=slot.site_id
    )
    messages.tell_family(
        session,
        [entry.relative_id],
        *told,
        at=slot.starts_at,
        page=PAGE,
        dedupe_key=f"waiting:{entry.id}:{what}",
        or_sms=what == "offered",
    )
