"""What people are told, as outbox rows, and how each kind goes out.

Nothing here names a resident, a relative or a number: a message is read on a locked screen.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from shared import outbox
from shared.clients.errors import ProviderRefused, ProviderUnavailable
from shared.clock import chinese_short, now, read_moment
from shared.database import core, in_transaction
from shared.ids import new_id
from shared.models.officers import Officer, OfficerRole, Role
from shared.models.people import Relative
from shared.models.visits import Visit, VisitStatus
from shared.settings import settings

WECHAT, WECOM, SMS = "wechat", "wecom", "sms"
# What also goes by SMS leaves WeChat this long to come round.
WECHAT_PATIENCE = timedelta(minutes=1)
ON = (VisitStatus.APPROVED, VisitStatus.IN_PROGRESS)

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


def _send_wechat(body: dict[str, Any]) -> outbox.Finish | None:
    from shared.clients import wechat

    if _pointless(body):
        return None
    message = {name: body[name] for name in ("openid", "template_id", "data", "page")}
    try:
        wechat.send_subscribe_message(**message)
    except ProviderRefused:
        if "sms" not in body:
            raise
        return partial(_by_sms, body)
    except ProviderUnavailable:
        if "sms" not in body or now() < read_moment(body["sms"]["after"]):
            raise
        return partial(_by_sms, body)
    return None


def _by_sms(body: dict[str, Any], session: Session) -> None:
    """Written together with the end of the WeChat message, so that one of the two is always on its way."""
    relative = session.get(Relative, body["relative_id"])
    if relative is None or relative.phone is None:
        return
    sms = {"phone": relative.phone, "parameters": body["sms"]["parameters"]}
    kept = {name: body[name] for name in ("only_while_on",) if name in body}
    # Both kinds end in the relative's id: by it an erasure finds what is still under way.
    key = f"sms:{new_id()}:{relative.id}"
    outbox.put(session, kind=SMS, body={**sms, **kept}, dedupe_key=key)


def _send_sms(body: dict[str, Any]) -> None:
    from shared.clients import sms

    if not _pointless(body):
        sms.send_sms(
            phone=body["phone"],
            template_id=settings().sms_template_visit,
            parameters=body["parameters"],
        )


def _pointless(body: dict[str, Any]) -> bool:
    return "only_while_on" in body and not _is_on(body["only_while_on"])


@in_transaction
def _is_on(session: Session, visit_id: str) -> bool:
    return session.get_one(Visit, visit_id).status in ON


def _send_wecom(body: dict[str, Any]) -> None:
    from shared.clients import wecom

    # Built the same way each time: WeCom drops a second one that is identical to the byte.
    wecom.send_message(_wecom_message(body))


def _wecom_message(body: dict[str, Any]) -> dict[str, Any]:
    from shared.clients import wecom

    if "page" not in body:
        return wecom.text_message(body["users"], body["text"])
    title, _, description = body["text"].partition("\n")
    url = f"{settings().officer_page_url}#{body['page']}"
    return wecom.text_card(body["users"], title, description or title, url)


SENDERS: dict[str, outbox.Handler] = {
    WECHAT: _send_wechat,
    WECOM: _send_wecom,
    SMS: _send_sms,
}


def deliver() -> int:
    return outbox.deliver(SENDERS)
