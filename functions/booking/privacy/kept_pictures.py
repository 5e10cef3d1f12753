"""Pictures out of visits that are over: those that no alert points at go with the person."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shared import erasure, room_commands
from shared.clock import now
from shared.models.rooms import Alert, Frame
from shared.models.visits import Visit, VisitParticipant

BATCH = 200
LATE = timedelta(days=2)


def erase_pictures(session: Session, relative_id: str) -> None:
    took_part = (
        select(Visit.id).join(VisitParticipant).where(VisitParticipant.relative_id == relative_id)
    )
    shown = select(Alert.frame_key).where(Alert.visit_id.in_(took_part))
    evidence = set(session.scalars(shown))
    frames = session.execute(
        select(Frame.id, Frame.cos_key).where(Frame.visit_id.in_(took_part))
    ).all()
    gone = [one for one in frames if one.cos_key not in evidence]
    for start in range(0, len(gone), BATCH):
        some = gone[start : start + BATCH]
        session.execute(delete(Frame).where(Frame.id.in_([one.id for one in some])))
    erasure.delete_all_later(session, [one.cos_key for one in gone])
    # Those that were not looked at; of older visits they are gone.
    recent = took_part.where(Visit.ended_at > now() - room_commands.FRAMES_KEPT - LATE)
    for visit_id in session.scalars(recent).all():
        room_commands.sweep_frames(session, visit_id)
