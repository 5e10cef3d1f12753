"""Codes of an authenticator app (RFC 6238: SHA-1, 30 s, six digits). Pure."""

import base64
import hmac
from urllib.parse import quote, urlencode

STEP_S = 30
DIGITS = 6
# A phone's clock may be half a minute off.
TOLERATED = (-1, 0, 1)


def code(secret: str, step: int) -> str:
    """`secret` in base 32, as apps take it."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    place = digest[-1] & 15
    number = int.from_bytes(digest[place : place + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def matching_step(secret: str, given: str, *, at_s: float, after: int) -> int | None:
    """The step whose code was `given`, if it is around now and newer than `after`, which was used already."""
    now = int(at_s) // STEP_S
    for step in (now + one for one in TOLERATED):
        if step > after and hmac.compare_digest(code(secret, step), given):
            return step
    return None


def uri(secret: str, *, account: str, issuer: str) -> str:
    """What the page shows as a QR code."""
    query = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{query}"
