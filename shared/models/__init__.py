"""The tables. Those that all others point at come with any; `every` has them all."""

from shared.models import officers, people, places, timetable, visits

__all__ = ["officers", "people", "places", "timetable", "visits"]
