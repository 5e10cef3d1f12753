"""A check is a job: taken for a minute, asked of the provider, settled once.

Before the provider is asked, the try stands in the ledger and the job is taken by moving its due time. Whoever then
dies leaves a job that is due again and a ledger line without an answer. The effect is written only by who still
holds the present try, so it happens once; the provider may hear the question twice.
"""

import logging
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.phone_realname import check_effects, daily_limits
from functions.phone_realname.daily_limits import Spender
from shared import tickets
from shared.actors import Actor
from shared.clients import faceid
from shared.clients.errors import ProviderError, ProviderRefused
from shared.clock import now
from shared.consents import missing_consents
from shared.database import in_transaction
from shared.models.people import ConsentPurpose, Relative
from shared.models.phones import (
    FamilyPhone,
    PhoneCheck,
    PhoneCheckJob,
    PhoneCheckJobStatus,
    PhoneCheckPurpose,
)
from shared.models.tickets import Severity
from shared.rules.phone_results import UNKNOWN, Meaning, meaning
from shared.rules.phone_retries import is_hopeless, next_try

log = logging.getLogger("visits.phones")

LEASE = timedelta(seconds=60)  # longer than the function may run
UNANSWERED = "unanswered"
TRIES_BEFORE_ALARM = 3


@dataclass(frozen=True)
class Elements:
    name: str = field(repr=False)
    id_number: str = field(repr=False)
    phone: str = field(repr=False)
    own: bool


@dataclass(frozen=True)
class Claim:
    """One try of one job. `elements` are what was asked about: they may change while the provider thinks."""

    job_id: str
    tries: int
    check_id: str
    day: date
    elements: Elements
    asked_in: str | None  # the request that wanted the check


@dataclass(frozen=True)
class Said:
    """What the provider said; `billed` None when it said nothing."""

    means: Meaning
    code: str
    billed: bool | None
    detail: str | None = None
    request_id: str | None = None


def open_job(session: Session, job: PhoneCheckJob, *, number: str) -> PhoneCheckJob:
    """Add `job`, due at once; one that waits for the same thing is dropped.

    The caller holds the lock of what is checked (the relative or the family phone).
    """
    subject = job.family_phone_id or job.relative_id
    job.open_key = f"{'phone' if job.family_phone_id else 'relative'}:{subject}"
    standing = select(PhoneCheckJob).where(PhoneCheckJob.open_key == job.open_key)
    for older in session.scalars(standing.with_for_update()):
        close(older, PhoneCheckJobStatus.DROPPED)
    session.flush()  # the key must be free before the new job takes it
    job.number, job.tail, job.due_at, job.tries = number, number[-4:], now(), 0
    session.add(job)
    session.flush()
    return job


def take(session: Session, job: PhoneCheckJob) -> Claim | None:
    """None when there is nothing to check any more. Raises TooMany when today's checks are used up."""
    elements = _elements(session, job)
    if elements is None:
        close(job, PhoneCheckJobStatus.DROPPED)
        return None
    daily_limits.use(session, _spender(job, elements.phone))
    job.tries += 1
    job.due_at = now() + LEASE
    line = PhoneCheck(
        job_id=job.id,
        site_id=job.site_id,
        relative_id=job.relative_id,
        purpose=job.purpose,
        provider_code=UNANSWERED,
        billed=None,
    )
    session.add(line)
    session.flush()
    return Claim(job.id, job.tries, line.id, daily_limits.today(), elements, job.request_id)


def ask(claim: Claim) -> Said:
    """Ask the provider. Never inside a transaction: it may take seconds."""
    wanted = claim.elements
    try:
        answer = faceid.verify_phone(
            name=wanted.name, id_number=wanted.id_number, phone=wanted.phone
        )
    except ProviderError as error:
        log.warning("phone_check_failed", extra={"code": error.code, "tries": claim.tries})
        # A clear no was not billed; of a silence nobody knows.
        return Said(UNKNOWN, error.code, False if isinstance(error, ProviderRefused) else None)
    means = meaning(answer.result_code, answer.detail, own=wanted.own)
    return Said(means, answer.result_code, means.billed, answer.detail, answer.request_id)


