"""The mini-program's E-certificate flow (GetEidToken, GetEidResult): the vendor's page looks at the person."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from functions.verify_face import faceid_results as results
from functions.verify_face.engine import EngineDown, Verdict
from functions.verify_face.engines import note
from functions.verify_face.enrol import templates
from shared import audit
from shared.actors import Actor
from shared.clients import faceid
from shared.clients.errors import ProviderError
from shared.clients.faceid import EidResult
from shared.clock import now
from shared.database import in_transaction
from shared.errors import BadInput, Conflict, Refused, Unavailable
from shared.models.faces import FaceCheck, FaceCheckStatus
from shared.models.people import Relative
from shared.settings import settings

NAME = "tencent"
VERSION = "faceid-2018-03-01 Eid"
# The token lives 600 s; the result of who ends at the last second may still be asked for.
GOOD_FOR = timedelta(minutes=15)
NOT_FINISHED = 17


def require_offered() -> None:
    if not settings().eid_merchant_id:
        raise BadInput.of("field_invalid", "method", name="核验方式", problem="未开通 E 证通")


def ask_token(*, actor: Actor, check_id: str) -> dict[str, Any]:
    """Raises Unavailable; the try is then not used up."""
    name, id_number = _identity(check_id=check_id)
    try:
        token = faceid.eid_token(
            merchant_id=settings().eid_merchant_id, name=name, id_number=id_number, extra=check_id
        )
    except ProviderError as error:
        note(EngineDown(NAME, error.code, page=results.of_clip(error.code).page))
        _give_up(actor=actor, check_id=check_id)
        raise Unavailable.of("face_check_later") from error
    _keep(check_id=check_id, token=token)
    return {"eid_token": token}


@in_transaction
def _identity(session: Session, *, check_id: str) -> tuple[str, str]:
    subject = session.get_one(Relative, session.get_one(FaceCheck, check_id).subject_id)
    if subject.name is None or subject.id_number is None:
        raise Refused.of("identity_missing")
    return subject.name, subject.id_number


@in_transaction
def _keep(session: Session, *, check_id: str, token: str) -> None:
    session.get_one(FaceCheck, check_id, with_for_update=True).eid_token = token


@in_transaction
def _give_up(session: Session, *, actor: Actor, check_id: str) -> None:
    check = session.get_one(FaceCheck, check_id, with_for_update=True)
    check.status, check.decided_at = FaceCheckStatus.COULD_NOT_CHECK, now()
    check.reasons = ["face_check_later"]
    audit.record(session, actor, "face_check.could_not_check", "face_check", check.id)


def judge(check_id: str, token: str) -> Verdict:
    """Raises Conflict while the person is not through with the vendor's page, EngineDown."""
    try:
        result = faceid.eid_result(token)
    except ProviderError as error:
        raise EngineDown(NAME, error.code, page=results.of_clip(error.code).page) from error
    if result.code == NOT_FINISHED:
        raise Conflict.of("eid_not_finished")
    # What we gave along comes back: the result of another check must not count for this one.
    foreign = result.code == 0 and result.extra != check_id
    meaning = results.UNKNOWN if foreign else results.of_eid(result.code)
    if meaning.status is FaceCheckStatus.COULD_NOT_CHECK:
        raise EngineDown(
            NAME, "foreign_result" if foreign else f"eid_{result.code}", page=meaning.page
        )
    return _verdict(result, meaning)


def _verdict(result: EidResult, meaning: results.Meaning) -> Verdict:
    passed = meaning.status is FaceCheckStatus.PASSED
    return Verdict(
        status=meaning.status,
        reasons=[meaning.reason] if meaning.reason else [],
        engine=NAME,
        version=VERSION,
        scores={"similarity": result.similarity},
        thresholds={"pass_line": results.PASS_LINE},
        code=f"eid_{result.code}",
        request_id=result.request_id,
        frames=result.best_frames,
        vectors=templates(result.best_frames) if passed else [],
    )
