"""What is left of a resident's contacts, and when one may book again."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from functions.booking.booking_facts import Facts, read_facts
from functions.booking.list_slots import other_slots
from shared.clock import now
from shared.database import in_transaction
from shared.rules.quota import Channel, QuotaRule, next_period, used

NAMES = {Channel.REMOTE: "远程会见", Channel.ONSITE: "现场会见", Channel.PHONE: "亲情电话"}
PERIODS = {"week": "本周", "month": "本月"}


@in_transaction
def show_quota(session: Session, *, relative_id: str, relationship_id: str) -> dict[str, Any]:
    """`next_slots`: the first that could be booked now; empty when none is open in the booking range."""
    facts = read_facts(session, relative_id=relative_id, relationship_id=relationship_id)
    level = facts.row.treatment_level
    rules = [one for one in facts.rules.quota if not one.levels or level in one.levels]
    return {
        "rules": [_shown(rule, used(facts.ledger, rule, now())) for rule in rules],
        "next_slots": other_slots(session, facts),
        "book_again_at": _again(facts),
    }


def _again(facts: Facts) -> str | None:
    """None when one may book now."""
    first = now() + timedelta(days=facts.rules.book_days_ahead_min)
    again = facts.book_again_at(first)
    return again.isoformat() if again > first else None


def _shown(rule: QuotaRule, count: int) -> dict[str, Any]:
    renews: datetime = next_period(now(), rule.per)
    channels = "、".join(NAMES[one] for one in Channel if one in rule.channels)
    return {
        "text": f"{channels}：{PERIODS[rule.per.value]}可用 {rule.count} 次",
        "used": count,
        "left": max(0, rule.count - count),
        "renews_at": renews.isoformat(),
    }
