"""A WeChat user signs in; the first time makes the relative."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.clients import wechat
from shared.clients.errors import ProviderRefused, ProviderUnavailable
from shared.database import in_transaction
from shared.errors import BadInput, Unavailable
from shared.http.sessions import LIFETIME, make_token
from shared.models.people import Relative
from shared.sealing import blind_index


def sign_in(*, code: str) -> dict[str, Any]:
    """Raises BadInput for a used or false code, Unavailable when WeChat cannot be asked."""
    try:
        openid = wechat.code_to_session(code)
    except ProviderRefused as error:
        raise BadInput.of("wechat_code_false", "code") from error
    except ProviderUnavailable as error:
        raise Unavailable.of("try_later") from error
    try:
        relative_id, generation = _find_or_make(openid)
    except (
        IntegrityError
    ):  # the same person signed in twice at once: the other request made the row
        relative_id, generation = _find_or_make(openid)
    return {
        "token": make_token("relative", relative_id, generation),
        "relative_id": relative_id,
        "expires_in": int(LIFETIME["relative"].total_seconds()),
    }


@in_transaction
def _find_or_make(session: Session, openid: str) -> tuple[str, int]:
    mine = Relative.openid_index == blind_index(openid, context="openid")
    relative = session.scalar(select(Relative).where(mine))
    if relative is None:
        relative = Relative(openid=openid, session_generation=0)
        session.add(relative)
        session.flush()
    return relative.id, relative.session_generation
