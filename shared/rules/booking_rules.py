"""Whether a visit may be booked: pure, and with every reason at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.clock import chinese, in_shanghai
from shared.errors import Reason, reason
from shared.rules.quota import Channel, Entry, used_up
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
    consented: bool = True  # to every purpose


@dataclass(frozen=True)
class Place:
    starts_at: datetime
    ends_at: datetime
    blocked: bool
    capacity: int
    taken: int
    waiting: int = 0  # who waits for a place comes first

    @property
    def left(self) -> int:
        return max(0, self.capacity - self.taken - self.waiting)

    @property
    def full(self) -> bool:
        return self.left == 0


def clashes(place: Place, held: Iterable[tuple[datetime, datetime]]) -> bool:
    """Whether one of the visits `held` (start, end) overlaps it. Half-open: those that touch do not."""
    return any(start < place.ends_at and place.starts_at < end for start, end in held)


def refusals(
    *,
    people: Sequence[Person],
    resident_active: bool,
    resident_busy: bool,
    ledger: Sequence[Entry],
    level: int,
    place: Place,
    rules: SiteRules,
    now: datetime,
) -> list[Reason]:
    """Every reason against it, none if it may be booked.

    `ledger` and `level`: the resident's quota lines around that time and treatment level.
    """
    found = _about_place(place, rules, now)
    if not resident_active:
        found.append(reason("resident_not_open"))
    if resident_busy:
        found.append(reason("resident_busy", "slot_id"))
    gone = used_up(ledger, rules.quota, channel=Channel.REMOTE, level=level, at=place.starts_at)
    found += [
        reason(f"{one.rule.per.value}_used_up", count=one.rule.count, again=chinese(one.again_at))
        for one in gone
    ]
    return found + _about_people(people, rules, now)


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


def _about_people(people: Sequence[Person], rules: SiteRules, now: datetime) -> list[Reason]:
    found = []
    if len(people) > rules.max_relatives:
        found.append(reason("too_many_relatives", "companion_ids", count=rules.max_relatives))
    if not all(one.relationship_approved for one in people):
        found.append(reason("relationship_not_approved", "relationship_id"))
    if not all(one.consented for one in people):
        found.append(reason("consents_missing"))
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


def held_until(starts_at: datetime, now: datetime, rules: SiteRules) -> datetime:
    """How long a request made `now` holds its place; booked later than that, until the visit begins."""
    decide_by = starts_at - timedelta(hours=rules.decide_hours_before)
    return decide_by if decide_by > now else starts_at


def suspended_until(no_shows: Sequence[datetime], rules: SiteRules) -> datetime | None:
    """End of the latest suspension: `no_shows_to_suspend` of them within the window, from the last one on."""
    times = sorted(no_shows)
    size = rules.no_shows_to_suspend
    window = timedelta(days=rules.no_show_window_days)
    runs = zip(times, times[size - 1 :], strict=False)
    ends = [last for first, last in runs if last - first <= window]
    return max(ends) + timedelta(days=rules.suspension_days) if ends else None
