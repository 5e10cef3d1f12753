"""Tencent IM's REST API: a word to everybody in a room [T5].

Not in the verified facts: address, query and fields are as public clients of this API write them, and stand in this
file alone [U]. Whatever becomes of it, pages also learn the time left from the visit's polled state.
"""

import json
from collections.abc import Sequence
from secrets import randbelow
from typing import Any

from shared.clients import usersig, weixin
from shared.clients.errors import ProviderRefused, ProviderUnavailable
from shared.clock import now
from shared.settings import settings

PROVIDER = "im"
PATH = "v4/openim/batchsendmsg"
SIGNATURE_S = 3600
ONLINE_ONLY, NOT_TO_SENDER = 0, 2
MOST_RECEIVERS = 500
BUSY = (60008, 91000, 20004, 20005)  # time-outs and internal errors of the service


def tell_room(user_ids: Sequence[str], *, kind: str, text: str) -> None:
    """Only to who is online now: a warning that comes later is none. Raises ProviderError."""
    body = {
        "SyncOtherMachine": NOT_TO_SENDER,
        "To_Account": list(user_ids[:MOST_RECEIVERS]),
        "MsgLifeTime": ONLINE_ONLY,
        "MsgRandom": randbelow(2**31),
        "MsgBody": [
            {
                "MsgType": "TIMCustomElem",
                "MsgContent": {"Data": json.dumps({"kind": kind, "text": text}), "Desc": kind},
            }
        ],
    }
    answer = _post(body)
    code = answer.get("ErrorCode")
    if answer.get("ActionStatus") != "OK" or code != 0:
        refused = ProviderUnavailable if code in BUSY else ProviderRefused
        raise refused(PROVIDER, code if isinstance(code, int) else "bad_answer")


def _post(body: dict[str, Any]) -> dict[str, Any]:
    chosen = settings()
    query: dict[str, str | int] = {
        "sdkappid": chosen.trtc_sdk_app_id,
        "identifier": chosen.im_administrator,
        "usersig": usersig.user_sig(
            sdk_app_id=chosen.trtc_sdk_app_id,
            secret_key=chosen.trtc_secret_key,
            user_id=chosen.im_administrator,
            now=int(now().timestamp()),
            expire=SIGNATURE_S,
        ),
        "random": randbelow(2**31),
        "contenttype": "json",
    }
    url = f"{chosen.im_base_url}/{PATH}"

    def call() -> Any:
        from shared.clients.transport import LimitedSession

        response = LimitedSession().post(url, params=query, json=body)
        response.raise_for_status()
        return response.json()

    return weixin.checked(PROVIDER, call)
