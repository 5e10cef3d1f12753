import pytest

from shared.clients import wecom
from shared.clients.errors import ProviderRefused, ProviderUnavailable

from .conftest import Answer, Provider
from .test_wechat import assert_nothing_secret

SEND, WHO = "/cgi-bin/message/send", "/cgi-bin/auth/getuserinfo"


def test_a_message_asks_for_the_duplicate_check(wired: Provider) -> None:
    wired.on(SEND, {"errcode": 0, "errmsg": "ok", "invaliduser": "", "msgid": "1"})
    wecom.send_message(wecom.text_message(["liu", "chen"], "有新的申请"))
    (seen,) = wired.calls(SEND)
    assert seen.query == {"access_token": "hush-token"}
    assert seen.json == {
        "touser": "liu|chen",
        "msgtype": "text",
        "text": {"content": "有新的申请"},
        "agentid": 1000002,
        "enable_duplicate_check": 1,
        "duplicate_check_interval": 14400,
    }


def test_the_same_body_gives_the_same_bytes(wired: Provider) -> None:
    wired.on(SEND, {"errcode": 0})
    body = wecom.text_card(["liu"], "预警", "画面中多了一个人", "https://example.com/a?b=1")
    wecom.send_message(body)
    wecom.send_message(dict(reversed(body.items())))
    first, second = wired.calls(SEND)
    assert first.body == second.body


@pytest.mark.parametrize("left_out", ["invaliduser", "unlicenseduser"])
def test_some_did_not_get_it(wired: Provider, left_out: str) -> None:
    wired.on(SEND, {"errcode": 0, "errmsg": "ok", left_out: "chen"})
    with pytest.raises(ProviderRefused) as caught:
        wecom.send_message(wecom.text_message(["liu", "chen"], "x"))
    assert caught.value.code == left_out
    assert "chen" not in str(caught.value)


def test_a_member_and_an_outsider(wired: Provider) -> None:
    wired.on(WHO, {"errcode": 0, "userid": "liu"}, {"errcode": 0, "openid": "o-1"})
    assert wecom.user_id_by_code("code-1") == "liu"
    assert wecom.user_id_by_code("code-2") is None
    assert wired.calls(WHO)[0].query == {"access_token": "hush-token", "code": "code-1"}


def test_a_false_code(wired: Provider) -> None:
    wired.on(WHO, {"errcode": 40029, "errmsg": "invalid code"})
    with pytest.raises(ProviderRefused, match="40029"):
        wecom.user_id_by_code("code-1")


def test_a_token_that_is_over_is_fetched_again_once(wired: Provider) -> None:
    wired.on(SEND, {"errcode": 42001, "errmsg": "expired"}, {"errcode": 0})
    wecom.send_message(wecom.text_message(["liu"], "x"))
    assert len(wired.calls("/cgi-bin/gettoken")) == 2


@pytest.mark.usefixtures("short_limits")
def test_failures_have_names(wired: Provider) -> None:
    wired.on(SEND, Answer(status=502), Answer(delay_s=20), {"errcode": 45033, "errmsg": "busy"})
    for code in ("http_502", "timeout", "45033"):
        with pytest.raises(ProviderUnavailable) as caught:
            wecom.send_message(wecom.text_message(["liu"], "x"))
        assert caught.value.code == code
        assert_nothing_secret(caught.value)


def test_texts_are_cut_to_bytes_at_a_character() -> None:
    content = wecom.text_message(["liu"], "会" * 700)["text"]["content"]
    assert content == "会" * 681 + "…"
    assert len(content.encode()) <= 2048
    card = wecom.text_card(["liu"], "会" * 50, "见" * 200, "https://example.com")["textcard"]
    assert (len(card["title"].encode()), len(card["description"].encode())) == (126, 510)


def test_what_fits_stays_whole() -> None:
    text = "a" * 2048
    assert wecom.text_message(["liu"], text)["text"]["content"] == text


@pytest.mark.parametrize("users", [[], [""], ["liu|@all"], ["u"] * 1001])
def test_false_recipients(users: list[str]) -> None:
    with pytest.raises(ValueError, match="user ids"):
        wecom.text_message(users, "x")


def test_a_url_is_not_cut() -> None:
    with pytest.raises(ValueError, match="url"):
        wecom.text_card(["liu"], "t", "d", "https://example.com/" + "a" * 2048)
