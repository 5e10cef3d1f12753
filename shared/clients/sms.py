"""SMS to a mainland number (cloud-facts 4)."""

from collections.abc import Sequence

from shared.clients import tencent
from shared.settings import settings

PROVIDER = "sms"


def send_sms(*, phone: str, template_id: str, parameters: Sequence[str]) -> str:
    """One message; gives the vendor's serial number. `phone` is 11 digits or begins with +.

    Raises ProviderError. Not idempotent: after ProviderUnavailable it may have gone out.
    """
    from tencentcloud.sms.v20210111 import models, sms_client

    message = tencent.request(
        models.SendSmsRequest,
        PhoneNumberSet=[phone if phone.startswith("+") else f"+86{phone}"],
        SmsSdkAppId=settings().sms_sdk_app_id,
        SignName=settings().sms_sign_name,
        TemplateId=template_id,
        TemplateParamSet=list(parameters),
    )
    answer = tencent.call(PROVIDER, sms_client.SmsClient, message)
    items = tencent.field(PROVIDER, answer, "SendStatusSet")
    # The call can succeed while the message failed: the truth is in each item.
    for item in items:
        if item.Code != "Ok":
            raise tencent.named(PROVIDER, str(item.Code))
    return str(items[0].SerialNo)
