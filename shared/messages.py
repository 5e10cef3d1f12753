"""What people are told, as outbox rows, and how each kind goes out.

Nothing here names a resident, a relative or a number: a message is read on a locked screen.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from shared import outbox
from shared.models.officers import Officer, OfficerRole, Role
from shared.models.people import Relative
from shared.settings import settings

WECHAT, WECOM = "wechat", "wecom"

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
) -> None:
    """A subscribed WeChat message to each; `page` opens in the mini-program."""
    for relative in session.scalars(select(Relative).where(Relative.id.in_(relative_ids))):
        outbox.put(
            session,
            kind=WECHAT,
            body={
                "openid": relative.openid,
                "template_id": settings().wechat_template_visit,
                "data": dict(data),
                "page": page,
            },
            dedupe_key=f"{dedupe_key}:{relative.id}",
        )


def tell_staff(
    session: Session, *, site_id: str, roles: Sequence[Role], text: str, dedupe_key: str
) -> None:
    """A WeCom message to every active officer of the site who holds one of `roles`."""
    users = session.connection().scalars(_ON_DUTY, {"site_id": site_id, "roles": roles}).all()
    if users:
        body = {"users": list(users), "text": text}
        outbox.put(session, kind=WECOM, body=body, dedupe_key=dedupe_key)


def _send_wechat(body: dict[str, Any]) -> None:
    from shared.clients import wechat

    wechat.send_subscribe_message(**body)


def _send_wecom(body: dict[str, Any]) -> None:
    from shared.clients import wecom

    # Built the same way each time: WeCom drops a second one that is identical to the byte.
    wecom.send_message(wecom.text_message(body["users"], body["text"]))


SENDERS: dict[str, outbox.Handler] = {WECHAT: _send_wechat, WECOM: _send_wecom}


def deliver() -> int:
    return outbox.deliver(SENDERS)
