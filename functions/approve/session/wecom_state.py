"""WeCom's OAuth `state`: signed, minutes long, bound to the browser that asked, and naming the page to go back to.

The address that WeCom sends an officer back to comes from the settings alone; where the page goes then is a path
within the page. So neither can be turned to another host.
"""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from itsdangerous import BadData, URLSafeTimedSerializer

from shared.errors import BadInput
from shared.http.sessions import ClockSigner
from shared.settings import settings

GOOD_FOR = timedelta(minutes=10)
WITHIN = re.compile(r"/(?:[A-Za-z0-9_~-][A-Za-z0-9_/~-]*)?(?:\?[A-Za-z0-9_=&~-]*)?")


@dataclass(frozen=True)
class Asked:
    """`nonce` goes into a cookie of the browser that is sent to `url`."""

    url: str
    nonce: str


def ask(*, return_to: str) -> Asked:
    """Raises BadInput for anything but a path within the page."""
    if not WITHIN.fullmatch(return_to):
        raise BadInput.of("return_to_outside", "return_to")
    nonce = secrets.token_urlsafe(24)
    query = {
        "appid": settings().wecom_corp_id,
        "redirect_uri": settings().officer_page_url,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": _serializer().dumps([_hash(nonce), return_to]),
        "agentid": settings().wecom_agent_id,
    }
    return Asked(f"{settings().wecom_authorize_url}?{urlencode(query)}#wechat_redirect", nonce)


def read(state: str, nonce: str) -> str:
    """Where to go back to. Raises BadInput: not our state, too old, or another browser's."""
    try:
        hashed, return_to = _serializer().loads(state, max_age=int(GOOD_FOR.total_seconds()))
    except (BadData, ValueError, TypeError) as error:
        raise BadInput.of("wecom_state_false", "state") from error
    if not hmac.compare_digest(str(hashed), _hash(nonce)):
        raise BadInput.of("wecom_state_false", "state")
    return str(return_to)


def _hash(nonce: str) -> str:
    return hashlib.sha256(nonce.encode()).hexdigest()


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(settings().session_key, salt="wecom.state", signer=ClockSigner)
