"""Three elements of a relative's own phone: name, ID number and number belong together [T24]."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.phone_realname import check_jobs
from shared.actors import Actor
from shared.clients import wechat
from shared.clients.errors import ProviderRefused, ProviderUnavailable
from shared.consents import require_consents
from shared.database import in_transaction
from shared.errors import BadInput, Refused, Unavailable
from shared.models.people import ConsentPurpose, Relative
from shared.models.phones import PhoneCheckJob, PhoneCheckJobStatus, PhoneCheckPurpose
from shared.reasons import REASONS
from shared.sites import site_of

SHOWN = 20


def check_phone(*, actor: Actor, phone_code: str) -> dict[str, Any]:
    """The check, done or waiting: what the provider cannot say now is asked again by a timer.

    Raises Refused with what does not match, TooMany with when to try again.
    """
    _require_ready(relative_id=actor.id)
    claim = _begin(actor=actor, number=_phone_number(phone_code))
    said = check_jobs.ask(claim)
    job = check_jobs.settle(actor=actor, claim=claim, said=said, tell=False)
    if job.status is PhoneCheckJobStatus.DONE and job.reason:
        raise Refused.of(job.reason)
    return shown(job)


@in_transaction
def list_checks(session: Session, *, relative_id: str) -> list[dict[str, Any]]:
    """The relative's own checks, the newest first."""
    mine = select(PhoneCheckJob).where(
        PhoneCheckJob.relative_id == relative_id,
        PhoneCheckJob.purpose == PhoneCheckPurpose.REGISTRATION,
    )
    newest: Sequence[PhoneCheckJob] = session.scalars(
        mine.order_by(PhoneCheckJob.created_at.desc()).limit(SHOWN)
    ).all()
    return [shown(job) for job in newest]


def shown(job: PhoneCheckJob) -> dict[str, Any]:
    waiting = job.status is PhoneCheckJobStatus.WAITING
    return {
        "id": job.id,
        "state": job.status,
        "result": job.result,
        "phone_tail": job.tail,
        "reason": REASONS[job.reason] if job.reason else None,
        "asked_at": job.created_at,
        "next_try_at": job.due_at if waiting else None,
    }


@in_transaction
def _require_ready(session: Session, *, relative_id: str) -> None:
    """Before WeChat is asked: its code is good for one use."""
    relative = session.get_one(Relative, relative_id)
    require_consents(session, relative_id, ConsentPurpose.PHONE)
    if relative.name is None or relative.id_number is None:
        raise Refused.of("identity_missing")


@in_transaction
def _begin(session: Session, *, actor: Actor, number: str) -> check_jobs.Claim:
    session.get_one(Relative, actor.id, with_for_update=True)
    wanted = PhoneCheckJob(
        purpose=PhoneCheckPurpose.REGISTRATION,
        relative_id=actor.id,
        site_id=site_of(session, actor.id),
    )
    claim = check_jobs.take(session, check_jobs.open_job(session, wanted, number=number))
    if claim is None:
        raise Refused.of("identity_missing")
    return claim


def _phone_number(code: str) -> str:
    try:
        return wechat.phone_number(code)
    except ProviderRefused as error:
        raise BadInput.of("phone_code_false", "phone_code") from error
    except ProviderUnavailable as error:
        raise Unavailable.of("try_later") from error
