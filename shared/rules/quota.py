"""How often a resident may have contact: pure, over a ledger of all three channels.

A rule counts some channels together within a calendar week or month (local time, Monday first): Guangdong's
"one of three a month" is one rule over all channels; the default is one remote visit a week and four a month.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from shared.clock import in_shanghai

# Far enough back and ahead for every period in which a bookable slot can lie.
WINDOW = timedelta(days=62)


class Channel(str, Enum):
    REMOTE = "remote"
    ONSITE = "onsite"
    PHONE = "phone"


class Period(str, Enum):
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class QuotaRule:
    """At most `count` contacts over `channels` in one `per`. `levels`: treatment levels it is for; empty: all."""

    channels: frozenset[Channel]
    per: Period
    count: int
    levels: frozenset[int] = frozenset()

    @classmethod
    def of(cls, given: dict[str, Any]) -> "QuotaRule":
        return cls(
            frozenset(Channel(one) for one in given["channels"]),
            Period(given["per"]),
            int(given["count"]),
            frozenset(given.get("levels", ())),
        )


DEFAULT_RULES = (
    QuotaRule(frozenset({Channel.REMOTE}), Period.WEEK, 1),
    QuotaRule(frozenset({Channel.REMOTE}), Period.MONTH, 4),
)


@dataclass(frozen=True)
class Entry:
    """A line of the ledger. `amount`: 1 uses, -1 gives back; an adjustment may be any number."""

    channel: Channel
    at: datetime
    amount: int


@dataclass(frozen=True)
class UsedUp:
    rule: QuotaRule
    again_at: datetime


def used_up(
    entries: Sequence[Entry],
    rules: Iterable[QuotaRule],
    *,
    channel: Channel,
    level: int,
    at: datetime,
) -> list[UsedUp]:
    """Every rule that leaves no room for one more contact over `channel` at that time, with its renewal."""
    return [
        UsedUp(rule, next_period(at, rule.per))
        for rule in rules
        if channel in rule.channels
        and (not rule.levels or level in rule.levels)
        and used(entries, rule, at) >= rule.count
    ]


def next_allowed(
    entries: Sequence[Entry],
    rules: Sequence[QuotaRule],
    *,
    channel: Channel,
    level: int,
    at: datetime,
) -> datetime:
    """The first moment from `at` on at which every rule leaves room; `at` itself when there is room now."""
    gone = used_up(entries, rules, channel=channel, level=level, at=at)
    # A rule of none at all never leaves room: one period on is answer enough.
    if not gone or all(one.rule.count < 1 for one in gone):
        return max((one.again_at for one in gone), default=at)
    later = max(one.again_at for one in gone)
    return next_allowed(entries, rules, channel=channel, level=level, at=later)


def used(entries: Iterable[Entry], rule: QuotaRule, at: datetime) -> int:
    period = period_of(at, rule.per)
    return sum(
        one.amount
        for one in entries
        if one.channel in rule.channels and period_of(one.at, rule.per) == period
    )


def period_of(moment: datetime, per: Period) -> tuple[int, int]:
    local = in_shanghai(moment)
    if per is Period.MONTH:
        return local.year, local.month
    year, week, _ = local.isocalendar()
    return year, week


def next_period(moment: datetime, per: Period) -> datetime:
    """Local midnight at which the next week or month begins."""
    day = in_shanghai(moment).replace(hour=0, minute=0, second=0, microsecond=0)
    if per is Period.WEEK:
        return day + timedelta(days=7 - day.weekday())
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
