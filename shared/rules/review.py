"""How long a request may wait for an officer, and how urgent that makes it. Pure."""

from datetime import datetime, timedelta
from enum import Enum

from shared.rules.site_rules import SiteRules


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


def urgency(due: datetime, now: datetime, rules: SiteRules) -> Urgency:
    if due <= now:
        return Urgency.OVERDUE
    soon = timedelta(hours=rules.review_reminder_hours)
    return Urgency.SOON if due - now <= soon else Urgency.NORMAL
