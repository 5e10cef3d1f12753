"""FaceID (cloud-facts 2): whose number it is, and whether a clip shows the person of a photo.

A business "no" is an answer, not an error: what it means is decided by a rule elsewhere.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.clients import tencent
from shared.clients.errors import ProviderRefused, ProviderUnavailable

PROVIDER = "faceid"
DETAILED = "1"
# The vendor downloads the clip (up to 4 s by its own limit) before it looks at it.
LIVENESS_S = 15.0
BEST_FRAMES = 3  # as many templates as a recognition needs; the vendor may give fewer
EID_TEXT_AND_FRAMES = "13"
EID_FROM_US = "4"  # name and number come from our side, not from the person's typing
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
    """`result` "Success" or a FailedOperation code; `similarity` 0..100; `best_frames`: the best one first."""

    result: str
    similarity: float | None
    best_frames: list[bytes] = field(repr=False)
    request_id: str


@dataclass(frozen=True)
class EidResult:
    """`code`: Text.ErrCode, 0 is a pass, None when the vendor gave no text. `extra`: what we gave along."""

    code: int | None
    extra: str
    similarity: float | None
    best_frames: list[bytes] = field(repr=False)
    request_id: str


@dataclass(frozen=True)
class CardText:
    """What stands on a card. `result`: "0" it exists, "-1" it does not fit together, others not checked."""

    result: str
    name: str = field(repr=False)
    id_number: str = field(repr=False)
    warnings: list[str]
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
            Optional=json.dumps({"BestFrameNum": BEST_FRAMES}),
        )
    except ProviderRefused as error:
        if not error.code.startswith("FailedOperation."):
            raise
        return LivenessComparison(error.code, None, [], "")
    result = str(tencent.field(PROVIDER, answer, "Result"))
    frames = _pictures(answer.BestFrameBase64, answer.BestFrameList)
    return LivenessComparison(result, answer.Sim, frames, str(answer.RequestId))


def eid_token(*, merchant_id: str, name: str, id_number: str, extra: str) -> str:
    """A token of 600 s for the mini-program's E-certificate page, for this person alone. Raises ProviderError."""
    answer = _call(
        "GetEidToken",
        MerchantId=merchant_id,
        Name=name,
        IdCard=id_number,
        Extra=extra,
        Config={"InputType": EID_FROM_US},
    )
    return str(tencent.field(PROVIDER, answer, "EidToken"))


def eid_result(token: str) -> EidResult:
    """How the person did on that page; it can be asked for 3 days. Raises ProviderError."""
    answer = _call(
        "GetEidResult",
        EidToken=token,
        InfoType=EID_TEXT_AND_FRAMES,
        BestFramesCount=BEST_FRAMES,
    )
    text, best = answer.Text, answer.BestFrame
    return EidResult(
        code=text.ErrCode if text else None,
        extra=(text.Extra or "") if text else "",
        similarity=_number(text.Sim) if text else None,
        best_frames=_pictures(best.BestFrame, best.BestFrames) if best else [],
        request_id=str(answer.RequestId),
    )


def read_card(photo_url: str) -> CardText:
    """Name and number as printed on the card, held against the authority's records. Raises ProviderError."""
    answer = _call("IdCardOCRVerification", total_s=LIVENESS_S, ImageUrl=photo_url)
    return CardText(
        result=str(tencent.field(PROVIDER, answer, "Result")),
        name=answer.Name or "",
        id_number=answer.IdCard or "",
        warnings=[one for one in (answer.Warnings or "").split("|") if one],
        request_id=str(answer.RequestId),
    )


def _action(name: str) -> str:
    if name not in ACTIONS:
        raise ValueError(f"actions are {', '.join(ACTIONS)}")
    return ACTIONS[name]


def _pictures(best: str | None, others: Sequence[str] | None) -> list[bytes]:
    """Each once, the best first."""
    texts = dict.fromkeys(one for one in (best, *(others or ())) if one)
    try:
        return [base64.b64decode(one, validate=True) for one in texts]
    except ValueError:
        raise ProviderUnavailable(PROVIDER, "bad_answer") from None


def _number(text: str | None) -> float | None:
    """DetectInfoText.Sim is a string."""
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _call(action: str, *, total_s: float | None = None, **fields: Any) -> Any:
    from tencentcloud.faceid.v20180301 import faceid_client, models

    message = tencent.request(getattr(models, f"{action}Request"), **fields)
    return tencent.call(PROVIDER, faceid_client.FaceidClient, message, total_s=total_s)
