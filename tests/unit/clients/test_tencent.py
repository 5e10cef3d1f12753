"""API v3: fields that exist, named failures, and the vendor's traps (cloud-facts 0)."""

import time
from typing import Any

import pytest
from tencentcloud.trtc.v20190722 import models

from shared.clients import sms, tencent, trtc
from shared.clients.errors import ProviderError, ProviderRefused, ProviderUnavailable

from .conftest import Answer, Configure, Provider
from .test_wechat import assert_nothing_secret

DISMISS = "DismissRoomByStrRoomId"


def test_nested_fields_become_models() -> None:
    made = tencent.request(
        models.CreateCloudRecordingRequest,
        RoomId="visit-1",
        StorageParams={"CloudStorage": {"Vendor": 0, "FileNamePrefix": ("visits", "v1")}},
        MixLayoutParams={"MixLayoutList": [{"Top": 1}, {"Top": 2}]},
    )
    assert isinstance(made.StorageParams.CloudStorage, models.CloudStorage)
    assert made._serialize() == {
        "RoomId": "visit-1",
        "StorageParams": {"CloudStorage": {"Vendor": 0, "FileNamePrefix": ["visits", "v1"]}},
        "MixLayoutParams": {"MixLayoutList": [{"Top": 1}, {"Top": 2}]},
    }


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"Roomid": "1"}, "CreateCloudRecordingRequest has no field Roomid"),
        ({"StorageParams": {"Cloudstorage": {}}}, "StorageParams has no field Cloudstorage"),
        (
            {"StorageParams": {"CloudStorage": {"Bukket": "b"}}},
            "CloudStorage has no field Bukket",
        ),
        ({"MixLayoutParams": {"MixLayoutList": [{"Topp": 1}]}}, "MixLayout has no field Topp"),
        ({"RoomId": {"a": 1}}, "CreateCloudRecordingRequest.RoomId holds no nested fields"),
        ({"headers": {}}, "has no field headers"),
    ],
)
def test_a_misspelt_field_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        tencent.request(models.CreateCloudRecordingRequest, **fields)


def test_temporary_credentials_show_their_token(wired: Provider, configure: Configure) -> None:
    configure(tencent_session_token="hush-token")
    wired.on_action(DISMISS)
    trtc.dismiss_room("visit-1")
    (seen,) = wired.seen
    assert seen.headers["X-TC-Token"] == "hush-token"
    assert seen.headers["X-TC-Region"] == "ap-guangzhou"
    assert seen.headers["Host"] == f"127.0.0.1:{wired.port}"


def test_no_proxy_for_this_machine(wired: Provider, configure: Configure) -> None:
    configure(http_proxy="http://127.0.0.1:9", no_proxy="127.0.0.1")
    wired.on_action(DISMISS)
    trtc.dismiss_room("visit-1")
    assert len(wired.seen) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (Answer(b"hush-tencent", status=500), ProviderUnavailable, "ServerNetworkError"),
        (Answer(delay_s=20), ProviderUnavailable, "ClientNetworkError"),
        (Answer(b"{" + b" " * 900, drip_s=0.02), ProviderUnavailable, "ClientNetworkError"),
        (Answer(b"hush-tencent"), ProviderUnavailable, "bad_answer"),
        (Answer({"hush-tencent": 1}), ProviderUnavailable, "bad_answer"),
        ("InternalError", ProviderUnavailable, "InternalError"),
        ("InternalError.Store", ProviderUnavailable, "InternalError.Store"),
        ("RequestLimitExceeded", ProviderUnavailable, "RequestLimitExceeded"),
        ("AuthFailure.SignatureFailure", ProviderRefused, "AuthFailure.SignatureFailure"),
        ("InvalidParameter.RoomId", ProviderRefused, "InvalidParameter.RoomId"),
        ("hush-tencent 13800000000", ProviderRefused, "unknown"),
    ],
)
@pytest.mark.usefixtures("short_limits")
def test_failures_have_names(
    wired: Provider, answer: Answer | str, kind: type[ProviderError], code: str
) -> None:
    if isinstance(answer, str):
        wired.refuse(DISMISS, answer)
    else:
        wired.on(DISMISS, answer)
    begun = time.monotonic()
    with pytest.raises(ProviderError) as caught:
        trtc.dismiss_room("visit-1")
    assert (type(caught.value), caught.value.code) == (kind, code)
    assert time.monotonic() - begun < 5
    assert_nothing_secret(caught.value)


def test_nobody_there(wired: Provider, configure: Configure) -> None:
    configure(tencent_endpoint="127.0.0.1:9")
    with pytest.raises(ProviderUnavailable, match="ClientNetworkError") as caught:
        trtc.dismiss_room("visit-1")
    assert_nothing_secret(caught.value)


def test_a_refusal_with_a_charset_is_still_one(wired: Provider) -> None:
    wired.refuse(DISMISS, "AuthFailure", content_type="application/json; charset=utf-8")
    with pytest.raises(ProviderRefused, match="AuthFailure"):
        trtc.dismiss_room("visit-1")


def test_an_answer_without_what_was_asked_for(wired: Provider) -> None:
    wired.on_action("SendSms")
    with pytest.raises(ProviderUnavailable, match="bad_answer"):
        sms.send_sms(phone="13800000000", template_id="1", parameters=[])


def sent(**item: Any) -> dict[str, Any]:
    whole = {"SerialNo": "7:1", "PhoneNumber": "+8613800000000", "Code": "Ok", **item}
    return {"SendStatusSet": [whole]}


def test_an_sms(wired: Provider) -> None:
    wired.on_action("SendSms", **sent())
    serial = sms.send_sms(phone="13800000000", template_id="449739", parameters=("14:30",))
    assert serial == "7:1"
    assert wired.seen[0].json == {
        "PhoneNumberSet": ["+8613800000000"],
        "SmsSdkAppId": "1400000001",
        "SignName": "远程视频会见",
        "TemplateId": "449739",
        "TemplateParamSet": ["14:30"],
    }


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("LimitExceeded.PhoneNumberThirtySecondLimit", ProviderUnavailable),
        ("LimitExceeded.PhoneNumberDailyLimit", ProviderRefused),
        ("FailedOperation.PhoneNumberInBlacklist", ProviderRefused),
        ("", ProviderRefused),
    ],
)
def test_an_sms_that_failed_inside_a_call_that_did_not(
    wired: Provider, code: str, kind: type[ProviderError]
) -> None:
    wired.on_action("SendSms", **sent(Code=code))
    with pytest.raises(kind) as caught:
        sms.send_sms(phone="13800000000", template_id="1", parameters=[])
    assert type(caught.value) is kind
    assert caught.value.code == (code or "unknown")
