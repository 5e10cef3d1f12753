"""A session may be somebody else's hand on the telephone: WeChat is asked anew before data leave or go."""

import hmac

from sqlalchemy.orm import Session

from shared.clients import wechat
from shared.clients.errors import ProviderRefused, ProviderUnavailable
from shared.database import in_transaction
from shared.errors import BadInput, Refused, Unavailable
from shared.models.people import Relative


def require_same_wechat(*, relative_id: str, code: str) -> None:
    """Raises BadInput for a used or false code, Refused for another account's, Unavailable."""
    try:
        openid = wechat.code_to_session(code)
    except ProviderRefused as error:
        raise BadInput.of("wechat_code_false", "code") from error
    except ProviderUnavailable as error:
        raise Unavailable.of("try_later") from error
    _compare(relative_id=relative_id, openid=openid)


@in_transaction
def _compare(session: Session, *, relative_id: str, openid: str) -> None:
    known = session.get_one(Relative, relative_id).openid
    if not hmac.compare_digest(known.encode(), openid.encode()):
        raise Refused.of("wechat_other_account", "code")
