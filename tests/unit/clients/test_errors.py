import pickle

import pytest

from shared.clients.errors import ProviderRefused, ProviderUnavailable


@pytest.mark.parametrize(
    "code",
    [40029, "-1", "ClientNetworkError", "FailedOperation.RoomNotExist", "http_503", "NoSuchKey"],
)
def test_codes_stay_as_they_are(code: object) -> None:
    assert str(ProviderRefused("wechat", code)) == f"wechat: {code}"


@pytest.mark.parametrize(
    "text",
    [
        "13800000000",
        "https://api.weixin.qq.com/cgi-bin/token?secret=s",
        "张三",
        "invalid code, rid: 1",
        "A" * 81,
        "110101199003070038",
        "",
    ],
)
def test_anything_else_does_not_get_through(text: str) -> None:
    assert str(ProviderRefused("wechat", text)) == "wechat: unknown"


def test_they_survive_a_process_border() -> None:
    error = pickle.loads(pickle.dumps(ProviderUnavailable("cos", "timeout")))
    assert (type(error), str(error)) == (ProviderUnavailable, "cos: timeout")
