"""TRTC signs the raw bytes it sends (cloud-facts 1.1): never verify a re-serialised body."""

import base64
import hashlib
import hmac
from datetime import timedelta

from flask import request

from shared.clock import now
from shared.errors import NotSignedIn
from shared.settings import settings

# Retries end a minute after the event; the rest is for clocks that differ.
OLDEST = timedelta(minutes=5)


def require_signature() -> None:
    """TRTC is nobody in particular: no actor. Raises NotSignedIn for a false signature or another application's id."""
    key = settings().trtc_callback_key.encode()
    expected = base64.b64encode(hmac.new(key, request.get_data(), hashlib.sha256).digest())
    if not hmac.compare_digest(expected, request.headers.get("Sign", "").encode()):
        raise NotSignedIn.of("signature_false")
    if request.headers.get("SdkAppId") != str(settings().trtc_sdk_app_id):
        raise NotSignedIn.of("app_id_false")


def require_recent(sent_ms: int) -> None:
    """Raises NotSignedIn for a time stamp outside the window: a replay."""
    age_s = now().timestamp() - sent_ms / 1000
    if abs(age_s) > OLDEST.total_seconds():
        raise NotSignedIn.of("timestamp_old")
