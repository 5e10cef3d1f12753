"""Figures that the operations staff watches."""

from typing import Any

from sqlalchemy.orm import Session

from shared.database import in_transaction
from shared.rules.stored_faces import FILING_LIMIT, reached
from shared.stored_faces import stored_faces


@in_transaction
def show_figures(session: Session) -> dict[str, Any]:
    stored = stored_faces(session)
    return {
        "stored_faces": stored,
        "stored_faces_limit": FILING_LIMIT,
        "stored_faces_reached": reached(stored),
    }
