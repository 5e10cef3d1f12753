"""Vectors of cloud-facts 1.6. Compressed text differs between zlib builds: compare the content."""

import base64
import json
import zlib
from typing import Any

from shared.clients import usersig

WHO: dict[str, Any] = {
    "sdk_app_id": 1400000000,
    "secret_key": "5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e",
    "user_id": "xiaojun",
    "now": 1700000000,
    "expire": 86400,
}
PLAIN = {
    "TLS.ver": "2.0",
    "TLS.identifier": "xiaojun",
    "TLS.sdkappid": 1400000000,
    "TLS.expire": 86400,
    "TLS.time": 1700000000,
}
BUFFER = "0100077869616f6a756e53724e0000000000655542800000002a00000000000976697369742d616263"


def opened(sig: str) -> Any:
    standard = sig.replace("*", "+").replace("-", "/").replace("_", "=")
    return json.loads(zlib.decompress(base64.b64decode(standard, validate=True)))


def test_user_sig_vector() -> None:
    sig = "SNF4FmVCPucoXsBOpbVF3fFCf57JPm0ezZ1jeVILlVc="
    assert opened(usersig.user_sig(**WHO)) == {**PLAIN, "TLS.sig": sig}


def test_private_map_key_vector() -> None:
    key = usersig.private_map_key(**WHO, room_id="visit-abc", privileges=usersig.WATCH_ONLY)
    assert opened(key) == {
        **PLAIN,
        "TLS.userbuf": base64.b64encode(bytes.fromhex(BUFFER)).decode(),
        "TLS.sig": "NTg03iYzwqALvo1ZA3+3SMhcaOvivDOVkM9iG2I7Ins=",
    }


def test_a_sig_can_stand_in_a_url() -> None:
    sigs = [usersig.user_sig(**{**WHO, "user_id": f"user-{number}"}) for number in range(50)]
    assert not set("".join(sigs)) & set("+/=")


def test_watching_and_talking_differ_in_sending_alone() -> None:
    assert usersig.WATCH_ONLY == 42
    assert usersig.TALK & ~usersig.WATCH_ONLY == usersig.SEND_AUDIO | usersig.SEND_VIDEO
