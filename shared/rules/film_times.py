"""When a film was taken, as TRTC says in its event 310, is believed where it can be: by its end a film is kept or
deleted, and the field has not been seen from the real service yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

# A room is closed late when TRTC was out of reach.
SLACK = timedelta(hours=2)


@dataclass(frozen=True)
class FilmTimes:
    starts_at: datetime
    ends_at: datetime


def believed(
    said_ms: tuple[int, int], *, begins: datetime, closes: datetime, moment: datetime
) -> FilmTimes | None:
    """None for what cannot be of a visit that `begins` and `closes` then. Nothing was filmed after `moment`."""
    starts_ms, ends_ms = said_ms[0], min(said_ms[1], _ms(moment))
    if not _ms(begins - SLACK) <= starts_ms < ends_ms or said_ms[1] > _ms(closes + SLACK):
        return None
    return FilmTimes(_moment(starts_ms), _moment(ends_ms))


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, timezone.utc)
