"""Whether a visit may be booked: pure, and with every reason at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.clock import chinese, in_shanghai
from shared.errors import Reason, reason
from shared.rules.site_rules import SiteRules


@dataclass(frozen=True)
class Person:
    """A relative who would take part."""

    relationship_approved: bool
    phone_checked: bool
    face_checked: bool
    minor: bool
    busy: bool  # in another visit at that time
    no_shows: Sequence[datetime] = ()


@dataclass(frozen=True)
class Place:
    starts_at: datetime
    blocked: bool
    capacity: int
    taken: int

    @property
    def full(self) -> bool:
        return self.taken >= self.capacity


def refusals(
    *,
    people: Sequence[Person],
    resident_active: bool,
    resident_visits: Sequence[datetime],
    place: Place,
    rules: SiteRules,
    now: datetime,
) -> list[Reason]:
    """Every reason against it, none if it may be booked.

    `resident_visits`: starts of the resident's other visits that hold or used their place.
    """
    return [
        *_about_place(place, rules, now),
        *_about_resident(resident_active, resident_visits, place.starts_at, rules),
        *_about_people(people, rules, now),
    ]


def _about_place(place: Place, rules: SiteRules, now: datetime) -> list[Reason]:
    found = []
    days_ahead = (in_shanghai(place.starts_at).date() - in_shanghai(now).date()).days
    if days_ahead < rules.book_days_ahead_min:
        found.append(reason("slot_too_soon", "slot_id", days=rules.book_days_ahead_min))
    if days_ahead > rules.book_days_ahead_max:
        found.append(reason("slot_too_far", "slot_id", days=rules.book_days_ahead_max))
    if place.blocked:
        found.append(reason("slot_blocked", "slot_id"))
    if place.full:
        found.append(reason("slot_full", "slot_id"))
    return found


def _about_resident(
    active: bool, visits: Sequence[datetime], start: datetime, rules: SiteRules
) -> list[Reason]:
    found = [] if active else [reason("resident_not_open")]
    if start in visits:
        found.append(reason("resident_busy", "slot_id"))
    week = [one for one in visits if week_of(one) == week_of(start)]
    if len(week) >= rules.visits_per_week:
        found.append(
            reason("week_used_up", count=rules.visits_per_week, again=chinese(next_week(start)))
        )
    month = [one for one in visits if month_of(one) == month_of(start)]
    if len(month) >= rules.visits_per_month:
        found.append(
            reason("month_used_up", count=rules.visits_per_month, again=chinese(next_month(start)))
        )
    return found


def _about_people(people: Sequence[Person], rules: SiteRules, now: datetime) -> list[Reason]:
    found = []
    if len(people) > rules.max_relatives:
        found.append(reason("too_many_relatives", "companion_ids", count=rules.max_relatives))
    if not all(one.relationship_approved for one in people):
        found.append(reason("relationship_not_approved", "relationship_id"))
    if not all(one.phone_checked for one in people):
        found.append(reason("phone_not_checked"))
    if not all(one.face_checked for one in people):
        found.append(reason("face_not_checked"))
    if all(one.minor for one in people):
        found.append(reason("minor_needs_adult", "companion_ids"))
    if any(one.busy for one in people):
        found.append(reason("relative_busy", "slot_id"))
    until = max((suspended_until(one.no_shows, rules) or now for one in people), default=now)
    if until > now:
        found.append(reason("suspended", until=chinese(until)))
    return found


def suspended_until(no_shows: Sequence[datetime], rules: SiteRules) -> datetime | None:
    """End of the latest suspension: `no_shows_to_suspend` of them within the window, from the last one on."""
    times = sorted(no_shows)
    size = rules.no_shows_to_suspend
    window = timedelta(days=rules.no_show_window_days)
    runs = zip(times, times[size - 1 :], strict=False)
    ends = [last for first, last in runs if last - first <= window]
    return max(ends) + timedelta(days=rules.suspension_days) if ends else None


def week_of(moment: datetime) -> tuple[int, int]:
    """Calendar week, Monday first, of the local day."""
    year, week, _ = in_shanghai(moment).isocalendar()
    return year, week


def month_of(moment: datetime) -> tuple[int, int]:
    local = in_shanghai(moment)
    return local.year, local.month


def next_week(moment: datetime) -> datetime:
    local = in_shanghai(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    return local + timedelta(days=7 - local.weekday())


def next_month(moment: datetime) -> datetime:
    local = in_shanghai(moment).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (local + timedelta(days=32)).replace(day=1)
