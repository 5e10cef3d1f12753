"""What people are told, as outbox rows; `shared/message_senders.py` sends them.

Nothing here names a resident, a relative or a number: a message is read on a locked screen.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from shared import outbox
from shared.clock import chinese_short, now
from shared.database import core
from shared.models.officers import Officer, OfficerRole, Role
from shared.models.people import Relative
from shared.settings import settings

WECHAT, WECOM, SMS = "wechat", "wecom", "sms"
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


def tell_family(
    session: Session,
    relative_ids: Sequence[str],
    *,
    data: Mapping[str, str],
    page: str,
    dedupe_key: str,
    sms_about: datetime | None = None,
    only_while_on: str | None = None,
) -> None:
    """A subscribed WeChat message to each; `page` opens in the mini-program.

    `sms_about`: the visit's time; where WeChat says no (43101: no subscription left) or stays silent, an SMS with
    it and `phrase1` goes out instead. `only_while_on`: a visit's id; the message is dropped if it is off by then.
    """
    more: dict[str, Any] = {} if only_while_on is None else {"only_while_on": only_while_on}
    if sms_about is not None:
        more["sms"] = {
            "parameters": [chinese_short(sms_about), data["phrase1"]],
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
                "data": dict(data),
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
