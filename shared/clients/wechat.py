"""WeChat mini-program, server side (cloud-facts 9)."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from shared.clients import weixin
from shared.clients.errors import ProviderRefused
from shared.settings import settings

PROVIDER = "wechat"
MAINLAND_NUMBER = re.compile(r"1[0-9]{10}")


def code_to_session(code: str) -> str:
    """The openid behind a sign-in code. ProviderRefused `40029` for a false or used one."""
    # Not wechatpy's: it fetches an access token first, which this call does not need.
    answer = weixin.ask(
        PROVIDER,
        f"{_base_url()}sns/jscode2session",
        {**_application(), "js_code": code, "grant_type": "authorization_code"},
    )
    return str(weixin.field(PROVIDER, answer, "openid"))


def phone_number(code: str) -> str:
    """11 digits. A code is good once, 5 minutes: ProviderRefused `40029`; or `foreign_number`."""
    answer = _call(lambda client: client.wxa.get_phone_number(code))
    number = str(weixin.field(PROVIDER, answer, "phone_info", "purePhoneNumber"))
    if not MAINLAND_NUMBER.fullmatch(number):
        raise ProviderRefused(PROVIDER, "foreign_number")
    return number


def send_subscribe_message(
    *, openid: str, template_id: str, data: Mapping[str, str], page: str | None
) -> None:
    """ProviderRefused `43101` when the user has no subscription left, `47003` for bad `data`."""
    values = {name: {"value": text} for name, text in data.items()}
    _call(lambda client: client.wxa.send_subscribe_message(openid, template_id, values, page))


def _call(use: Callable[[Any], Any]) -> dict[str, Any]:
    def call(token: str) -> dict[str, Any]:
        return weixin.checked(PROVIDER, lambda: use(_client(token)))

    return weixin.with_token(f"{PROVIDER}:{settings().wechat_appid}", _fetch_token, call)


def _client(token: str) -> Any:
    from wechatpy import WeChatClient

    chosen = settings()
    client = WeChatClient(
        chosen.wechat_appid, chosen.wechat_secret, access_token=token, auto_retry=False
    )
    return weixin.prepared(client, _base_url())


def _fetch_token() -> tuple[str, int]:
    query = {**_application(), "grant_type": "client_credential"}
    return weixin.token_of(PROVIDER, weixin.ask(PROVIDER, f"{_base_url()}cgi-bin/token", query))


def _application() -> dict[str, str]:
    return {"appid": settings().wechat_appid, "secret": settings().wechat_secret}


def _base_url() -> str:
    return settings().wechat_base_url.rstrip("/") + "/"
