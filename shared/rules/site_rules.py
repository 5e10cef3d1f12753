"""What a site may set, with the defaults of the domain."""

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from shared.rules.quota import DEFAULT_RULES, QuotaRule


@dataclass(frozen=True)
class SiteRules:
    minutes_per_visit: int = 30
    max_relatives: int = 3
    book_days_ahead_min: int = 1
    book_days_ahead_max: int = 14
    cancel_hours_before: int = 2
    # A request that nobody has decided by then is over, and its place free: the family must know in time.
    decide_hours_before: int = 2
    # An offer to the waiting list is good for this long, nights not counted.
    waiting_offer_minutes: int = 120
    waiting_entries_max: int = 3
    # How long a review may take, and how long before that is over officers are reminded.
    review_hours: int = 48
    review_reminder_hours: int = 6
    # Applications that no visit ends (relationships, family phones, checks by hand) are refused by then.
    request_days_max: int = 7
    # 1 or 2; where it is 2, never one person twice.
    approvals_per_visit: int = 1
    approvals_per_relationship: int = 1
    check_in_minutes_before: int = 15
    no_show_minutes_after: int = 10
    no_shows_to_suspend: int = 3
    no_show_window_days: int = 90
    suspension_days: int = 30
    # The face check before a visit is good for this long.
    face_check_minutes: int = 30
    # TRTC's upload goes on after the room is closed; later than this a recording counts as late.
    recording_late_minutes: int = 15
    # Recordings are kept this long, longer under a legal hold.
    recording_days: int = 365
    # By how much in all an officer may let a visit go on beyond its end.
    extend_minutes_max: int = 10
    frame_seconds: int = 5
    # When the picture of a room becomes an alert (shared/rules/frames.py).
    alert_frames: int = 2
    alert_absent_seconds: int = 60
    people_at_terminal: int = 1
    # In hundredths of a distance between faces: farther than this from everybody approved is a stranger.
    stranger_distance: int = 42
    # Three-element checks a day (local time), and what becomes of family phones.
    phone_checks_per_relative_day: int = 5
    phone_checks_per_number_day: int = 3
    phone_checks_per_site_day: int = 1000
    phone_recheck_days: int = 90
    family_phones_per_resident: int = 5
    quota: tuple[QuotaRule, ...] = DEFAULT_RULES

    @classmethod
    def of(cls, overrides: dict[str, Any]) -> "SiteRules":
        known = {one.name for one in fields(cls)}
        given = {name: value for name, value in overrides.items() if name in known}
        if "quota" in given:
            given["quota"] = tuple(QuotaRule.of(one) for one in given["quota"])
        return cls(**given)

    @property
    def visit_length(self) -> timedelta:
        return timedelta(minutes=self.minutes_per_visit)
