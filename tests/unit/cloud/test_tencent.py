"""Tencent Cloud API v3 through the official SDKs, on the wire."""

import base64
import json
import time
from types import SimpleNamespace

import pytest
import requests
from tencentcloud.common.abstract_client import AbstractClient
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.faceid.v20180301 import models as faceid
from tencentcloud.faceid.v20180301.faceid_client import FaceidClient
from tencentcloud.sms.v20210111 import models as sms
from tencentcloud.sms.v20210111.sms_client import SmsClient

from local.cloud import tc3
from tests.unit.faces.broken_files import grey_clip

from .clients import tencent
from .harness import SETTINGS, Served

ZHANG = {"name": "张三", "id_number": "110101199003070038", "phone": "13800000000"}


def elements(
    name: str, id_number: str, phone: str, mode: str = "1"
) -> faceid.PhoneVerificationRequest:
    request = faceid.PhoneVerificationRequest()
    request.Name, request.IdCard, request.Phone, request.VerifyMode = name, id_number, phone, mode
    return request


def refused(call: object, *args: object) -> TencentCloudSDKException:
    with pytest.raises(TencentCloudSDKException) as caught:
        call(*args)  # type: ignore[operator]
    return caught.value


def test_three_elements(served: Served) -> None:
    served.post("/local/people", ZHANG)
    client = tencent(served, FaceidClient)
    right = client.PhoneVerification(elements(*ZHANG.values()))
    assert (right.Result, right.ResultDetail) == ("0", None)
    wrong = client.PhoneVerification(elements("李四", ZHANG["id_number"], ZHANG["phone"]))
    assert (wrong.Result, wrong.ResultDetail) == ("-4", "PhoneNameMismatch")
    simple = client.PhoneVerification(elements("李四", ZHANG["id_number"], ZHANG["phone"], "0"))
    assert (simple.Result, simple.ResultDetail) == ("-4", None)
    nobody = client.PhoneVerification(elements("张三", ZHANG["id_number"], "13900000000"))
    assert nobody.Result == "-9"


def test_a_business_result_to_order(served: Served) -> None:
    served.post("/local/faults", {"match": "faceid.*", "kind": "error", "code": "-11"})
    answer = tencent(served, FaceidClient).PhoneVerification(elements(*ZHANG.values()))
    assert answer.Result == "-11"


def test_a_wrong_secret_and_an_unknown_id_are_refused(served: Served) -> None:
    request = elements(*ZHANG.values())
    wrong = tencent(served, FaceidClient, secret="not the secret")
    error = refused(wrong.PhoneVerification, request)
    assert error.code == "AuthFailure.SignatureFailure" and error.requestId
    unknown = tencent(served, FaceidClient, secret_id="AKIDsomebodyelse")
    assert refused(unknown.PhoneVerification, request).code == "AuthFailure.SecretIdNotFound"


def test_an_old_signature_is_refused(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    later = time.time() + 3600
    monkeypatch.setattr(tc3, "time", SimpleNamespace(time=lambda: later))
    error = refused(tencent(served, FaceidClient).PhoneVerification, elements(*ZHANG.values()))
    assert error.code == "AuthFailure.SignatureExpire"


@pytest.mark.parametrize(
    ("action", "body", "code"),
    [
        ("NoSuchThing", {}, "InvalidAction"),
        ("PhoneVerification", {"Name": "a", "IdCard": "b"}, "MissingParameter"),
        (
            "PhoneVerification",
            {"Name": "a", "IdCard": "b", "Phone": "c", "Ogus": 1},
            "UnknownParameter",
        ),
        ("PhoneVerification", {"Name": "a", "IdCard": "b", "Phone": 3}, "InvalidParameter"),
    ],
)
def test_a_wrong_request_surfaces_as_an_exception(
    served: Served, action: str, body: dict[str, object], code: str
) -> None:
    client: AbstractClient = tencent(served, FaceidClient)
    assert refused(client.call_json, action, body).code == code


def test_the_content_type_is_bare(served: Served) -> None:
    answer = requests.post(served.url, json={}, timeout=5)
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["Response"]["Error"]["Code"] == "AuthFailure.SignatureFailure"


def test_sms_fails_by_number_while_the_call_succeeds(served: Served) -> None:
    request = sms.SendSmsRequest()
    request.PhoneNumberSet = ["+8613800000000", "+8612"]
    request.SmsSdkAppId, request.SignName = SETTINGS.sms_sdk_app_id, SETTINGS.sms_sign_name
    request.TemplateId, request.TemplateParamSet = "1001", ["明天"]
    statuses = tencent(served, SmsClient).SendSms(request).SendStatusSet
    assert [status.Code for status in statuses] == [
        "Ok", "InvalidParameterValue.IncorrectPhoneNumber",
    ]  # fmt: skip
    (sent,) = served.get("/local/sent", channel="sms", to="+8613800000000")["sent"]
    assert sent["body"]["TemplateParamSet"] == ["明天"]


def test_liveness_is_scripted(served: Served) -> None:
    client = tencent(served, FaceidClient)
    request = faceid.LivenessCompareRequest()
    request.LivenessType, request.ImageBase64 = "SILENT", "aaaa"
    for seconds, result in ((1, "FailedOperation.SilentTooShort"), (3, "Success")):
        request.VideoBase64 = base64.b64encode(grey_clip(seconds)).decode()
        assert client.LivenessCompare(request).Result == result
    request.Optional = json.dumps({"BestFrameNum": 3})
    assert len(client.LivenessCompare(request).BestFrameList) == 3
    served.post("/local/faceid/liveness", {"Result": "FailedOperation.SilentThreshold", "Sim": 0.0})
    assert client.LivenessCompare(request).Result == "FailedOperation.SilentThreshold"


def test_an_e_certificate_goes_from_token_to_result(served: Served) -> None:
    client = tencent(served, FaceidClient)
    asked = faceid.GetEidTokenRequest()
    asked.MerchantId, asked.Extra = "m1", "visit-1"
    token = client.GetEidToken(asked).EidToken
    wanted = faceid.GetEidResultRequest()
    wanted.EidToken, wanted.InfoType = token, "0"
    text = client.GetEidResult(wanted).Text
    assert (text.ErrCode, text.Extra) == (0, "visit-1")
    served.post("/local/faceid/eid", {"token": token, "text": {"ErrCode": 1002}})
    assert client.GetEidResult(wanted).Text.ErrCode == 1002
    assert json.loads(client.call("GetActionSequence", {}))["Response"]["ActionSequence"]
