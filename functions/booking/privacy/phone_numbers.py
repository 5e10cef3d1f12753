"""The numbers of a person who is erased: the own one, its checks, and the family phones asked for."""

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from shared.models.people import Relative
from shared.models.phones import (
    FamilyPhone,
    FamilyPhoneStatus,
    PhoneCheckCount,
    PhoneCheckJob,
    PhoneCheckJobStatus,
)
from shared.phone_reviews import review_later
from shared.sealing import blind_index

IN_USE = (FamilyPhoneStatus.PENDING, FamilyPhoneStatus.APPROVED)


def erase_phone_numbers(session: Session, relative: Relative) -> None:
    """Numbers in use are first stopped in the phone system: `phone_realname` does both, seconds later, since the
    consent is withdrawn."""
    mine = FamilyPhone.relative_id == relative.id
    numbers = [relative.phone_index] if relative.phone_index else []
    asked = session.scalars(select(FamilyPhone.number).where(mine))
    numbers += [blind_index(one, context="phone") for one in asked]
    for phone in session.scalars(select(FamilyPhone).where(mine, ~FamilyPhone.status.in_(IN_USE))):
        phone.owner_name = phone.owner_id_number = None
        phone.number = f"erased-{phone.id}"
    session.execute(
        update(PhoneCheckJob)
        .where(PhoneCheckJob.relative_id == relative.id)
        .where(PhoneCheckJob.status == PhoneCheckJobStatus.WAITING)
        .values(status=PhoneCheckJobStatus.DROPPED, open_key=None)
    )
    session.execute(
        update(PhoneCheckJob)
        .where(PhoneCheckJob.relative_id == relative.id)
        .values(number=None, tail="")
    )
    counted = [f"relative:{relative.id}", *(f"number:{one.hex()}" for one in numbers)]
    session.execute(
        delete(PhoneCheckCount).where(or_(*(PhoneCheckCount.subject == one for one in counted)))
    )
    review_later(session, relative_id=relative.id)
