"""The authenticator app: set up at the first sign-in, asked for at every one by password."""

import base64
import secrets
from typing import Any

from shared.clock import now
from shared.errors import Reason, reason
from shared.models.officers import Officer
from shared.rules import totp

ISSUER = "远程视频会见"
SECRET_BYTES = 20  # as long as SHA-1's output (RFC 4226)


def wanted(officer: Officer) -> tuple[Reason, dict[str, Any]]:
    """Why a code is asked for; at the first sign-in with the secret to set the app up."""
    if officer.totp_confirmed_at is not None:
        return reason("totp_needed", "code"), {}
    if officer.totp_secret is None:
        officer.totp_secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
    uri = totp.uri(officer.totp_secret, account=officer.username or "", issuer=ISSUER)
    return reason("totp_setup", "code"), {"totp": {"secret": officer.totp_secret, "uri": uri}}


def use_code(officer: Officer, given: str) -> bool:
    """The officer's row is locked: a code that two send at once works for one."""
    if officer.totp_secret is None:
        return False
    moment = now()
    step = totp.matching_step(
        officer.totp_secret, given, at_s=moment.timestamp(), after=officer.totp_step
    )
    if step is None:
        return False
    officer.totp_step = step
    officer.totp_confirmed_at = officer.totp_confirmed_at or moment
    return True
