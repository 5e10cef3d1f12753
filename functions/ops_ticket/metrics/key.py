"""The monitoring system shows METRICS_KEY as a bearer token; no person's token opens this door."""

import hmac

from flask import request

from shared.errors import NotSignedIn
from shared.http.access import checked_by
from shared.settings import settings


def require_key() -> None:
    """Raises NotSignedIn for any other."""
    expected = f"Bearer {settings().metrics_key}".encode()
    if not hmac.compare_digest(expected, request.headers.get("Authorization", "").encode()):
        raise NotSignedIn.of("metrics_key_false")


by_metrics_key = checked_by("metrics", require_key)
