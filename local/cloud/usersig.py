"""Reads what TRTC's clients and robots show at the door: UserSig and PrivateMapKey (cloud-facts 1.6).

Written from the vendor's format, not from our own signing code: an emulator checked by the code under test proves
nothing.
"""

import base64
import binascii
import hashlib
import hmac
import json
import struct
import zlib
from dataclasses import dataclass
from typing import Any

JOIN = 2
SIGNED = ("identifier", "sdkappid", "time", "expire")


class Refused(Exception):
    """A signature that the service would not let in; `code` says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Door:
    """What signatures are held against: one TRTC application, at `now` (seconds)."""

    sdk_app_id: int
    secret: str
    now: float

    def check_user_sig(self, user_id: str, user_sig: str) -> None:
        self._opened("UserSig", user_id, user_sig)

    def check_map_key(self, user_id: str, room_id: str, map_key: str) -> None:
        """Raises Refused unless the key lets this person join this string room now."""
        ticket = self._opened("PrivateMapKey", user_id, map_key)
        try:
            room, expires, privileges = unpacked(base64.b64decode(ticket["TLS.userbuf"]), user_id)
        except (KeyError, ValueError, struct.error):
            raise Refused("PrivateMapKeyInvalid", "no readable userbuf") from None
        if room != room_id:
            raise Refused("PrivateMapKeyWrongRoom", f"the key is for another room than {room_id}")
        if expires <= self.now:
            raise Refused("PrivateMapKeyExpired", "the key's time is over")
        if not privileges & JOIN:
            raise Refused("PrivateMapKeyNoJoin", "the key does not allow to join")

    def _opened(self, what: str, user_id: str, text: str) -> dict[str, Any]:
        ticket = _decoded(what, text)
        if ticket.get("TLS.identifier") != user_id:
            raise Refused(f"{what}WrongUser", f"signed for somebody else than {user_id}")
        if ticket.get("TLS.sdkappid") != self.sdk_app_id:
            raise Refused(f"{what}WrongApp", "signed for another SdkAppId")
        if not hmac.compare_digest(str(ticket.get("TLS.sig")), self._signature(ticket)):
            raise Refused(f"{what}Invalid", "the signature is false")
        if ticket["TLS.time"] + ticket["TLS.expire"] <= self.now:
            raise Refused(f"{what}Expired", "the signature's time is over")
        return ticket

    def _signature(self, ticket: dict[str, Any]) -> str:
        names = [*SIGNED, "userbuf"] if "TLS.userbuf" in ticket else list(SIGNED)
        content = "".join(f"TLS.{name}:{ticket.get(f'TLS.{name}')}\n" for name in names)
        digest = hmac.new(self.secret.encode(), content.encode(), hashlib.sha256).digest()
        return base64.b64encode(digest).decode()


def _decoded(what: str, text: str) -> dict[str, Any]:
    plain = text.replace("*", "+").replace("-", "/").replace("_", "=")
    try:
        ticket = json.loads(zlib.decompress(base64.b64decode(plain, validate=True)))
    except (ValueError, binascii.Error, zlib.error):
        raise Refused(f"{what}Invalid", "not readable") from None
    if not isinstance(ticket, dict) or ticket.get("TLS.ver") != "2.0":
        raise Refused(f"{what}Invalid", "not version 2.0")
    return ticket


def unpacked(buffer: bytes, user_id: str) -> tuple[str, int, int]:
    """Room, absolute expiry in seconds, privilege bits. Only string rooms exist here."""
    is_string, length = struct.unpack_from(">BH", buffer)
    name = buffer[3 : 3 + length].decode()
    if name != user_id or not is_string:
        raise ValueError("another user, or a numeric room")
    _app, _number, expires, privileges, _kind, room_length = struct.unpack_from(
        ">IIIIIH", buffer, 3 + length
    )
    start = 3 + length + 22
    room = buffer[start : start + room_length].decode()
    return room, expires, privileges
