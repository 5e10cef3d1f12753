"""The vendor's engine will not work again by itself: somebody must pay, or switch something on."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import tickets
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.models.places import Site
from shared.models.tickets import Severity


@in_transaction
def page_operators(session: Session, *, engine: str, code: str) -> None:
    """One incident a site, code and day, however many families meet it."""
    day = in_shanghai(now()).date().isoformat()
    for site_id in session.scalars(select(Site.id).order_by(Site.id)).all():
        tickets.open_incident(
            session,
            site_id=site_id,
            severity=Severity.II,
            source_key=f"face_engine:{engine}:{code}:{day}:{site_id}"[:128],
            title="人脸核验服务不可用",
            text=f"人脸核验引擎 {engine} 返回 {code}，需要处理后才能恢复（如欠费、未开通、权限或模型缺失）。"
            "在此期间按设置转人工核验或请家属稍后再试，不会自动通过。",
        )
