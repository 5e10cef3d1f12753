"""Which engine checks, and what happens when it is down. Whatever happens, silence is never a pass."""

import logging
from random import SystemRandom

from functions.verify_face import local_check, tencent_check
from functions.verify_face.engine import Engine, EngineDown, Order, Verdict
from functions.verify_face.local_engine.challenge import draw
from functions.verify_face.page_operators import page_operators
from shared.clients.faceid import ACTIONS
from shared.models.faces import FaceCheckStatus
from shared.settings import settings

log = logging.getLogger("visits.faces")

ENGINES: dict[str, Engine] = {
    local_check.NAME: local_check.check,
    tencent_check.NAME: tencent_check.check,
}


def draw_challenge() -> list[str]:
    """Three of four movements for the local engine; the vendor knows mouth and blink alone."""
    if settings().face_engine == local_check.NAME:
        return list(draw(SystemRandom()))
    return SystemRandom().sample(sorted(ACTIONS), len(ACTIONS))


def decide(order: Order) -> Verdict:
    """The chosen engine's verdict; when it is down, what FACE_ENGINE_FALLBACK says."""
    chosen, fallback = settings().face_engine, settings().face_engine_fallback
    try:
        return ENGINES[chosen](order)
    except EngineDown as down:
        note(down)
        if fallback == "other":
            return _other(order, down)
        return without_engine(down)


def note(down: EngineDown) -> None:
    log.warning("face_engine_down", extra={"engine": down.engine, "code": down.code})
    if down.page:
        page_operators(engine=down.engine, code=down.code)


def without_engine(down: EngineDown) -> Verdict:
    """An officer looks, or the family comes back later: never a pass."""
    if settings().face_engine_fallback == "later":
        status, reason = FaceCheckStatus.COULD_NOT_CHECK, "face_check_later"
    else:
        status, reason = FaceCheckStatus.REVIEW, "engine_down_review"
    return Verdict(status, [reason], engine=down.engine, version="-", code=down.code)


def _other(order: Order, first: EngineDown) -> Verdict:
    other = next(check for name, check in ENGINES.items() if name != first.engine)
    try:
        return other(order)
    except EngineDown as down:
        note(down)
        return without_engine(first)
