"""How each kind of message goes out. Apart from what writes them, so that a role need not cover what a function never sends."""

from collections.abc import Collection
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from shared import outbox
from shared.clients.errors import ProviderRefused, ProviderUnavailable
from shared.clock import now, read_moment
from shared.database import in_transaction
from shared.ids import new_id
from shared.messages import SMS, WECHAT, WECOM
from shared.models.people import Relative
from shared.models.visits import Visit, VisitStatus
from shared.settings import settings

ON = (VisitStatus.APPROVED, VisitStatus.IN_PROGRESS)


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
    return outbox.deliver(SENDERS, one_provider_a_kind=True)


def deliver_wecom(keys: Collection[str]) -> int:
    """These at once; whatever else is due is the timer's, and would keep them waiting."""
    return outbox.deliver({WECOM: _send_wecom}, keys=keys)
