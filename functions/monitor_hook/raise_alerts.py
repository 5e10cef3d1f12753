"""Alerts from a camera's newest frames: one a kind and camera, with a count, and a new one for what comes after an officer
has dealt with the last. The officer decides what follows."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from functions.monitor_hook.cameras import Camera, frames_of
from shared import audit, messages
from shared.actors import SYSTEM
from shared.clock import chinese, in_shanghai
from shared.models.officers import Role
from shared.models.rooms import Alert, AlertKind, Frame, Side
from shared.models.visits import Visit
from shared.room_passes import FAMILY
from shared.rules.frames import Look, alerts, was_over

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


def raise_alerts(session: Session, visit: Visit, camera: Camera) -> list[str]:
    """Keys of the messages that tell of what is new."""
    known = frames_of(visit.id, camera.user).limit(camera.limits.remembered)
    newest = session.scalars(known).all()
    looks = [Look(one.people, one.faces, one.taken_at) for one in newest]
    kinds = sorted(alerts(looks, camera.limits))
    raised = [_raise(session, visit, kind, camera, newest[0], looks) for kind in kinds]
    return [one for one in raised if one is not None]


def _raise(
    session: Session,
    visit: Visit,
    kind: AlertKind,
    camera: Camera,
    frame: Frame,
    looks: Sequence[Look],
) -> str | None:
    standing = session.scalar(_last(visit.id, kind, camera.user).with_for_update())
    if standing is not None and not _is_another(standing, looks, camera):
        standing.count += 1
        standing.last_at = frame.taken_at  # the picture stays the one that decided
        return None
    alert = _new(visit, kind, camera.side, frame)
    session.add(alert)
    session.flush()
    return _tell(session, visit, alert, _whose(visit, camera))


def _last(visit_id: str, kind: AlertKind, user: str) -> Select[tuple[Alert]]:
    """Of one camera: the picture that decided says which."""
    of_camera = Alert.frame_key.contains(f"/{user}/images/", autoescape=True)
    alerts_of = select(Alert).where(Alert.visit_id == visit_id, Alert.kind == kind, of_camera)
    return alerts_of.order_by(Alert.first_at.desc(), Alert.id.desc()).limit(1)


def _is_another(standing: Alert, looks: Sequence[Look], camera: Camera) -> bool:
    """Nobody can tell one stranger from another: who comes when the last was dealt with and gone is a new one."""
    dealt_with = standing.acknowledged_at is not None
    return dealt_with and was_over(looks, standing.last_at, camera.limits)


def _whose(visit: Visit, camera: Camera) -> str:
    """A message names nobody; the number is that of the list on the live desk."""
    if camera.side is Side.TERMINAL:
        return "终端画面"
    users = [f"{FAMILY}{one.relative_id}" for one in visit.family]
    several = len(users) > 1 and camera.user_id in users
    return f"第 {users.index(camera.user_id) + 1} 位家属的画面" if several else "家属画面"


def _tell(session: Session, visit: Visit, alert: Alert, whose: str) -> str:
    kind, side, key = alert.kind, alert.side, f"alert:{alert.id}"
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
        # With the camera and the moment: WeCom drops a second message of the same words.
        text=f"【会见预警】{named}\n会见时间：{chinese(visit.starts_at)}，{visit.place} 号会见位，{whose}\n"
        f"发现时间：{in_shanghai(alert.first_at):%H:%M:%S}。请打开值守页查看画面。会见不会自动中断。",
        dedupe_key=key,
    )
    return key


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
