import base64
from typing import Any

import pytest

from shared.clients import faceid
from shared.clients.errors import ProviderRefused, ProviderUnavailable

from .conftest import Answer, Provider

PHONE, FACE = "PhoneVerification", "LivenessCompare"
URLS = {"photo_url": "https://cos/photo.jpg", "video_url": "https://cos/clip.mp4"}


def verify() -> faceid.PhoneVerification:
    return faceid.verify_phone(name="张三", id_number="110101199003070038", phone="13800000000")


def test_three_elements_match(wired: Provider) -> None:
    wired.on_action(PHONE, Result="0", Description="一致", Isp="移动", ResultDetail="")
    assert verify() == faceid.PhoneVerification("0", None, "req-1")
    assert wired.seen[0].json == {
        "Name": "张三",
        "IdCard": "110101199003070038",
        "Phone": "13800000000",
        "VerifyMode": "1",
    }


@pytest.mark.parametrize(("result", "detail"), [("-4", "PhoneNameMismatch"), ("-11", None)])
def test_a_business_no_is_an_answer(wired: Provider, result: str, detail: str | None) -> None:
    wired.on_action(PHONE, Result=result, Isp="移动", ResultDetail=detail)
    assert verify() == faceid.PhoneVerification(result, detail, "req-1")


def test_no_result_is_no_answer(wired: Provider) -> None:
    wired.on_action(PHONE, Isp="移动")
    with pytest.raises(ProviderUnavailable, match="bad_answer"):
        verify()


def test_nobody_pays(wired: Provider) -> None:
    wired.refuse(PHONE, "UnauthorizedOperation.Arrears")
    with pytest.raises(ProviderRefused, match=r"UnauthorizedOperation\.Arrears"):
        verify()


@pytest.mark.parametrize(
    ("actions", "sent"),
    [
        (["mouth", "blink"], {"LivenessType": "ACTION", "ValidateData": "1,2"}),
        ([], {"LivenessType": "SILENT"}),
    ],
)
def test_a_comparison(wired: Provider, actions: list[str], sent: dict[str, Any]) -> None:
    frame = base64.b64encode(b"\xff\xd8picture").decode()
    wired.on_action(FACE, Result="Success", Sim=88.5, BestFrameBase64=frame)
    compared = faceid.liveness_compare(**URLS, actions=actions)
    assert compared == faceid.LivenessComparison("Success", 88.5, [b"\xff\xd8picture"], "req-1")
    urls = {"ImageUrl": URLS["photo_url"], "VideoUrl": URLS["video_url"]}
    assert wired.seen[0].json == {**sent, **urls, "Optional": '{"BestFrameNum": 3}'}
    assert "picture" not in repr(compared)


def test_a_failed_comparison_is_a_result_in_both_ways(wired: Provider) -> None:
    wired.on_action(FACE, Result="FailedOperation.CompareLowSimilarity", Sim=31.0)
    compared = faceid.liveness_compare(**URLS, actions=[])
    assert (compared.result, compared.similarity, compared.best_frames) == (
        "FailedOperation.CompareLowSimilarity",
        31.0,
        [],
    )
    wired.refuse(FACE, "FailedOperation.SilentTooShort")
    assert faceid.liveness_compare(**URLS, actions=[]).result == "FailedOperation.SilentTooShort"
    wired.refuse(FACE, "InvalidParameter")
    with pytest.raises(ProviderRefused, match="InvalidParameter"):
        faceid.liveness_compare(**URLS, actions=[])


def test_a_movement_the_vendor_does_not_know(wired: Provider) -> None:
    with pytest.raises(ValueError, match="actions"):
        faceid.liveness_compare(**URLS, actions=["left"])
    assert not wired.seen


@pytest.mark.usefixtures("short_limits")
def test_a_comparison_may_take_longer_than_other_calls(wired: Provider) -> None:
    wired.on(FACE, Answer({"Response": {"Result": "Success", "RequestId": "r"}}, delay_s=0.8))
    assert faceid.liveness_compare(**URLS, actions=[]).result == "Success"
