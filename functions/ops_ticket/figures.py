"""Figures that the operations staff watches."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.clock import now
from shared.database import in_transaction
from shared.models.rooms import Frame
from shared.models.visits import Visit, VisitStatus
from shared.rules.stored_faces import FILING_LIMIT, reached
from shared.stored_faces import stored_faces

LAG_OVER = timedelta(minutes=5)
LAG_FRAMES = 500


@in_transaction
def show_figures(session: Session) -> dict[str, Any]:
    stored = stored_faces(session)
    return {
        "stored_faces": stored,
        "stored_faces_limit": FILING_LIMIT,
        "stored_faces_reached": reached(stored),
        "frame_lag_s": frame_lag_s(session),
    }


def frame_lag_s(session: Session) -> float | None:
    """How old the frames of the last minutes were when they had been looked at, the worst; None without any."""
    running = select(Visit.id).where(Visit.status == VisitStatus.IN_PROGRESS)
    recent = select(Frame.taken_at, Frame.analysed_at).where(
        Frame.visit_id.in_(running), Frame.taken_at > now() - LAG_OVER
    )
    newest = session.execute(recent.order_by(Frame.taken_at.desc()).limit(LAG_FRAMES))
    lags = [(analysed_at - taken_at).total_seconds() for taken_at, analysed_at in newest]
    return max(lags, default=None)
