"""Access tokens of WeChat and WeCom: they expire, and a newer one may put the older out of use."""

import secrets

from . import moment
from .store import Store

LIFETIME_SECONDS = 7200


def issue(store: Store, provider: str) -> str:
    token = secrets.token_urlsafe(64)
    with store.transaction():
        expires = moment.seconds() + LIFETIME_SECONDS
        store.put("token", token, {"provider": provider, "expires": expires})
        store.put("newest_token", provider, {"token": token})
    return token


def problem(store: Store, provider: str, token: str, *, newest_only: bool) -> str | None:
    """`missing`, `invalid`, `expired`, or None when the token may be used."""
    if not token:
        return "missing"
    known = store.get("token", token)
    if known is None or known["provider"] != provider:
        return "invalid"
    if newest_only and (store.get("newest_token", provider) or {}).get("token") != token:
        return "invalid"
    return "expired" if known["expires"] <= moment.seconds() else None
