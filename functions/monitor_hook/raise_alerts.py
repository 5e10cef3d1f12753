"""Alerts from the newest frames: one a kind and visit, with a count; an officer decides what follows."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import audit, messages
from shared.actors import SYSTEM
from shared.clock import chinese
from shared.models.officers import Role
from shared.models.rooms import Alert, AlertKind, Frame
from shared.models.visits import Visit
from shared.rules.frames import FRAMES_REMEMBERED, Look, alerts

NAMES = {
    AlertKind.EXTRA_PERSON: "画面人数多于审批人数",
    AlertKind.UNKNOWN_PERSON: "画面中出现未经审批的人员",
    AlertKind.ABSENT: "画面中长时间无人",
    AlertKind.FACE_MISMATCH: "画面中的人与审批人员不符",
}


def raise_alerts(session: Session, visit: Visit) -> bool:
    """Whether something new was raised."""
    newest = session.scalars(
        select(Frame)
        .where(Frame.visit_id == visit.id)
        .order_by(Frame.taken_at.desc(), Frame.id.desc())
        .limit(FRAMES_REMEMBERED)
    ).all()
    looks = [Look(one.people, one.faces, one.taken_at) for one in newest]
    kinds = alerts(looks, planned=len(visit.participants))
    raised = [_raise(session, visit, kind, newest[0]) for kind in sorted(kinds)]
    return any(raised)


def _raise(session: Session, visit: Visit, kind: AlertKind, frame: Frame) -> bool:
    standing = session.scalar(
        select(Alert).where(Alert.visit_id == visit.id, Alert.kind == kind).with_for_update()
    )
    if standing is not None:
        standing.count += 1
        standing.last_at, standing.frame_key = frame.taken_at, frame.cos_key
        return False
    alert = _new(visit, kind, frame.cos_key, frame.taken_at)
    session.add(alert)
    session.flush()
    audit.record(
        session, SYSTEM, "alert.raised", "visit", visit.id, site_id=visit.site_id, kind=kind.value
    )
    messages.tell_staff(
        session,
        site_id=visit.site_id,
        roles=[Role.VISIT_OFFICER, Role.SUPERVISOR],
        text=f"【会见预警】{NAMES[kind]}\n会见时间：{chinese(visit.starts_at)}，{visit.place} 号会见位\n"
        "请打开值守页查看画面。会见不会自动中断。",
        dedupe_key=f"alert:{alert.id}",
    )
    return True


def _new(visit: Visit, kind: AlertKind, frame_key: str, at: datetime) -> Alert:
    return Alert(
        site_id=visit.site_id,
        visit_id=visit.id,
        kind=kind,
        count=1,
        frame_key=frame_key,
        first_at=at,
        last_at=at,
    )
