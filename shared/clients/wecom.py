"""WeCom: messages to officers, and who an officer is (cloud-facts 10)."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shared.clients import weixin
from shared.clients.errors import ProviderRefused
from shared.settings import settings

PROVIDER = "wecom"
DUPLICATE_CHECK_S = 14400  # the longest the vendor remembers a message for
MOST_USERS = 1000
TEXT_BYTES, TITLE_BYTES, DESCRIPTION_BYTES, URL_BYTES = 2048, 128, 512, 2048
ELLIPSIS = "…"


def send_message(body: Mapping[str, Any]) -> None:
    """Post a body of `text_message` or `text_card`; WeCom drops the same one within 4 hours.

    ProviderRefused `invaliduser` or `unlicenseduser` when some did not get it: the rest did.
    """
    # Keys in order: the vendor compares bytes, and a stored body may come back in another order.
    data = json.dumps(_complete(body), ensure_ascii=False, sort_keys=True).encode()
    answer = _call(lambda client: client.post("message/send", data=data))
    for left_out in ("invaliduser", "unlicenseduser"):
        if answer.get(left_out):
            raise ProviderRefused(PROVIDER, left_out)


def user_id_by_code(code: str) -> str | None:
    """The member's userid, None for an outsider. ProviderRefused `40029`: a false or used code."""
    # Not wechatpy's `oauth`: it calls the older user/getuserinfo, with other field names.
    answer = _call(lambda client: client.get("auth/getuserinfo", params={"code": code}))
    return str(answer["userid"]) if answer.get("userid") else None


def text_message(user_ids: Sequence[str], text: str) -> dict[str, Any]:
    """`text` is cut to 2048 bytes."""
    return {
        "touser": _joined(user_ids),
        "msgtype": "text",
        "text": {"content": _cut(text, TEXT_BYTES)},
    }


def text_card(user_ids: Sequence[str], title: str, description: str, url: str) -> dict[str, Any]:
    """Title cut to 128 bytes, description to 512. ValueError for a `url` over 2048."""
    if len(url.encode()) > URL_BYTES:
        raise ValueError(f"url over {URL_BYTES} bytes")
    card = {
        "title": _cut(title, TITLE_BYTES),
        "description": _cut(description, DESCRIPTION_BYTES),
        "url": url,
    }
    return {"touser": _joined(user_ids), "msgtype": "textcard", "textcard": card}


def _complete(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "agentid": settings().wecom_agent_id,
        **body,
        "enable_duplicate_check": 1,
        "duplicate_check_interval": DUPLICATE_CHECK_S,
    }


def _joined(user_ids: Sequence[str]) -> str:
    if not 1 <= len(user_ids) <= MOST_USERS or any("|" in one or not one for one in user_ids):
        raise ValueError(f"1 to {MOST_USERS} user ids, none empty or with a |")
    return "|".join(user_ids)


def _cut(text: str, limit: int) -> str:
    if len(text.encode()) <= limit:
        return text
    room = limit - len(ELLIPSIS.encode())
    return text.encode()[:room].decode(errors="ignore") + ELLIPSIS


def _call(use: Callable[[Any], Any]) -> dict[str, Any]:
    def call(token: str) -> dict[str, Any]:
        return weixin.checked(PROVIDER, lambda: use(_client(token)))

    # One token an application, not a corporation.
    shared_as = f"{PROVIDER}:{settings().wecom_corp_id}:{settings().wecom_agent_id}"
    return weixin.with_token(shared_as, _fetch_token, call)


def _client(token: str) -> Any:
    from wechatpy.work import WeChatClient

    chosen = settings()
    client = WeChatClient(
        chosen.wecom_corp_id, chosen.wecom_secret, access_token=token, auto_retry=False
    )
    return weixin.prepared(client, _base_url())


def _fetch_token() -> tuple[str, int]:
    query = {"corpid": settings().wecom_corp_id, "corpsecret": settings().wecom_secret}
    return weixin.token_of(PROVIDER, weixin.ask(PROVIDER, f"{_base_url()}gettoken", query))


def _base_url() -> str:
    return settings().wecom_base_url.rstrip("/") + "/"
