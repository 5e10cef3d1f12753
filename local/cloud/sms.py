"""SMS 2021-01-11: SendSms (cloud-facts 4)."""

import re
import secrets
from typing import TYPE_CHECKING, Any

from . import sent
from .fields import Action, Wrong, may, must

if TYPE_CHECKING:
    from .cloud import Cloud

MAINLAND = re.compile(r"(\+86|0086|86)?1[3-9]\d{9}")


class Sms:
    def __init__(self, cloud: "Cloud") -> None:
        self._store, self._settings = cloud.store, cloud.settings
        send = {
            "PhoneNumberSet": must(list),
            "SmsSdkAppId": must(str),
            "TemplateId": must(str),
            "SignName": may(str),
            "TemplateParamSet": may(list),
            "ExtendCode": may(str),
            "SessionContext": may(str),
            "SenderId": may(str),
        }
        self.actions = {"SendSms": Action(send, self.send)}

    def send(self, given: dict[str, Any]) -> dict[str, Any]:
        """A call succeeds although single numbers failed: their Code says so."""
        numbers = given["PhoneNumberSet"]
        if not numbers:
            raise Wrong("MissingParameter.EmptyPhoneNumberSet", "no phone number")
        if len(numbers) > 200:
            raise Wrong("LimitExceeded.PhoneNumberCountLimit", "more than 200 numbers")
        if given["SmsSdkAppId"] != self._settings.sms_sdk_app_id:
            raise Wrong("UnauthorizedOperation.SmsSdkAppIdVerifyFail", "SmsSdkAppId")
        with self._store.transaction():
            return {"SendStatusSet": [self._one(number, given) for number in numbers]}

    def _one(self, number: str, given: dict[str, Any]) -> dict[str, Any]:
        status = {"PhoneNumber": number, "SessionContext": given.get("SessionContext", "")}
        problem = self._problem(number, given)
        if problem:
            rest = {"Code": problem, "Message": problem.rpartition(".")[2], "IsoCode": ""}
            return {"SerialNo": "", **status, "Fee": 0, **rest}
        names = ("SignName", "TemplateId", "TemplateParamSet")
        sent.record(self._store, "sms", number, {name: given.get(name) for name in names})
        rest = {"Code": "Ok", "Message": "send success", "IsoCode": "CN"}
        return {"SerialNo": f"2640:{secrets.randbits(60)}", **status, "Fee": 1, **rest}

    def _problem(self, number: str, given: dict[str, Any]) -> str:
        if not MAINLAND.fullmatch(number):
            return "InvalidParameterValue.IncorrectPhoneNumber"
        if given.get("SignName") != self._settings.sms_sign_name:
            return "FailedOperation.SignatureIncorrectOrUnapproved"
        if not all(isinstance(text, str) for text in given.get("TemplateParamSet", [])):
            return "InvalidParameterValue.TemplateParameterFormatError"
        return ""
