"""What the centre's phone system may connect: pushed to it, fetched by it with a cursor, or carried over as CSV.

Each change gives a family phone the next place of its site's feed, so a phone stands in the feed once, in its newest
state. `version` is that place: a receiver that keeps the highest it has seen of a phone can get pushes twice or out of
order and be right.
"""

import csv
import io
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.phone_realname.schemas import PhoneFeedItem
from shared import audit, outbox, scope, tickets
from shared.actors import Actor
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.models.people import Resident
from shared.models.phones import FamilyPhone, FamilyPhoneStatus
from shared.models.systems import ConnectedSystem
from shared.models.tickets import Severity
from shared.phone_feed import PHONE_PUSH, is_number, system_of

REVIVED = 200
BOM = "\ufeff"  # so that a spreadsheet takes the file for UTF-8
COLUMNS = ("编号", "版本", "戒毒人员编号", "号码", "允许呼叫", "变更时间")


def push(body: dict[str, Any]) -> None:
    """For the outbox. A version that a newer one has overtaken is not sent: the newer one has a row of its own."""
    from shared.clients import deliveries

    wanted = _to_push(**body)
    if wanted is not None:
        system, item = wanted
        deliveries.push(
            url=system.push_url or "",
            system_id=system.id,
            key=system.key,
            algorithm=system.algorithm,
            body={
                "delivery_id": f"{body['phone_id']}-{body['version']}",
                "count": 1,
                "phones": [item],
            },
        )


@in_transaction
def _to_push(
    session: Session, *, system_id: str, phone_id: str, version: int
) -> tuple[ConnectedSystem, dict[str, Any]] | None:
    system = session.get_one(ConnectedSystem, system_id)
    phone = session.get_one(FamilyPhone, phone_id)
    if not system.active or system.push_url is None or phone.feed_seq != version:
        return None
    resident = session.get_one(Resident, phone.resident_id)
    # As the feed writes it: a receiver reads both alike.
    return system, PhoneFeedItem.of(item_of(phone, resident))


def item_of(phone: FamilyPhone, resident: Resident) -> dict[str, Any]:
    return {
        "phone_id": phone.id,
        "version": phone.feed_seq,
        "resident_number": resident.number,
        "number": phone.number if is_number(phone) else None,
        "allowed": phone.status is FamilyPhoneStatus.APPROVED,
        "changed_at": phone.changed_at,
    }


@in_transaction
def read_feed(session: Session, *, actor: Actor, after: int, limit: int) -> dict[str, Any]:
    """Changes after a place, in order. `next`: what to ask for `after` the next time."""
    query = (
        select(FamilyPhone, Resident)
        .join(Resident, Resident.id == FamilyPhone.resident_id)
        .where(FamilyPhone.site_id == actor.site_id, FamilyPhone.feed_seq > after)
        .order_by(FamilyPhone.feed_seq)
        .limit(limit + 1)
    )
    found = session.execute(query).all()
    items = [item_of(phone, resident) for phone, resident in found[:limit]]
    if items:  # asking again and again for nothing new is no reading
        audit.record(
            session, actor, "phone_feed.read", "site", actor.site_id or "", after=after,
            count=len(items),
        )  # fmt: skip
    last = items[-1]["version"] if items else after
    return {"phones": items, "next": last, "more": len(found) > limit}


@in_transaction
def export_csv(session: Session, *, actor: Actor) -> str:
    """Every phone that was ever told of, in its present state, for a phone system without an interface."""
    query = (
        select(FamilyPhone, Resident)
        .join(Resident, Resident.id == FamilyPhone.resident_id)
        .where(FamilyPhone.feed_seq.is_not(None))
        .order_by(FamilyPhone.feed_seq)
    )
    found = session.execute(scope.of_residents(actor, query)).all()
    audit.record(
        session, actor, "family_phones.exported", "site", actor.site_id or "", count=len(found)
    )
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(_line(phone, resident) for phone, resident in found)
    return BOM + text.getvalue()


def _line(phone: FamilyPhone, resident: Resident) -> tuple[object, ...]:
    item = item_of(phone, resident)
    allowed = "是" if item["allowed"] else "否"
    changed = f"{in_shanghai(phone.changed_at):%Y-%m-%d %H:%M:%S}"
    # A resident's number is free text of the centre: a spreadsheet must not take it for a formula.
    number = resident.number if resident.number[:1] not in "=+-@\t\r" else f"'{resident.number}"
    return phone.id, item["version"], number, item["number"] or "", allowed, changed


@in_transaction
def revive_pushes(session: Session) -> int:
    """Timer: pushes that were given up. A phone system may be away for days, and a blocked number must still arrive."""
    revived = outbox.revive(session, PHONE_PUSH, most=REVIVED)
    for key, code in revived:
        _alarm(session, system_of(key), code)
    return len(revived)


def _alarm(session: Session, system_id: str, code: str) -> None:
    system = session.get_one(ConnectedSystem, system_id)
    tickets.open_incident(
        session,
        site_id=system.site_id,
        severity=Severity.II,
        source_key=f"phone_push:{system_id}:{in_shanghai(now()):%Y%m%d}",
        title="亲情电话号码推送失败",
        text=f"亲情电话系统（编号 {system_id}）长时间未接收号码变更，最近一次返回 {code}。"
        "系统会继续重试；已停用的号码在对方接收前可能仍可拨打，请尽快联系对方处理。",
    )
