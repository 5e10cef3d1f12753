"""How long a request may wait for an officer, and how urgent that makes it. Pure."""

from datetime import datetime, timedelta
from enum import Enum

from shared.clock import in_shanghai
from shared.rules.site_rules import SiteRules

SOONEST = timedelta(hours=2)
OPENS, CLOSES = 9, 18  # o'clock in Shanghai


class Urgency(str, Enum):
    OVERDUE = "overdue"
    SOON = "soon"
    NORMAL = "normal"


def due_at(asked_at: datetime, starts_at: datetime | None, rules: SiteRules) -> datetime:
    """When it should be decided: within the review time, and while the family can still plan its visit."""
    due = asked_at + timedelta(hours=rules.review_hours)
    if starts_at is None:
        return due
    return min(due, starts_at - timedelta(hours=rules.decide_hours_before))


def longest_wait(rules: SiteRules) -> timedelta:
    """An application that waits longer is refused: the family may ask again, instead of waiting for ever."""
    return max(timedelta(days=rules.request_days_max), timedelta(hours=rules.review_hours))


def plausible_refusal(asked_at: datetime, longest: timedelta, chance: float) -> datetime:
    """When an officer might have refused it. `chance`: from 0 to 1, evenly.

    From SOONEST on, many soon and few late, in office hours; one in eight or so is left until nobody decided in time.
    """
    waited = SOONEST * (2 * longest / SOONEST) ** chance
    if waited >= longest:
        return asked_at + longest
    at = in_shanghai(asked_at + waited)
    if at.hour >= CLOSES:
        at += timedelta(days=1)
    if not OPENS <= at.hour < CLOSES:
        at = at.replace(hour=OPENS + at.minute % (CLOSES - OPENS))
    return min(at.astimezone(asked_at.tzinfo), asked_at + longest)


def urgency(due: datetime, now: datetime, rules: SiteRules) -> Urgency:
    if due <= now:
        return Urgency.OVERDUE
    soon = timedelta(hours=rules.review_reminder_hours)
    return Urgency.SOON if due - now <= soon else Urgency.NORMAL
