"""Whose faces are stored: templates, or the ID photo that they are held against."""

from collections.abc import Collection

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from shared.models.faces import FaceTemplate
from shared.models.people import OnsiteVisitor, Relative


def stored_faces(session: Session) -> int:
    """People, not pictures. A visitor registered on site counts too, once a registration."""
    enrolled = exists().where(FaceTemplate.relative_id == Relative.id)
    relatives = select(func.count()).select_from(Relative)
    visitors = select(func.count()).select_from(OnsiteVisitor)
    counted = (
        relatives.where(or_(Relative.id_photo_key.is_not(None), enrolled)),
        visitors.where(OnsiteVisitor.photo_key.is_not(None)),
    )
    return sum(session.scalar(one) or 0 for one in counted)


def enrolled(session: Session, relative_ids: Collection[str]) -> set[str]:
    """Those of them whose face can be recognised in a picture."""
    known = select(FaceTemplate.relative_id).where(FaceTemplate.relative_id.in_(relative_ids))
    return set(session.scalars(known.distinct())) if relative_ids else set()
