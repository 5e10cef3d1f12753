"""FaceID (cloud-facts 2): whose number it is, and whether a clip shows the person of a photo.

A business "no" is an answer, not an error: what it means is decided by a rule elsewhere.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.clients import tencent
from shared.clients.errors import ProviderRefused, ProviderUnavailable

PROVIDER = "faceid"
DETAILED = "1"
# The vendor downloads the clip (up to 4 s by its own limit) before it looks at it.
LIVENESS_S = 15.0
# The only two movements LivenessCompare knows.
ACTIONS = {"mouth": "1", "blink": "2"}


@dataclass(frozen=True)
class PhoneVerification:
    """`result_code` "0" match, "-4" mismatch, others not checked; `detail`: which part differs."""

    result_code: str
    detail: str | None
    request_id: str


@dataclass(frozen=True)
class LivenessComparison:
    """`result` "Success" or a FailedOperation code; `similarity` 0..100; `best_frame` a picture."""

    result: str
    similarity: float | None
    best_frame: bytes | None = field(repr=False)
    request_id: str


def verify_phone(*, name: str, id_number: str, phone: str) -> PhoneVerification:
    """Three elements at the operator. Raises ProviderError."""
    answer = _call(
        "PhoneVerification", Name=name, IdCard=id_number, Phone=phone, VerifyMode=DETAILED
    )
    result = str(tencent.field(PROVIDER, answer, "Result"))
    return PhoneVerification(result, answer.ResultDetail or None, str(answer.RequestId))


def liveness_compare(
    *, photo_url: str, video_url: str, actions: Sequence[str]
) -> LivenessComparison:
    """The person of `photo_url` (JPEG or PNG), alive in `video_url`, doing `actions` in this order.

    Both URLs must be reachable by the vendor. Actions: "mouth" and "blink"; none is silent mode.
    A failed comparison comes as a result, also where the vendor makes it an API error.
    """
    order = ",".join(_action(one) for one in actions)
    try:
        answer = _call(
            "LivenessCompare",
            total_s=LIVENESS_S,
            LivenessType="ACTION" if order else "SILENT",
            ValidateData=order or None,
            ImageUrl=photo_url,
            VideoUrl=video_url,
        )
    except ProviderRefused as error:
        if not error.code.startswith("FailedOperation."):
            raise
        return LivenessComparison(error.code, None, None, "")
    result = str(tencent.field(PROVIDER, answer, "Result"))
    frame = _picture(answer.BestFrameBase64)
    return LivenessComparison(result, answer.Sim, frame, str(answer.RequestId))


def _action(name: str) -> str:
    if name not in ACTIONS:
        raise ValueError(f"actions are {', '.join(ACTIONS)}")
    return ACTIONS[name]


def _picture(text: str | None) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True) if text else None
    except ValueError:
        raise ProviderUnavailable(PROVIDER, "bad_answer") from None


def _call(action: str, *, total_s: float | None = None, **fields: Any) -> Any:
    from tencentcloud.faceid.v20180301 import faceid_client, models

    message = tencent.request(getattr(models, f"{action}Request"), **fields)
    return tencent.call(PROVIDER, faceid_client.FaceidClient, message, total_s=total_s)
