"""Timer: how many people's faces are stored, against the number from which the law asks for a filing."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import tickets
from shared.database import in_transaction
from shared.models.places import Site
from shared.models.tickets import Severity
from shared.rules.stored_faces import FILING_LIMIT, reached
from shared.stored_faces import stored_faces


@in_transaction
def count_faces(session: Session) -> int:
    """One ticket a site and threshold, however often it rings."""
    stored = stored_faces(session)
    for percent in reached(stored):
        for site_id in session.scalars(select(Site.id).order_by(Site.id)).all():
            _warn(session, site_id, stored, percent)
    return stored


def _warn(session: Session, site_id: str, stored: int, percent: int) -> None:
    tickets.open_incident(
        session,
        site_id=site_id,
        severity=Severity.III,
        source_key=f"stored_faces:{percent}:{site_id}",
        title=f"存储人脸信息的人数已达备案线的 {percent}%",
        text=f"目前存有 {stored} 人的人脸信息，法定备案线为 {FILING_LIMIT} 人。"
        "请核对保存期限与清理情况，必要时在达到前向省级以上网信部门办理备案。",
    )
