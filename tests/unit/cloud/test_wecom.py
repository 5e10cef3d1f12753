"""WeCom's API as a client on the wire sees it."""

from typing import Any

import pytest

from .harness import SETTINGS, Served

BASE = "/wecom/cgi-bin"


def token(served: Served) -> str:
    asked = {"corpid": SETTINGS.wecom_corp_id, "corpsecret": SETTINGS.wecom_secret}
    return str(served.get(f"{BASE}/gettoken", **asked)["access_token"])


def text(**changes: Any) -> dict[str, Any]:
    agent = SETTINGS.wecom_agent_id
    body = {"touser": "li", "msgtype": "text", "agentid": agent, "text": {"content": "有告警"}}
    return {**body, **changes}


def send(served: Served, access: str, body: dict[str, Any]) -> Any:
    return served.post(f"{BASE}/message/send", body, access_token=access)


def sent(served: Served) -> list[str]:
    return [one["to"] for one in served.get("/local/sent", channel="wecom")["sent"]]


def test_tokens_are_checked(served: Served) -> None:
    assert served.get(f"{BASE}/gettoken", corpid="x", corpsecret="y")["errcode"] == 40013
    assert send(served, "", text())["errcode"] == 41001
    assert send(served, "false", text())["errcode"] == 40014


def test_the_same_body_is_delivered_once(served: Served) -> None:
    access = token(served)
    body = text(enable_duplicate_check=1, duplicate_check_interval=600)
    first, second = send(served, access, body), send(served, access, body)
    assert first["errcode"] == second["errcode"] == 0
    assert sent(served) == ["li"]
    send(served, access, {**body, "text": {"content": "另一条"}})
    send(served, access, text())
    send(served, access, text())
    assert sent(served) == ["li"] * 4


def test_unknown_users_are_named(served: Served) -> None:
    served.post("/local/wecom/users", {"users": ["li"]})
    access = token(served)
    answer = send(served, access, text(touser="li|ghost"))
    assert (answer["errcode"], answer["invaliduser"]) == (0, "ghost")
    assert send(served, access, text(touser="ghost"))["errcode"] == 81013
    assert sent(served) == ["li"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"agentid": 1}, 40056),
        ({"msgtype": "song"}, 40008),
        ({"text": {"content": ""}}, 44004),
        ({"text": {"content": "字" * 683}}, 40058),
        ({"touser": ""}, 40035),
        ({"msgtype": "textcard", "textcard": {"title": "字" * 43}}, 40058),
    ],
)
def test_a_wrong_message_is_refused(served: Served, changes: dict[str, Any], code: int) -> None:
    assert send(served, token(served), text(**changes))["errcode"] == code


def test_an_oauth_code_is_good_once(served: Served) -> None:
    access = token(served)

    def who(code: str) -> Any:
        return served.get(f"{BASE}/auth/getuserinfo", access_token=access, code=code)

    code = served.post("/local/wecom/codes", {"user_id": "li"})["code"]
    assert who(code)["userid"] == "li"
    assert who(code)["errcode"] == 40029
    outsider = served.post("/local/wecom/codes", {"openid": "o-x"})["code"]
    assert who(outsider)["openid"] == "o-x"


def test_a_bot_sends_twenty_a_minute(served: Served) -> None:
    body = {"msgtype": "text", "text": {"content": "工单"}}
    url = f"{BASE}/webhook/send"
    codes = [served.post(url, body, key="secret-1234")["errcode"] for _ in range(21)]
    assert codes == [0] * 20 + [45009]
    assert served.post(url, body, key="other")["errcode"] == 0
    assert set(sent(served)) == {"webhook:…1234", "webhook:…ther"}
