"""All tables, so that one import fills the metadata."""

from shared.models import (
    faces,
    flags,
    officers,
    onsite,
    people,
    person_days,
    phones,
    places,
    plumbing,
    quota,
    rooms,
    systems,
    tickets,
    timetable,
    visits,
    waiting,
)
from shared.models.base import Base

__all__ = [
    "Base",
    "faces",
    "flags",
    "officers",
    "onsite",
    "people",
    "person_days",
    "phones",
    "places",
    "plumbing",
    "quota",
    "rooms",
    "systems",
    "tickets",
    "timetable",
    "visits",
    "waiting",
]
