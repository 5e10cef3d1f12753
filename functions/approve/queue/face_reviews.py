"""Face checks that no machine should decide: perhaps the same person, no try left, engine down."""

from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from functions.approve.face.decide_review import decide_face_review
from functions.approve.face.in_scope import DECIDING, one_in_scope, with_ties
from functions.approve.face.show_check import kept_keys
from functions.approve.queue.card import Card, Picture, person_card
from functions.approve.queue.items import SHOWN, Item, item, rules_of
from shared import scope
from shared.actors import Actor
from shared.errors import BadInput
from shared.models.faces import FaceCheck, FaceCheckStatus
from shared.models.people import Relationship, Relative, Resident
from shared.models.places import Ward
from shared.models.visits import Visit, VisitStatus

KIND = "face_review"
AHEAD = (VisitStatus.APPROVED, VisitStatus.IN_PROGRESS)


def waiting(session: Session, actor: Actor) -> list[Item]:
    """A check before a visit is of use only until that visit is over."""
    # Somebody may have several ties to the site: one of them stands for all.
    query = with_ties(select(FaceCheck.id, func.min(Relationship.id)).select_from(FaceCheck)).where(
        FaceCheck.status == FaceCheckStatus.REVIEW,
        Relationship.status.in_(DECIDING),
        or_(Visit.id.is_(None), Visit.status.in_(AHEAD)),
    )
    oldest = query.group_by(FaceCheck.id).order_by(FaceCheck.id).limit(SHOWN)
    rules = rules_of(session, actor)
    found = session.execute(scope.of_residents(actor, oldest)).all()
    return [_item(session, *row, rules=rules) for row in found]


def _item(session: Session, check_id: str, tie_id: str, *, rules: Any) -> Item:
    check, tie = session.get_one(FaceCheck, check_id), session.get_one(Relationship, tie_id)
    person = session.get_one(Relative, check.subject_id)
    resident = session.get_one(Resident, tie.resident_id)
    visit = session.get(Visit, check.visit_id) if check.visit_id else None
    starts_at = visit.starts_at if visit else None
    return item(
        KIND,
        check.id,
        rules=rules,
        asked_at=check.decided_at or check.created_at,
        resident=resident,
        ward=session.get_one(Ward, resident.ward_id),
        people=[{"id": person.id, "name": person.name or "", "kinship": tie.kinship}],
        starts_at=starts_at,
        latest=starts_at,
    )


def card(session: Session, actor: Actor, row_id: str) -> Card:
    """The ID photo and the clip's best frames as they were judged, to be held side by side."""
    check, tie = one_in_scope(session, actor, row_id)
    made = person_card(session, tie.resident_id, check.subject_id, tie.kinship)
    photo = kept_keys(check).get("photo")
    if photo:
        frames = enumerate(check.evidence.get("frame_keys", []), 1)
        shown = [Picture(f"核验画面 {number}", key) for number, key in frames]
        made.pictures = [Picture("证件照片", photo), *shown]
    return made


def decide(*, actor: Actor, row_id: str, approve: bool, reason: str | None) -> str:
    if not reason:
        raise BadInput.of("check_how", "reason")
    status = FaceCheckStatus.PASSED if approve else FaceCheckStatus.REFUSED
    return decide_face_review(
        actor=actor, check_id=row_id, status=status, reason=reason
    ).status.value
