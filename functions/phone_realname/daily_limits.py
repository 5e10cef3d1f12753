"""How many checks one relative, one number and one site may use a day.

Each count is a row that is raised only while it is below its limit: of two checks at once, one gets the last.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.clock import chinese, in_shanghai, now
from shared.database import compare_and_set
from shared.errors import TooMany
from shared.models.phones import PhoneCheckCount
from shared.models.places import Site
from shared.rules.phone_retries import next_local_day
from shared.rules.site_rules import SiteRules
from shared.sealing import blind_index


@dataclass(frozen=True)
class Spender:
    """Whom a check is counted to. `number` itself is never stored: its blind index is."""

    site_id: str | None
    relative_id: str | None
    number: str


def use(session: Session, spender: Spender) -> None:
    """One check of today's. Raises TooMany with when to try again; the transaction must then roll back."""
    rules = _rules(session, spender.site_id)
    limits = {
        "phone_checks_number": rules.phone_checks_per_number_day,
        "phone_checks_relative": rules.phone_checks_per_relative_day,
        "phone_checks_site": _for_site(rules.phone_checks_per_site_day, spender),
    }
    # Always in this order: two transactions that raise the same rows must not wait for each other.
    for code, subject in _subjects(spender).items():
        if not _raise(session, subject, limits[code]):
            again = next_local_day(now())
            details = {"again_at": again.isoformat()}
            raise TooMany(TooMany.of(code, again=chinese(again)).reasons, details)


def _for_site(limit: int, spender: Spender) -> int:
    """What a timer asks by itself leaves a fifth for people who wait for an answer."""
    return limit if spender.relative_id is not None else limit * 4 // 5


def give_back(session: Session, spender: Spender, day: date) -> None:
    """A check that the provider did not make counts for nobody."""
    for subject in _subjects(spender).values():
        session.execute(
            update(PhoneCheckCount)
            .where(PhoneCheckCount.day == day, PhoneCheckCount.subject == subject)
            .where(PhoneCheckCount.used > 0)
            .values(used=PhoneCheckCount.used - 1)
        )


def today() -> date:
    return in_shanghai(now()).date()


def _subjects(spender: Spender) -> dict[str, str]:
    number = blind_index(spender.number, context="phone").hex()
    found = {"phone_checks_number": f"number:{number}"}
    if spender.relative_id is not None:
        found["phone_checks_relative"] = f"relative:{spender.relative_id}"
    return {**found, "phone_checks_site": f"site:{spender.site_id or 'none'}"}


def _raise(session: Session, subject: str, limit: int) -> bool:
    _ensure(session, subject)
    below = update(PhoneCheckCount).where(
        PhoneCheckCount.day == today(),
        PhoneCheckCount.subject == subject,
        PhoneCheckCount.used < limit,
    )
    return compare_and_set(session, below.values(used=PhoneCheckCount.used + 1))


def _ensure(session: Session, subject: str) -> None:
    if session.get(PhoneCheckCount, (today(), subject)) is not None:
        return
    try:
        with session.begin_nested():
            session.execute(insert(PhoneCheckCount).values(day=today(), subject=subject, used=0))
    except IntegrityError:
        return  # another check made it meanwhile


def _rules(session: Session, site_id: str | None) -> SiteRules:
    return SiteRules.of(session.get_one(Site, site_id).rules if site_id else {})
