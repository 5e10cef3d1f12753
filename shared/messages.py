"""What people are told, as outbox rows; `shared/message_senders.py` sends them.

Nothing here names a resident, a relative or a number: a message is read on a locked screen.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from shared import outbox
from shared.clock import chinese, chinese_short, now
from shared.database import core
from shared.models.officers import Officer, OfficerRole, Role
from shared.models.people import Relative
from shared.models.visits import Visit
from shared.settings import settings

MESSAGES = WECHAT, WECOM, SMS = "wechat", "wecom", "sms"
# What also goes by SMS leaves WeChat this long to come round.
WECHAT_PATIENCE = timedelta(minutes=1)

_ON_DUTY = (
    select(Officer.wecom_user_id)
    .join(OfficerRole)
    .where(
        Officer.site_id == bindparam("site_id"),
        Officer.active,
        OfficerRole.role.in_(bindparam("roles", expanding=True)),
        Officer.wecom_user_id.is_not(None),
    )
    .distinct()
    .order_by(Officer.wecom_user_id)
)


def tell_visitors(
    session: Session,
    visit: Visit,
    phrase: str,
    thing: str,
    *,
    dedupe_key: str,
    at: datetime | None = None,
    or_sms: bool = False,
    only_while_on: str | None = None,
) -> None:
    """As `tell_family`, everyone of a visit; the message tells its time and opens it."""
    tell_family(
        session,
        [one.relative_id for one in visit.participants],
        phrase,
        thing,
        at=at or visit.starts_at,
        page=visit_page(visit.id),
        dedupe_key=dedupe_key,
        or_sms=or_sms,
        only_while_on=only_while_on,
    )


def visit_page(visit_id: str) -> str:
    return f"pages/visit/index?id={visit_id}"


def tell_family(
    session: Session,
    relative_ids: Sequence[str],
    phrase: str,
    thing: str,
    *,
    page: str,
    dedupe_key: str,
    at: datetime | None = None,
    or_sms: bool = False,
    only_while_on: str | None = None,
) -> None:
    """A subscribed WeChat message to each: `phrase` in five characters, `thing` in twenty, `at` (or now) as its time.

    `page` opens in the mini-program. `or_sms`: where WeChat says no (43101: no subscription left) or stays silent, an
    SMS with `at` and `phrase` goes out instead. `only_while_on`: a visit's id; the message is dropped if it is off by
    then.
    """
    moment = at or now()
    more: dict[str, Any] = {} if only_while_on is None else {"only_while_on": only_while_on}
    if or_sms:
        more["sms"] = {
            "parameters": [chinese_short(moment), phrase],
            "after": (now() + WECHAT_PATIENCE).isoformat(),
        }
    there = select(Relative).where(Relative.id.in_(relative_ids), Relative.erased_at.is_(None))
    for relative in session.scalars(there):
        outbox.put(
            session,
            kind=WECHAT,
            body={
                "openid": relative.openid,
                "template_id": settings().wechat_template_visit,
                "data": {"phrase1": phrase, "time2": chinese(moment), "thing3": thing},
                "page": page,
                "relative_id": relative.id,
                **more,
            },
            dedupe_key=f"{dedupe_key}:{relative.id}",
        )


def tell_staff(
    session: Session, *, site_id: str, roles: Sequence[Role], text: str, dedupe_key: str
) -> None:
    """A WeCom message to every active officer of the site who holds one of `roles`."""
    users = core(session).scalars(_ON_DUTY, {"site_id": site_id, "roles": roles}).all()
    tell_users(session, users, text=text, dedupe_key=dedupe_key)


def tell_users(
    session: Session,
    users: Iterable[str | None],
    *,
    text: str,
    dedupe_key: str | None,
    page: str | None = None,
) -> None:
    """A WeCom message to these accounts. Without a key the caller knows that it is told once.

    `page`: a route of the officers' page; the message is then a card that opens it, its title the first line of `text`.
    """
    known = sorted({one for one in users if one is not None})
    if known:
        body = {"users": known, "text": text} | ({} if page is None else {"page": page})
        outbox.put(session, kind=WECOM, body=body, dedupe_key=dedupe_key)
