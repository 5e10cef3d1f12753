"""Requests and answers of `phone_realname`."""

from typing import Annotated

from pydantic import StringConstraints

from shared.http.fields import Answer, Body
from shared.models.phones import PhoneCheckResult


class CheckPhone(Body):
    """`phone_code` is what WeChat's getPhoneNumber button gives: single use, 5 minutes."""

    phone_code: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class PhoneChecked(Answer):
    result: PhoneCheckResult
    phone_tail: str
