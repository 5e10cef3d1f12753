"""A relative tries camera, microphone, speaker and line before the visit; the latest result is kept."""

from typing import Any

from sqlalchemy.orm import Session

from functions.booking.list_visits import own_visit, participant
from shared import audit
from shared.actors import Actor
from shared.clock import now
from shared.database import in_transaction
from shared.errors import Conflict
from shared.models.visits import VisitStatus
from shared.rules.device_test import Device, advice

AHEAD = (VisitStatus.REQUESTED, VisitStatus.APPROVED, VisitStatus.IN_PROGRESS)


@in_transaction
def store_device_test(
    session: Session,
    *,
    actor: Actor,
    visit_id: str,
    camera: Device,
    microphone: Device,
    speaker: Device,
    delay_ms: int,
    loss_percent: int,
) -> dict[str, Any]:
    """The result with what to mend. Raises NotFound, Conflict when the visit is over."""
    visit = own_visit(session, actor.id, visit_id)
    if visit.status not in AHEAD:
        raise Conflict.of("visit_over")
    wrong = advice(
        camera=camera,
        microphone=microphone,
        speaker=speaker,
        delay_ms=delay_ms,
        loss_percent=loss_percent,
    )
    result = {
        "camera": camera.value,
        "microphone": microphone.value,
        "speaker": speaker.value,
        "delay_ms": delay_ms,
        "loss_percent": loss_percent,
        "passed": not wrong,
        "advice": [one.text for one in wrong],
    }
    mine = participant(visit, actor.id)
    mine.device_test, mine.device_tested_at = result, now()
    audit.record(
        session, actor, "visit.device_tested", "visit", visit.id, site_id=visit.site_id,
        passed=not wrong, wrong=[one.code for one in wrong],
    )  # fmt: skip
    return result
