"""Tencent FaceID looks at the clip: LivenessCompare, by addresses in COS."""

from functions.verify_face import faceid_results as results
from functions.verify_face.engine import EngineDown, Order, Verdict
from functions.verify_face.enrol import templates
from shared.clients import faceid, storage
from shared.clients.errors import ProviderError
from shared.clients.faceid import LivenessComparison
from shared.models.faces import FaceCheckStatus

NAME = "tencent"
VERSION = "faceid-2018-03-01 LivenessCompare"
URL_SECONDS = 60  # the vendor gives a download 4 s


def check(order: Order) -> Verdict:
    compared = _compared(order)
    meaning = results.of_clip(compared.result)
    if compared.result in ("Success", "FailedOperation.CompareLowSimilarity"):
        meaning = _by_score(compared, meaning)
    if meaning.status is FaceCheckStatus.COULD_NOT_CHECK:
        raise EngineDown(NAME, compared.result, page=meaning.page)
    kept = meaning.status in (FaceCheckStatus.PASSED, FaceCheckStatus.REVIEW)
    return Verdict(
        status=meaning.status,
        reasons=[meaning.reason] if meaning.reason else [],
        engine=NAME,
        version=VERSION,
        scores={"similarity": compared.similarity},
        thresholds={"pass_line": results.PASS_LINE, "review_line": results.REVIEW_LINE},
        code=compared.result,
        request_id=compared.request_id or None,
        frames=compared.best_frames,
        vectors=templates(compared.best_frames) if kept else [],
    )


def _compared(order: Order) -> LivenessComparison:
    try:
        return faceid.liveness_compare(
            photo_url=storage.presigned_get(order.photo_key, seconds=URL_SECONDS),
            video_url=storage.presigned_get(order.clip_key, seconds=URL_SECONDS),
            actions=_actions(order.challenge),
        )
    except ProviderError as error:
        page = results.of_clip(error.code).page
        raise EngineDown(NAME, error.code, page=page) from error


def _actions(challenge: list[str]) -> list[str]:
    """A challenge with turns was drawn for the other engine: the vendor knows none, and looks without."""
    return challenge if set(challenge) <= set(faceid.ACTIONS) else []


def _by_score(compared: LivenessComparison, said: results.Meaning) -> results.Meaning:
    """The stricter of word and score, so that neither alone lets anybody in."""
    by_score = results.of_similarity(compared.similarity)
    if said.status is FaceCheckStatus.PASSED:
        return by_score
    return by_score if by_score.status is FaceCheckStatus.REVIEW else said
