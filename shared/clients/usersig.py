"""UserSig and PrivateMapKey of TRTC, for string rooms (cloud-facts 1.6). Pure: no clock of its own.

Whether a PrivateMapKey is asked for is set in TRTC's console ("advanced permission control").
"""

import base64
import hashlib
import hmac
import json
import struct
import zlib

# Bits of `privileges`.
CREATE, JOIN = 1, 2
SEND_AUDIO, RECEIVE_AUDIO = 4, 8
SEND_VIDEO, RECEIVE_VIDEO = 16, 32
SEND_SCREEN, RECEIVE_SCREEN = 64, 128
WATCH_ONLY = JOIN | RECEIVE_AUDIO | RECEIVE_VIDEO
TALK = WATCH_ONLY | SEND_AUDIO | SEND_VIDEO

_FOR_URLS = bytes.maketrans(b"+/=", b"*-_")


def user_sig(*, sdk_app_id: int, secret_key: str, user_id: str, now: int, expire: int) -> str:
    """Proof that this is `user_id`, for any room. `now` in epoch s, good for `expire` s."""
    return _signature(sdk_app_id, secret_key, user_id, now, expire, None)


def private_map_key(
    *,
    sdk_app_id: int,
    secret_key: str,
    user_id: str,
    now: int,
    expire: int,
    room_id: str,
    privileges: int,
) -> str:
    """What `user_id` may do in the string room `room_id` alone: bits such as `TALK`."""
    user, room = user_id.encode(), room_id.encode()
    buffer = (
        struct.pack(">BH", 1, len(user))
        + user
        # No numeric room; the end of it as epoch s; account type 0.
        + struct.pack(">IIIII", sdk_app_id, 0, now + expire, privileges, 0)
        + struct.pack(">H", len(room))
        + room
    )
    return _signature(sdk_app_id, secret_key, user_id, now, expire, buffer)


def _signature(
    sdk_app_id: int, secret_key: str, user_id: str, now: int, expire: int, buffer: bytes | None
) -> str:
    signed = {
        "TLS.identifier": user_id,
        "TLS.sdkappid": sdk_app_id,
        "TLS.time": now,
        "TLS.expire": expire,
    }
    if buffer is not None:
        signed["TLS.userbuf"] = base64.b64encode(buffer).decode()
    content = "".join(f"{name}:{value}\n" for name, value in signed.items())
    digest = hmac.new(secret_key.encode(), content.encode(), hashlib.sha256).digest()
    whole = {"TLS.ver": "2.0", **signed, "TLS.sig": base64.b64encode(digest).decode()}
    packed = zlib.compress(json.dumps(whole).encode())
    return base64.b64encode(packed).translate(_FOR_URLS).decode()
