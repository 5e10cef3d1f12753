"""When a check that could not be made is tried again. Pure."""

from datetime import datetime, timedelta

from shared.clock import in_shanghai

BACKOFF = tuple(timedelta(seconds=one) for one in (60, 300, 900, 3600, 4 * 3600))
GIVE_UP_AFTER = timedelta(days=7)


def next_try(moment: datetime, *, tries: int, next_day: bool) -> datetime:
    """`tries` so far, at least one."""
    if next_day:
        return next_local_day(moment)
    return moment + BACKOFF[min(tries, len(BACKOFF)) - 1]


def next_local_day(moment: datetime) -> datetime:
    """The coming midnight in Shanghai, when everybody's daily count begins anew."""
    day = in_shanghai(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=1)


def is_hopeless(*, since: datetime, moment: datetime) -> bool:
    return moment - since >= GIVE_UP_AFTER
