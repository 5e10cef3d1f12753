"""Signatures against the vectors of cloud-facts."""

import base64
import hashlib
import hmac
import json

import pytest

from local.cloud import callbacks, tc3, usersig

CALLBACK = (
    '{\n\t"EventGroupId":\t2,\n\t"EventType":\t204,\n\t"CallbackTs":\t1664209748188,\n'
    '\t"EventInfo":\t{\n\t\t"RoomId":\t8489,\n\t\t"EventTs":\t1664209748,\n'
    '\t\t"EventMsTs":\t1664209748180,\n\t\t"UserId":\t"user_85034614",\n\t\t"Reason":\t0\n\t}\n}'
)


def test_tc3_signature() -> None:
    body = b'{"IdCard": "1", "Name": "\\u5f20\\u4e09", "Phone": "1"}'
    signed = {"content-type": "application/json", "host": "127.0.0.1:18081"}
    assert (
        tc3.signature("secretkeyexample", "faceid", 1700000000, body, signed=signed)
        == "dcc8c91a928d8c11bc837106759579eb36efc5deeff6070be8abccdb493fca9f"
    )


def test_a_callback_is_printed_and_signed_as_trtc_does() -> None:
    printed = callbacks.printed(json.loads(CALLBACK))
    assert printed == CALLBACK
    sign = callbacks.sign("123654", printed.encode())
    assert sign == "kkoFeO3Oh2ZHnjtg8tEAQhtXK16/KI05W3BQff8IvGA="


USERBUF = bytes.fromhex(
    "0100077869616f6a756e53724e0000000000655542800000002a00000000000976697369742d616263"
)
SECRET = "5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e"


def test_userbuf_is_unpacked() -> None:
    assert usersig.unpacked(USERBUF, "xiaojun") == ("visit-abc", 1700000000 + 86400, 42)


@pytest.mark.parametrize(
    ("userbuf", "sig"),
    [
        (b"", "SNF4FmVCPucoXsBOpbVF3fFCf57JPm0ezZ1jeVILlVc="),
        (USERBUF, "NTg03iYzwqALvo1ZA3+3SMhcaOvivDOVkM9iG2I7Ins="),
    ],
)
def test_usersig_signature(userbuf: bytes, sig: str) -> None:
    ticket = {
        "TLS.identifier": "xiaojun",
        "TLS.sdkappid": 1400000000,
        "TLS.time": 1700000000,
        "TLS.expire": 86400,
    }
    if userbuf:
        ticket["TLS.userbuf"] = base64.b64encode(userbuf).decode()
    door = usersig.Door(1400000000, SECRET, 1700000001)
    assert door._signature(ticket) == sig


def test_the_harness_signs_callbacks_alike() -> None:
    digest = hmac.digest(b"123654", CALLBACK.encode(), hashlib.sha256)
    assert callbacks.sign("123654", CALLBACK.encode()) == base64.b64encode(digest).decode()
