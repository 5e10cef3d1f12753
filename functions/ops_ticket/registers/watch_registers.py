"""Timer, daily: subscriptions that expire, run out or run dry; machines without protection; training that is near."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.ops_ticket.registers.antivirus import find_silent
from functions.ops_ticket.registers.subscriptions import balances, forecast, newest_readings
from shared import messages, tickets
from shared.batches import all_of, each
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.models.officers import Role
from shared.models.registers import Subscription, Training
from shared.models.tickets import Severity
from shared.rules.subscriptions import dry_on, dry_step, expiry_step, since_paid, use_step

TRAINING_DAYS = 3


def watch_registers() -> int:
    """How many tickets and reminders came of it."""
    return all_of(watch_subscriptions, find_silent, remind_trainings)


def watch_subscriptions() -> int:
    return each(_subscriptions(), lambda one: _watch(subscription_id=one))


@in_transaction
def _subscriptions(session: Session) -> list[str]:
    return list(session.scalars(select(Subscription.id).order_by(Subscription.id)))


@in_transaction
def _watch(session: Session, *, subscription_id: str) -> int:
    one, today = session.get_one(Subscription, subscription_id), in_shanghai(now()).date()
    return _expiry(session, one, today) + _use(session, one, today) + _balance(session, one, today)


def _expiry(session: Session, one: Subscription, today: date) -> bool:
    """Once a threshold; a renewal moves the day, and with it the key."""
    left = (one.expires_on - today).days
    step = expiry_step(left)
    if step is None:
        return False
    grade = Severity.II if step <= 3 else Severity.III if step <= 15 else Severity.IV
    said = f"还有 {left} 天到期" if left > 0 else "今天到期" if left == 0 else f"已到期 {-left} 天"
    opened = tickets.open_incident(
        session,
        site_id=one.site_id,
        severity=grade,
        source_key=f"subscription:{one.id}:{one.expires_on}:{step}",
        title="云资源即将到期",
        text=f"{one.name}（{one.owner}）{said}（{one.expires_on}），请续费；续费后在“云资源”中更新到期日。",
    )
    return opened is not None


def _use(session: Session, one: Subscription, today: date) -> bool:
    readings = newest_readings(session, one)
    used = next((r.used for r in reversed(readings) if r.used is not None), None)
    if used is None or not one.quota:
        return False
    step, day = use_step(used, one.quota), forecast(one, readings)
    early = day is not None and day < one.expires_on and day <= today + timedelta(days=30)
    if step is None and not early:
        return False
    until = f"，按近 30 天用量预计 {day} 用完" if day else ""
    opened = tickets.open_incident(
        session,
        site_id=one.site_id,
        severity=Severity.II if step == 95 else Severity.III,
        source_key=f"subscription:{one.id}:{one.expires_on}:use:{step or 'early'}",
        title="云资源用量预警",
        text=f"{one.name} 已用 {used:g}/{one.quota:g} {one.unit or ''}{until}。请增购或检查用量。",
    )
    return opened is not None


def _balance(session: Session, one: Subscription, today: date) -> bool:
    """Once a threshold; money that comes in begins them anew."""
    readings = balances(session, one)
    day = dry_on(readings)
    step = None if day is None else dry_step((day - today).days)
    if step is None:
        return False
    paid = since_paid(readings)
    opened = tickets.open_incident(
        session,
        site_id=one.site_id,
        severity=Severity.II if step <= 3 else Severity.III,
        source_key=f"subscription:{one.id}:balance:{paid[0][0]}:{step}",
        title="云账户余额不足",
        text=f"{one.name}（{one.owner}）账户余额 {paid[-1][1] / 100:.2f} 元（{paid[-1][0]}），按最近的消费预计 {day} 用完。"
        "欠费后服务会停止，请尽快充值，并在“云资源”中登记新的余额。",
    )
    return opened is not None


@in_transaction
def remind_trainings(session: Session) -> int:
    today = in_shanghai(now()).date()
    near = select(Training).where(
        Training.done_at.is_(None),
        Training.planned_on >= today,
        Training.planned_on <= today + timedelta(days=TRAINING_DAYS),
    )
    found = session.scalars(near).all()
    for one in found:
        messages.tell_staff(
            session,
            site_id=one.site_id,
            roles=[Role.OPS_ENGINEER, Role.OPS_LEAD, Role.SUPERVISOR],
            text=f"【培训提醒】{one.planned_on:%m月%d日}有一场培训，请登录后在“登记”中查看主题和地点。",
            dedupe_key=f"training:{one.id}:{one.planned_on}",
        )
    return len(found)
