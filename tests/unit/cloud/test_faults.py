"""Calls made to fail, be late, or be done twice."""

import time
from typing import Any

import pytest
import requests
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.sms.v20210111.sms_client import SmsClient

from .clients import s3, tencent
from .harness import SETTINGS, Served

BOT = "/wecom/cgi-bin/webhook/send"
TEXT = {"msgtype": "text", "text": {"content": "工单"}}
SMS = {
    "PhoneNumberSet": ["+8613800000000"],
    "SmsSdkAppId": SETTINGS.sms_sdk_app_id,
    "SignName": SETTINGS.sms_sign_name,
    "TemplateId": "1",
}


def order(served: Served, **fault: Any) -> None:
    served.post("/local/faults", fault)


def sent(served: Served) -> int:
    return len(served.get("/local/sent")["sent"])


def bot(served: Served, **options: Any) -> requests.Response:
    url = f"{served.url}{BOT}"
    return requests.post(url, json=TEXT, params={"key": "k"}, timeout=options.get("timeout", 5))


def sms_code(served: Served) -> str:
    with pytest.raises(TencentCloudSDKException) as caught:
        tencent(served, SmsClient).call_json("SendSms", SMS)
    return str(caught.value.code)


def test_an_error_comes_in_the_providers_shape_as_often_as_ordered(served: Served) -> None:
    order(served, match="wecom.webhook", kind="error", code="45009", times=2)
    assert [bot(served).json()["errcode"] for _ in range(3)] == [45009, 45009, 0]
    order(served, match="sms.*", kind="error", code="InternalError.Timeout")
    assert sms_code(served) == "InternalError.Timeout"
    order(served, match="cos.get", kind="error", code="SlowDown")
    with pytest.raises(s3(served.cloud.cos_endpoint).exceptions.ClientError, match="SlowDown"):
        s3(served.cloud.cos_endpoint).get_object(Bucket=SETTINGS.cos_bucket, Key="x")


def test_a_server_error(served: Served) -> None:
    order(served, match="*", kind="http500")
    assert sms_code(served) == "ServerNetworkError"
    assert sent(served) == 0


def test_the_work_is_done_but_the_answer_is_lost(served: Served) -> None:
    order(served, match="wecom.webhook", kind="drop_answer")
    with pytest.raises(requests.ConnectionError):
        bot(served)
    order(served, match="sms.SendSms", kind="drop_answer")
    assert sms_code(served) == "ClientNetworkError"
    assert sent(served) == 2


def test_the_line_is_held_and_nothing_is_done(served: Served) -> None:
    order(served, match="wecom.webhook", kind="timeout", seconds=5)
    with pytest.raises(requests.Timeout):
        bot(served, timeout=0.2)
    assert sent(served) == 0


def test_a_delay(served: Served) -> None:
    order(served, match="wecom.webhook", kind="delay", seconds=0.3)
    start = time.monotonic()
    assert bot(served).json()["errcode"] == 0
    assert time.monotonic() - start >= 0.3


def test_the_work_is_done_twice(served: Served) -> None:
    order(served, match="sms.SendSms", kind="duplicate")
    tencent(served, SmsClient).call_json("SendSms", SMS)
    assert sent(served) == 2


def test_orders_can_be_taken_back_and_must_make_sense(served: Served) -> None:
    order(served, match="*", kind="http500", times=9)
    requests.delete(f"{served.url}/local/faults", timeout=5)
    assert bot(served).json()["errcode"] == 0
    assert served.post("/local/faults", {"match": "*", "kind": "fire"})["code"] == "NoSuchKind"
    assert served.post("/local/faults", {"kind": "delay"})["code"] == "Missing"
