"""Who is called what in a visit's room, and the pass for it: this room, this person, this time."""

from typing import Any

from shared.clients import usersig
from shared.clock import now, seconds_until
from shared.models.visits import Visit
from shared.rules.room_state import FAMILY, OBSERVER, RESIDENT
from shared.settings import settings

__all__ = ["FAMILY", "LISTEN_ONLY", "OBSERVER", "RESIDENT", "TALK", "WATCH_ONLY", "room_pass"]

# Whoever comes first creates the room; nobody needs the auxiliary stream (cloud-facts 1.6).
TALK = usersig.CREATE | usersig.TALK
LISTEN_ONLY = TALK & ~usersig.SEND_AUDIO
WATCH_ONLY = usersig.WATCH_ONLY


def room_pass(visit: Visit, *, user_id: str, privileges: int = TALK) -> dict[str, Any]:
    """Good until the visit's end."""
    seconds = int((visit.closes_at - now()).total_seconds())
    common: dict[str, Any] = {
        "sdk_app_id": settings().trtc_sdk_app_id,
        "secret_key": settings().trtc_secret_key,
        "user_id": user_id,
        "now": int(now().timestamp()),
        "expire": seconds,
    }
    return {
        "sdk_app_id": settings().trtc_sdk_app_id,
        "room_id": visit.room_id,
        "user_id": user_id,
        "user_sig": usersig.user_sig(**common),
        "private_map_key": usersig.private_map_key(
            **common, room_id=visit.room_id, privileges=privileges
        ),
        "expires_in": seconds,
        "starts_at": visit.starts_at.isoformat(),
        "seconds_until_start": seconds_until(visit.starts_at),
    }
