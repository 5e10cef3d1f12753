"""A new WeChat account takes over an old registration: same name and ID number, and a fresh face check."""

import hmac
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shared import audit
from shared.actors import Actor
from shared.clock import now
from shared.consents import require_consents
from shared.database import compare_and_set, in_transaction
from shared.errors import Refused
from shared.http.sessions import LIFETIME, make_token
from shared.ids import new_id
from shared.models.faces import FaceCheck, FaceCheckPurpose, FaceCheckStatus
from shared.models.people import ConsentPurpose, Relative
from shared.sealing import blind_index

CHECK_GOOD_FOR = timedelta(minutes=30)


@in_transaction
def recover_account(session: Session, *, actor: Actor, name: str, id_number: str) -> dict[str, Any]:
    """A session of the old registration, which now belongs to this WeChat account.

    Until a face check of purpose `recovery` against its ID photo has passed: Refused. A name or number that
    fits nobody gives the same answer.
    """
    newcomer = session.get_one(Relative, actor.id, with_for_update=True)
    require_consents(session, actor.id, ConsentPurpose.IDENTITY, ConsentPurpose.FACE)
    old = _registered(session, name, id_number)
    if old is None or old.id == newcomer.id or not _proven(session, newcomer.id, old.id):
        raise Refused.of("recovery_needs_face_check")
    openid = newcomer.openid
    # Kept as a row, since checks and audit rows point at it; its WeChat account moves on.
    newcomer.openid, newcomer.session_generation = (
        f"moved:{new_id()}",
        newcomer.session_generation + 1,
    )
    session.flush()
    old.openid, old.session_generation = openid, old.session_generation + 1
    audit.record(session, actor, "relative.recovered", "relative", old.id, moved_from=newcomer.id)
    return {
        "token": make_token("relative", old.id, old.session_generation),
        "relative_id": old.id,
        "expires_in": int(LIFETIME["relative"].total_seconds()),
    }


def _registered(session: Session, name: str, id_number: str) -> Relative | None:
    index = blind_index(id_number, context="id_number")
    old = session.scalar(
        select(Relative).where(Relative.id_number_index == index).with_for_update()
    )
    same = old is not None and hmac.compare_digest((old.name or "").encode(), name.encode())
    return old if same else None


def _proven(session: Session, relative_id: str, subject_id: str) -> bool:
    """A passed check, used up by this: one check recovers one account once."""
    passed = (
        update(FaceCheck)
        .where(
            FaceCheck.relative_id == relative_id,
            FaceCheck.subject_id == subject_id,
            FaceCheck.purpose == FaceCheckPurpose.RECOVERY,
            FaceCheck.status == FaceCheckStatus.PASSED,
            FaceCheck.decided_at >= now() - CHECK_GOOD_FOR,
        )
        .values(relative_id=subject_id)
    )
    return compare_and_set(session, passed)
