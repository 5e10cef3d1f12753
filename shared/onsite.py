"""Who is registered and checked in the ordinary visit system is checked here too [T22].

Only after the real-name check of the phone: name and ID number alone could be anybody's guess, and whoever guesses
must see nothing else than everybody sees. Callers hold the relative's row locked: a record that arrives and a phone
that is checked at the same moment then see each other.
"""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit, messages
from shared.actors import Actor
from shared.clock import now
from shared.consents import missing_consents
from shared.models.flags import FlagKind
from shared.models.people import (
    ConsentPurpose,
    OnsiteVisitor,
    Relationship,
    RelationshipStatus,
    Relative,
    Resident,
)
from shared.relationships import CONFIRMED
from shared.rules import onsite as rules
from shared.tie_flags import flag_uncovered, of_tie
from shared.visit_flags import raise_flags

ENDED = "现场会见系统已撤销或更正这项登记，请联系本所核实。"


def match(session: Session, actor: Actor, relative: Relative) -> None:
    """Give what the records give, end what they give no more, and count the check on site as the face check."""
    wanted = {
        one.resident_id: one for one in rules.ties(relative.name or "", _records(session, relative))
    }
    query = select(Relationship).where(Relationship.relative_id == relative.id)
    ties = {tie.resident_id: tie for tie in session.scalars(query)}
    if _may_be_given(session, relative):
        for resident_id, want in sorted(wanted.items()):
            ties[resident_id] = _give(session, actor, relative, ties.get(resident_id), want)
    for tie in sorted(ties.values(), key=lambda one: one.resident_id):
        if _from_records(tie) and not _stands(wanted, tie):
            _end(session, actor, tie)
    _count_check(relative, any(_from_records(tie) for tie in ties.values()))
    session.flush()


def _records(session: Session, relative: Relative) -> list[rules.Record]:
    query = select(OnsiteVisitor).where(
        OnsiteVisitor.id_number_index == relative.id_number_index,
        OnsiteVisitor.checked_at.is_not(None),
        OnsiteVisitor.revoked_at.is_(None),
        OnsiteVisitor.resident_id.is_not(None),
    )
    return [
        rules.Record(one.id, one.site_id, one.resident_id, one.name, one.kinship)
        for one in session.scalars(query)
        if one.resident_id is not None
    ]


def _may_be_given(session: Session, relative: Relative) -> bool:
    missing = missing_consents(session, relative.id)
    return relative.phone_checked_at is not None and ConsentPurpose.IDENTITY not in missing


def _from_records(tie: Relationship) -> bool:
    return tie.onsite_visitor_id is not None and tie.status in CONFIRMED


def _stands(wanted: Mapping[str, rules.Tie], tie: Relationship) -> bool:
    """Several records that all fit leave a tie as it is: only one that is given anew needs exactly one."""
    return tie.resident_id in wanted


def _give(
    session: Session,
    actor: Actor,
    relative: Relative,
    tie: Relationship | None,
    want: rules.Tie,
) -> Relationship:
    if tie is None:
        tie = Relationship(
            site_id=want.site_id,
            relative_id=relative.id,
            resident_id=want.resident_id,
            kinship=want.kinship,
            proof_keys=[],
            status=RelationshipStatus.PENDING,
        )
        session.add(tie)
        session.flush()
        audit.record(
            session, actor, "relationship.found", "relationship", tie.id, site_id=tie.site_id
        )
    if want.record_id is not None:
        _support(session, actor, tie, want.kinship, want.record_id)
    return tie


def _support(
    session: Session, actor: Actor, tie: Relationship, kinship: str, record_id: str
) -> None:
    """What an officer has decided stays decided."""
    if tie.status is RelationshipStatus.PENDING or _ended_by_records(tie):
        tie.kinship, tie.onsite_visitor_id = kinship, record_id
        _approve(session, actor, tie)
    elif _from_records(tie):
        tie.kinship, tie.onsite_visitor_id = kinship, record_id


def _ended_by_records(tie: Relationship) -> bool:
    """And not by an officer, nor by its own last day."""
    ended = tie.status is RelationshipStatus.REJECTED and tie.onsite_visitor_id is not None
    return ended and tie.decided_by is None and tie.reason == ENDED


def _approve(session: Session, actor: Actor, tie: Relationship) -> None:
    suspended = tie.suspended_until is not None and tie.suspended_until > now()
    tie.status = RelationshipStatus.SUSPENDED if suspended else RelationshipStatus.APPROVED
    tie.reason, tie.decided_at, tie.decided_by = None, now(), None
    audit.record(
        session, actor, "relationship.approved", "relationship", tie.id, site_id=tie.site_id,
        onsite_visitor=tie.onsite_visitor_id,
    )  # fmt: skip
    session.flush()
    flag_uncovered(session, actor, tie)
    if not suspended:
        _tell(session, tie, "审核通过", "现场登记已确认，现在可以预约会见")


def _end(session: Session, actor: Actor, tie: Relationship) -> None:
    # The lock that bookings take, before the change: one that is not committed yet would escape the flag.
    session.execute(select(Resident.id).where(Resident.id == tie.resident_id).with_for_update())
    tie.status, tie.reason = RelationshipStatus.REJECTED, ENDED
    tie.decided_at, tie.decided_by = now(), None
    audit.record(
        session, actor, "relationship.ended", "relationship", tie.id, site_id=tie.site_id,
        onsite_visitor=tie.onsite_visitor_id,
    )  # fmt: skip
    session.flush()
    raise_flags(session, actor, of_tie(tie), kind=FlagKind.RELATIONSHIP_ENDED, source_id=tie.id)
    _tell(session, tie, "关系已失效", "现场登记有变更，请点击查看原因")


def _count_check(relative: Relative, stands: bool) -> None:
    if stands and relative.face_checked_at is None:
        relative.face_checked_at = relative.onsite_checked_at = now()
    elif not stands and relative.onsite_checked_at is not None:
        if relative.face_checked_at == relative.onsite_checked_at:
            relative.face_checked_at = None
        relative.onsite_checked_at = None


def _tell(session: Session, tie: Relationship, phrase: str, thing: str) -> None:
    messages.tell_family(
        session,
        [tie.relative_id],
        phrase,
        thing,
        page="pages/relationships/index",
        dedupe_key=f"relationship:{tie.id}:onsite:{now():%Y%m%d%H%M%S%f}",
    )
