"""A change of a family phone takes the next place of its site's feed, and is pushed to the phone systems that take pushes.

Order of commits is order of places, for the feed's row is locked until the commit.
"""

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared import outbox
from shared.database import compare_and_set
from shared.models.phones import FamilyPhone, PhoneFeed
from shared.models.systems import ConnectedSystem, SystemKind

PHONE_PUSH = "phone_push"


def publish(session: Session, phone: FamilyPhone) -> None:
    """The next place of the feed, and a push to each phone system of the site that takes pushes."""
    phone.feed_seq = _next_seq(session, phone.site_id)
    session.flush()
    systems = select(ConnectedSystem.id).where(
        ConnectedSystem.site_id == phone.site_id,
        ConnectedSystem.kind == SystemKind.PHONE,
        ConnectedSystem.active,
        ConnectedSystem.push_url.is_not(None),
    )
    for system_id in session.scalars(systems):
        outbox.put(
            session,
            kind=PHONE_PUSH,
            body={"system_id": system_id, "phone_id": phone.id, "version": phone.feed_seq},
            dedupe_key=f"{PHONE_PUSH}:{system_id}:{phone.id}:{phone.feed_seq}",
        )


def system_of(dedupe_key: str) -> str:
    """Whom a push is for, by the key that `publish` gives it."""
    return dedupe_key.split(":")[1]


def is_number(phone: FamilyPhone) -> bool:
    """Whether the number is still kept: erased ones hold a placeholder."""
    return phone.number.isdigit()


def _next_seq(session: Session, site_id: str) -> int:
    raised = (
        update(PhoneFeed)
        .where(PhoneFeed.site_id == site_id)
        .values(last_seq=PhoneFeed.last_seq + 1)
    )
    if not compare_and_set(session, raised):
        _begin_feed(session, site_id)
        compare_and_set(session, raised)
    seq = session.scalar(select(PhoneFeed.last_seq).where(PhoneFeed.site_id == site_id))
    assert seq is not None
    return seq


def _begin_feed(session: Session, site_id: str) -> None:
    try:
        with session.begin_nested():
            session.execute(insert(PhoneFeed).values(site_id=site_id, last_seq=0))
    except IntegrityError:
        return  # another change of the site began it meanwhile