@in_transaction
def settle(
    session: Session, *, actor: Actor, claim: Claim, said: Said, tell: bool
) -> PhoneCheckJob:
    """Write the answer and, once, what follows from it. `tell`: the family is not here to see it."""
    _write_line(session, claim, said)
    job = session.get_one(PhoneCheckJob, claim.job_id)
    check_effects.lock_subject(session, job)
    session.refresh(job, with_for_update=True)
    if job.status is not PhoneCheckJobStatus.WAITING or job.tries != claim.tries:
        return job  # another try was settled, or the relative asked for another number
    if said.means.try_again_later:
        _again(session, actor, job, claim, said, tell)
    elif _elements(session, job) != claim.elements:
        # Name or number changed while we asked: the answer is about somebody else.
        job.due_at = now()
    else:
        job.result, job.reason = said.means.result, said.means.reason
        check_effects.apply(session, actor, job, elements_phone=claim.elements.phone, tell=tell)
        close(job, PhoneCheckJobStatus.DONE)
    return job


def close(job: PhoneCheckJob, status: PhoneCheckJobStatus) -> None:
    """The number is not kept longer than it is needed for asking."""
    job.status, job.done_at, job.open_key, job.number = status, now(), None, None


def _again(
    session: Session, actor: Actor, job: PhoneCheckJob, claim: Claim, said: Said, tell: bool
) -> None:
    # Also after a silence: an outage must not use up a family's tries. What it may have cost stands in the ledger.
    if said.billed is not True:
        daily_limits.give_back(session, _spender(job, claim.elements.phone), claim.day)
    job.reason = said.means.reason
    if is_hopeless(since=job.created_at, moment=now()):
        check_effects.give_up(session, actor, job, tell=tell)
        close(job, PhoneCheckJobStatus.GIVEN_UP)
    else:
        job.due_at = next_try(now(), tries=job.tries, next_day=said.means.next_day)
    if job.tries >= TRIES_BEFORE_ALARM and not said.means.next_day:
        _alarm(session, job, said)


def _alarm(session: Session, job: PhoneCheckJob, said: Said) -> None:
    """One incident a site and day: the provider is down, or our account with it is."""
    if job.site_id is not None:
        tickets.open_incident(
            session,
            site_id=job.site_id,
            severity=Severity.II,
            source_key=f"phone_checks_fail:{job.site_id}:{daily_limits.today()}",
            title="手机号实名核验持续失败",
            text=f"核验机构连续未给出结果，最近一次返回码 {said.code}。申请已保存，恢复后自动继续。"
            "请核对网络、账户余额与密钥。",
        )


def _write_line(session: Session, claim: Claim, said: Said) -> None:
    line = session.get_one(PhoneCheck, claim.check_id)
    line.result, line.provider_code, line.detail = said.means.result, said.code, said.detail
    line.billed, line.request_id, line.answered_at = said.billed, said.request_id, now()


def _spender(job: PhoneCheckJob, number: str) -> Spender:
    # What a timer asks by itself must not use up the relative's own tries.
    relative = None if job.purpose is PhoneCheckPurpose.RECHECK else job.relative_id
    return Spender(job.site_id, relative, number)


def _elements(session: Session, job: PhoneCheckJob) -> Elements | None:
    """None when what was to be checked is no longer there, or no longer consented to."""
    if job.family_phone_id is not None:
        return _of_phone(session, job.family_phone_id)
    if job.relative_id is None or job.number is None:
        return None
    return _of_relative(session, job.relative_id, job.number)


def _of_phone(session: Session, phone_id: str) -> Elements | None:
    phone = session.get_one(FamilyPhone, phone_id)
    if phone.status not in check_effects.CHECKABLE:
        return None
    if phone.owner_name and phone.owner_id_number:
        return Elements(phone.owner_name, phone.owner_id_number, phone.number, own=False)
    return _of_relative(session, phone.relative_id, phone.number) if phone.relative_id else None


def _of_relative(session: Session, relative_id: str, number: str) -> Elements | None:
    relative = session.get_one(Relative, relative_id)
    if ConsentPurpose.PHONE in missing_consents(session, relative_id):
        return None
    if relative.name is None or relative.id_number is None:
        return None
    return Elements(relative.name, relative.id_number, number, own=True)
