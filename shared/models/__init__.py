"""The tables. Those that all others point at come with any; `every` has them all."""

from shared.models import officers, people, places, timetable, visits
from shared.models.base import Base

__all__ = ["Base", "officers", "people", "places", "timetable", "visits"]
