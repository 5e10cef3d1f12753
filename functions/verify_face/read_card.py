"""The card's own text, read by FaceID where that is switched on and held against what was typed.

Where it is off nobody reads the card and nobody guesses: the answers say `not_used`.
"""

import hmac
from dataclasses import replace

from functions.verify_face import faceid_results as results
from functions.verify_face.engine import EngineDown, Verdict
from functions.verify_face.engines import note, without_engine
from functions.verify_face.faceid_results import Meaning
from shared.clients import faceid, storage
from shared.clients.errors import ProviderError, ProviderRefused
from shared.clients.faceid import CardText
from shared.models.faces import FaceCheckStatus
from shared.rules import id_number as id_numbers
from shared.settings import settings

NOT_USED, SAME, DIFFERENT, UNREAD = "not_used", "same", "different", "unread"
URL_SECONDS = 60
# IdCardOCRVerification's warnings that somebody must look at: copied, filmed from a screen, retouched.
SUSPICIOUS = {"-9102", "-9103", "-9106", "-9108"}
MISMATCH, UNREADABLE = "-1", ("-2", "-3")


def beside(verdict: Verdict, photo_key: str, name: str, id_number: str) -> tuple[Verdict, str]:
    """The verdict on the face together with the card's; asked only when the face would do."""
    standing = (FaceCheckStatus.PASSED, FaceCheckStatus.REVIEW)
    if settings().card_reading == "off" or verdict.status not in standing:
        return verdict, NOT_USED
    try:
        card = faceid.read_card(storage.presigned_get(photo_key, seconds=URL_SECONDS))
    except ProviderError as error:
        return _unread(verdict, error)
    wrong = _differences(card, name, id_number)
    if wrong:
        return _joined(verdict, FaceCheckStatus.REFUSED, wrong), DIFFERENT
    meaning = _of_result(card)
    if meaning is not None:
        reasons = [meaning.reason] if meaning.reason else []
        return _joined(verdict, meaning.status, reasons), SAME
    return verdict, SAME


def _unread(verdict: Verdict, error: ProviderError) -> tuple[Verdict, str]:
    meaning = results.of_clip(error.code)
    if isinstance(error, ProviderRefused) and meaning.status is FaceCheckStatus.ASK_AGAIN:
        return _joined(verdict, meaning.status, [meaning.reason or "card_unreadable"]), UNREAD
    down = EngineDown("tencent", error.code, page=meaning.page)
    note(down)
    instead = without_engine(down)
    return _joined(verdict, instead.status, instead.reasons), UNREAD


def _differences(card: CardText, name: str, id_number: str) -> list[str]:
    """All at once. Compared as bytes in constant time: both are somebody's."""
    read = (card.name.replace(" ", ""), id_numbers.normalise(card.id_number))
    typed = (name.replace(" ", ""), id_number)
    codes = ("card_name_differs", "card_number_differs")
    pairs = zip(codes, read, typed, strict=True)
    return [
        code for code, one, other in pairs if not hmac.compare_digest(one.encode(), other.encode())
    ]


def _of_result(card: CardText) -> Meaning | None:
    if card.result == MISMATCH:
        return Meaning(FaceCheckStatus.REFUSED, "phone_identity_mismatch")
    if card.result in UNREADABLE:
        return Meaning(FaceCheckStatus.ASK_AGAIN, "card_unreadable")
    if SUSPICIOUS & set(card.warnings):
        return Meaning(FaceCheckStatus.REVIEW, "card_suspicious")
    return None  # "0", or the authority could not be asked: the text itself agrees


def _joined(verdict: Verdict, status: FaceCheckStatus, reasons: list[str]) -> Verdict:
    keep = status is FaceCheckStatus.REVIEW
    return replace(
        verdict,
        status=status,
        reasons=[*verdict.reasons, *reasons],
        vectors=verdict.vectors if keep else [],
    )
