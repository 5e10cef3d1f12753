"""Which centre somebody belongs to who belongs to none by itself."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.models.people import Relationship
from shared.models.places import Site
from shared.relationships import CONFIRMED


def site_of(session: Session, relative_id: str) -> str | None:
    """The site of the relative's first confirmed tie; before there is one, the only site of the installation."""
    ties = select(Relationship.site_id).where(
        Relationship.relative_id == relative_id, Relationship.status.in_(CONFIRMED)
    )
    tied = session.scalar(ties.order_by(Relationship.asked_at).limit(1))
    if tied is not None:
        return tied
    sites = session.scalars(select(Site.id).limit(2)).all()
    return sites[0] if len(sites) == 1 else None


def first_site(session: Session) -> str | None:
    """Whose operations staff are told of what concerns the whole installation."""
    return session.scalar(select(Site.id).order_by(Site.created_at).limit(1))
