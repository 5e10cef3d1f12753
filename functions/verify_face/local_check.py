"""The engine on this machine: dlib and OpenCV, loaded at the first check."""

from typing import TYPE_CHECKING

from functions.verify_face.engine import EngineDown, Order, Verdict
from shared.models.faces import FaceCheckStatus

if TYPE_CHECKING:
    from functions.verify_face.local_engine.result import ClipResult

NAME = "local"
STATUS = {
    "pass": FaceCheckStatus.PASSED,
    "refuse": FaceCheckStatus.REFUSED,
    "review": FaceCheckStatus.REVIEW,
    "ask_again": FaceCheckStatus.ASK_AGAIN,
}


def check(order: Order) -> Verdict:
    from functions.verify_face.local_engine.apart import check_clip_apart
    from shared.faces.models import ModelsMissing
    from shared.workers import AllBusy, WorkerDied

    try:
        result = check_clip_apart(order.clip, order.photo, order.challenge, order.mirrored)
    except ModelsMissing as error:
        raise EngineDown(NAME, "models_missing", page=True) from error
    except AllBusy as error:
        raise EngineDown(NAME, "busy") from error
    except WorkerDied as error:  # memory, or a decoder's crash
        raise EngineDown(NAME, "worker_died") from error
    except MemoryError as error:
        raise EngineDown(NAME, "memory") from error
    return _verdict(result)


def _verdict(result: "ClipResult") -> Verdict:
    from shared.faces.describe import pack

    return Verdict(
        status=STATUS[result.outcome],
        reasons=list(result.reasons),
        engine=result.engine,
        version=result.engine_version,
        scores={"distance": result.distance, **result.measured},
        thresholds=dict(result.thresholds),
        missed=list(result.missed),
        frames=list(result.frames),
        vectors=[pack(one) for one in result.templates],
    )
