"""Alerts from a camera's newest frames: one a kind, side and visit, with a count; an officer decides what follows."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.monitor_hook.cameras import Camera, frames_of
from shared import audit, messages
from shared.actors import SYSTEM
from shared.clock import chinese
from shared.models.officers import Role
from shared.models.rooms import Alert, AlertKind, Frame, Side
from shared.models.visits import Visit
from shared.rules.frames import Look, alerts

NAMES = {
    AlertKind.EXTRA_PERSON: "画面人数多于审批人数",
    AlertKind.UNKNOWN_PERSON: "画面中出现未经审批的人员",
    AlertKind.ABSENT: "画面中长时间无人",
    AlertKind.FACE_MISMATCH: "画面中的人与审批人员不符",
}
AT_THE_TERMINAL = {
    AlertKind.EXTRA_PERSON: "所内终端前人数多于安排",
    AlertKind.ABSENT: "所内终端前长时间无人",
}


def raise_alerts(session: Session, visit: Visit, camera: Camera) -> bool:
    """Whether something new was raised."""
    known = frames_of(visit.id, camera.user).limit(camera.limits.remembered)
    newest = session.scalars(known).all()
    looks = [Look(one.people, one.faces, one.taken_at) for one in newest]
    kinds = sorted(alerts(looks, camera.limits))
    raised = [_raise(session, visit, kind, camera.side, newest[0]) for kind in kinds]
    return any(raised)


def _raise(session: Session, visit: Visit, kind: AlertKind, side: Side, frame: Frame) -> bool:
    same = Alert.visit_id == visit.id, Alert.kind == kind, Alert.side == side
    standing = session.scalar(select(Alert).where(*same).with_for_update())
    if standing is not None:
        standing.count += 1
        standing.last_at, standing.frame_key = frame.taken_at, frame.cos_key
        return False
    alert = _new(visit, kind, side, frame)
    session.add(alert)
    session.flush()
    audit.record(
        session,
        SYSTEM,
        "alert.raised",
        "visit",
        visit.id,
        site_id=visit.site_id,
        kind=kind.value,
        side=side.value,
    )
    named = AT_THE_TERMINAL.get(kind, NAMES[kind]) if side is Side.TERMINAL else NAMES[kind]
    messages.tell_staff(
        session,
        site_id=visit.site_id,
        roles=[Role.VISIT_OFFICER, Role.SUPERVISOR],
        text=f"【会见预警】{named}\n会见时间：{chinese(visit.starts_at)}，{visit.place} 号会见位\n"
        "请打开值守页查看画面。会见不会自动中断。",
        dedupe_key=f"alert:{alert.id}",
    )
    return True


def _new(visit: Visit, kind: AlertKind, side: Side, frame: Frame) -> Alert:
    return Alert(
        site_id=visit.site_id,
        visit_id=visit.id,
        kind=kind,
        side=side,
        count=1,
        frame_key=frame.cos_key,
        first_at=frame.taken_at,
        last_at=frame.taken_at,
    )
