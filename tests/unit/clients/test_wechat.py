"""The calls as they stand on the wire, and every way in which they fail."""

import time
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from shared.clients import wechat
from shared.clients.errors import ProviderError, ProviderRefused, ProviderUnavailable

from .conftest import SECRETS, Answer, Configure, Provider

LOGIN, PHONE = "/sns/jscode2session", "/wxa/business/getuserphonenumber"
SEND, TOKEN = "/cgi-bin/message/subscribe/send", "/cgi-bin/token"


def send() -> None:
    wechat.send_subscribe_message(
        openid="o-1", template_id="t-1", data={"thing1": "已批准"}, page="pages/visit?id=1"
    )


def test_sign_in_asks_with_the_secret_and_without_a_token(wired: Provider) -> None:
    wired.on(LOGIN, {"openid": "o-1", "session_key": "hush"})
    assert wechat.code_to_session("code-1") == "o-1"
    (seen,) = wired.seen
    assert seen.query == {
        "appid": "wxdemo0000000000",
        "secret": "hush-wechat",
        "js_code": "code-1",
        "grant_type": "authorization_code",
    }


def test_a_used_code(wired: Provider) -> None:
    wired.on(LOGIN, {"errcode": 40029, "errmsg": "invalid code, hints: [hush-wechat]"})
    with pytest.raises(ProviderRefused) as caught:
        wechat.code_to_session("code-1")
    assert caught.value.code == "40029"


def test_phone_number(wired: Provider) -> None:
    info = {"phoneNumber": "+8613800000000", "purePhoneNumber": "13800000000", "countryCode": 86}
    wired.on(PHONE, {"errcode": 0, "errmsg": "ok", "phone_info": info})
    assert wechat.phone_number("code-2") == "13800000000"
    (seen,) = wired.calls(PHONE)
    assert (seen.method, seen.query) == ("POST", {"access_token": "hush-token"})
    assert seen.json == {"code": "code-2"}


@pytest.mark.parametrize("number", ["85291234567", "1380000000", "138000000000", "+8613800000000"])
def test_a_number_that_is_not_of_the_mainland(wired: Provider, number: str) -> None:
    wired.on(PHONE, {"errcode": 0, "phone_info": {"purePhoneNumber": number}})
    with pytest.raises(ProviderRefused, match=r"^wechat: foreign_number$"):
        wechat.phone_number("code-2")


def test_subscribed_message(wired: Provider) -> None:
    wired.on(SEND, {"errcode": 0, "errmsg": "ok"})
    send()
    (seen,) = wired.calls(SEND)
    assert seen.json == {
        "touser": "o-1",
        "template_id": "t-1",
        "page": "pages/visit?id=1",
        "data": {"thing1": {"value": "已批准"}},
    }


def test_no_page_is_not_sent(wired: Provider) -> None:
    wired.on(SEND, {"errcode": 0})
    wechat.send_subscribe_message(openid="o-1", template_id="t-1", data={}, page=None)
    assert "page" not in wired.calls(SEND)[0].json


def test_one_token_for_many_calls(wired: Provider) -> None:
    wired.on(SEND, {"errcode": 0})
    for _ in range(3):
        send()
    (seen,) = wired.calls(TOKEN)
    assert seen.query["grant_type"] == "client_credential"


@pytest.mark.parametrize("errcode", [40001, 40014, 42001])
def test_a_token_that_is_over_is_fetched_again_once(wired: Provider, errcode: int) -> None:
    new = Answer({"access_token": "hush-token-2", "expires_in": 7200})
    wired.on(TOKEN, {"access_token": "hush-token", "expires_in": 7200}, new)
    wired.on(SEND, {"errcode": errcode, "errmsg": "token"}, {"errcode": 0})
    send()
    used = [seen.query["access_token"] for seen in wired.calls(SEND)]
    assert used == ["hush-token", "hush-token-2"]


def test_a_token_that_is_always_over_ends(wired: Provider) -> None:
    wired.on(SEND, {"errcode": 40001, "errmsg": "token"})
    with pytest.raises(ProviderRefused, match="40001"):
        send()
    assert len(wired.calls(SEND)) == 2


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        ({"errcode": 43101, "errmsg": "user refuse"}, ProviderRefused, "43101"),
        ({"errcode": 45009, "errmsg": "quota"}, ProviderUnavailable, "45009"),
        ({"errcode": -1, "errmsg": "busy"}, ProviderUnavailable, "-1"),
        ({"errcode": "no number"}, ProviderUnavailable, "bad_answer"),
        (Answer(b"<html>", content_type="text/html"), ProviderUnavailable, "bad_answer"),
        (Answer(["a", "list"]), ProviderUnavailable, "bad_answer"),
        (Answer(status=503), ProviderUnavailable, "http_503"),
        (Answer(status=429), ProviderUnavailable, "http_429"),
        (Answer(status=403), ProviderRefused, "http_403"),
        (Answer(b"", 302, headers={"Location": "/elsewhere"}), ProviderUnavailable, "bad_answer"),
        (Answer(delay_s=20), ProviderUnavailable, "timeout"),
        (Answer(b"{" + b" " * 900, drip_s=0.02), ProviderUnavailable, "timeout"),
    ],
)
@pytest.mark.parametrize("path", [SEND, LOGIN])
@pytest.mark.usefixtures("short_limits")
def test_failures_have_names(
    wired: Provider, path: str, answer: Any, kind: type[ProviderError], code: str
) -> None:
    wired.on(path, answer)
    begun = time.monotonic()
    with pytest.raises(ProviderError) as caught:
        _act(path)
    assert (type(caught.value), caught.value.code) == (kind, code)
    assert time.monotonic() - begun < 5
    assert not wired.calls("/elsewhere")
    assert_nothing_secret(caught.value)


@pytest.mark.parametrize("path", [SEND, LOGIN])
def test_nobody_there(wired: Provider, configure: Configure, path: str) -> None:
    configure(wechat_base_url="http://127.0.0.1:9")
    with pytest.raises(ProviderUnavailable, match="no_connection") as caught:
        _act(path)
    assert_nothing_secret(caught.value)


@pytest.mark.parametrize("answer", [{}, {"access_token": "hush-token"}, {"expires_in": 7200}])
def test_a_token_answer_without_its_parts(wired: Provider, answer: dict[str, Any]) -> None:
    wired.on(TOKEN, answer)
    with pytest.raises(ProviderUnavailable, match="bad_answer"):
        send()


def test_a_false_secret(wired: Provider) -> None:
    wired.on(TOKEN, {"errcode": 40125, "errmsg": "invalid appsecret hush-wechat"})
    with pytest.raises(ProviderRefused, match="40125") as caught:
        send()
    assert_nothing_secret(caught.value)


def test_no_proxy_for_this_machine(wired: Provider, configure: Configure) -> None:
    configure(http_proxy="http://127.0.0.1:9", https_proxy="http://127.0.0.1:9")
    wired.on(LOGIN, {"openid": "o-1"})
    assert wechat.code_to_session("code-1") == "o-1"


def _act(path: str) -> None:
    acts: dict[str, Callable[[], Any]] = {SEND: send, LOGIN: lambda: wechat.code_to_session("c")}
    acts[path]()


def assert_nothing_secret(error: BaseException) -> None:
    """Neither in the message nor in what a log of the whole chain would show."""
    shown = str(error) + repr(error) + "".join(traceback.format_exception(error))
    assert not [secret for secret in SECRETS if secret in shown]
    assert error.__context__ is None
