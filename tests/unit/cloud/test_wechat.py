"""WeChat's API as a client on the wire sees it."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from shared import clock

from .harness import SETTINGS, Served

APP = {"appid": SETTINGS.wechat_appid, "secret": SETTINGS.wechat_secret}
DATA = {"thing1": {"value": "会见已批准"}}


def sign_in(served: Served, code: str, **changes: str) -> Any:
    query = {**APP, "js_code": code, "grant_type": "authorization_code", **changes}
    return served.get("/sns/jscode2session", **query)


def token(served: Served) -> str:
    answer = served.get("/cgi-bin/token", **APP, grant_type="client_credential")
    assert answer["expires_in"] == 7200
    return str(answer["access_token"])


def message(served: Served, access_token: str, **changes: Any) -> int:
    openid = served.post("/local/wechat/codes", {"openid": "o-mother"})["openid"]
    template = SETTINGS.wechat_template_visit
    body = {"touser": openid, "template_id": template, "data": DATA, **changes}
    answer = served.post("/cgi-bin/message/subscribe/send", body, access_token=access_token)
    return int(answer["errcode"])


def test_a_code_signs_in_once(served: Served) -> None:
    issued = served.post("/local/wechat/codes", {})
    answer = sign_in(served, issued["code"])
    assert answer["openid"] == issued["openid"] and answer["session_key"]
    assert sign_in(served, issued["code"])["errcode"] == 40029
    assert sign_in(served, "false")["errcode"] == 40029


def test_the_application_is_checked(served: Served) -> None:
    assert sign_in(served, "x", appid="wx-other")["errcode"] == 40013
    assert sign_in(served, "x", secret="wrong")["errcode"] == 40125


def test_a_newer_token_puts_the_older_out_and_time_ends_it(served: Served) -> None:
    older, newer = token(served), token(served)
    assert message(served, older) == 40001
    assert message(served, newer) == 0
    later = datetime.now(timezone.utc) + timedelta(hours=3)
    clock.use(lambda: later)
    assert message(served, newer) == 42001


def test_a_phone_code_is_good_once_and_for_its_owner(served: Served) -> None:
    access = token(served)

    def phone(body: dict[str, str]) -> Any:
        return served.post("/wxa/business/getuserphonenumber", body, access_token=access)

    def code() -> str:
        asked = {"openid": "o-mother", "phone": "13800000000"}
        return str(served.post("/local/wechat/phone_codes", asked)["code"])

    first = code()
    assert phone({"code": first})["phone_info"]["purePhoneNumber"] == "13800000000"
    assert phone({"code": first})["errcode"] == 40029
    assert phone({"code": code(), "openid": "o-son"})["errcode"] == 40013


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"touser": "o-nobody"}, 40003),
        ({"template_id": "tmpl-other"}, 40037),
        ({"data": {}}, 47003),
        ({"data": {"thing1": {"value": ""}}}, 47003),
        ({"data": {"thing1": {"value": "字" * 21}}}, 47003),
    ],
)
def test_a_wrong_message_is_refused(served: Served, changes: dict[str, Any], code: int) -> None:
    assert message(served, token(served), **changes) == code


def test_what_was_sent_is_kept_in_order(served: Served) -> None:
    access = token(served)
    for text in ("一", "二"):
        message(served, access, data={"thing1": {"value": text}})
    sent = served.get("/local/sent", channel="wechat", to="o-mother")["sent"]
    assert [one["body"]["data"]["thing1"]["value"] for one in sent] == ["一", "二"]


def test_the_page_escapes_everything(served: Served) -> None:
    message(served, token(served), data={"thing1": {"value": "<script>x"}})
    import requests

    page = requests.get(f"{served.url}/local/sent.html", timeout=5).text
    assert "&lt;script&gt;x" in page and "<script>" not in page


def test_text_is_checked(served: Served) -> None:
    access = token(served)
    served.post("/local/wechat/codes", {"openid": "o-mother"})

    def suggest(content: str) -> str:
        body = {"content": content, "version": 2, "scene": 2, "openid": "o-mother"}
        answer = served.post("/wxa/msg_sec_check", body, access_token=access)
        return str(answer["result"]["suggest"])

    assert [suggest("你好"), suggest("我是特务")] == ["pass", "risky"]
