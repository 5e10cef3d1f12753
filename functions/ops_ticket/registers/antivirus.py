"""What the anti-virus console says of each machine [T14], by a signed call; an infected or silent one opens a ticket."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import tickets
from shared.actors import Actor
from shared.batches import each
from shared.clock import chinese, now
from shared.database import in_transaction
from shared.models.places import Site
from shared.models.registers import AntivirusMachine, AntivirusState
from shared.models.tickets import Severity

SILENT_AFTER = timedelta(hours=24)
OLD_AFTER = timedelta(days=7)


@dataclass(frozen=True)
class Said:
    machine: str
    state: AntivirusState
    threats: int
    definitions_on: date


@in_transaction
def take_states(session: Session, *, system: Actor, said: Sequence[Said]) -> int:
    """How many tickets were opened: one for each time a machine becomes infected or unprotected."""
    assert system.site_id is not None
    # One console at a time: two that bring the same new machine would both add it.
    session.get_one(Site, system.site_id, with_for_update=True)
    mine = select(AntivirusMachine).where(AntivirusMachine.site_id == system.site_id)
    known = {one.machine: one for one in session.scalars(mine)}
    return sum(_store(session, system.site_id, known, one) for one in said)


def _store(session: Session, site_id: str, known: dict[str, AntivirusMachine], said: Said) -> bool:
    stored = known.get(said.machine)
    if stored is None:
        stored = known[said.machine] = AntivirusMachine(
            site_id=site_id, machine=said.machine, state=AntivirusState.PROTECTED, since=now()
        )
    turned = stored.state is not said.state
    stored.since = now() if turned else stored.since
    stored.state, stored.threats = said.state, said.threats
    stored.definitions_on, stored.reported_at = said.definitions_on, now()
    session.add(stored)
    session.flush()
    return turned and said.state is not AntivirusState.PROTECTED and _open(session, stored)


def _open(session: Session, machine: AntivirusMachine) -> bool:
    infected = machine.state is AntivirusState.INFECTED
    opened = tickets.open_incident(
        session,
        site_id=machine.site_id,
        severity=Severity.II if infected else Severity.III,
        source_key=f"antivirus:{machine.id}:{machine.since:%Y%m%d%H%M%S}",
        title=f"病毒防护异常：{'发现病毒' if infected else '防护已关闭'}",
        text=f"机器 {machine.machine}，威胁 {machine.threats} 个，病毒库日期 {machine.definitions_on}。请隔离并查杀后恢复防护。",
    )
    return opened is not None


def find_silent() -> int:
    """Machines of which nothing was heard for a day, or whose definitions are a week old: one ticket each time."""
    return each(_stale(), lambda one: _open_stale(machine_id=one))


@in_transaction
def _stale(session: Session) -> list[str]:
    old = AntivirusMachine.definitions_on < (now() - OLD_AFTER).date()
    quiet = AntivirusMachine.reported_at < now() - SILENT_AFTER
    return list(session.scalars(select(AntivirusMachine.id).where(quiet | old)))


@in_transaction
def _open_stale(session: Session, *, machine_id: str) -> bool:
    machine = session.get_one(AntivirusMachine, machine_id)
    quiet = machine.reported_at < now() - SILENT_AFTER
    what = f"silent:{machine.reported_at:%Y%m%d%H%M}" if quiet else f"old:{machine.definitions_on}"
    opened = tickets.open_incident(
        session,
        site_id=machine.site_id,
        severity=Severity.IV,
        source_key=f"antivirus:{machine.id}:{what}",
        title=f"病毒防护异常：{'机器失联超过 24 小时' if quiet else '病毒库超过 7 天未更新'}",
        text=f"机器 {machine.machine}，最近上报 {chinese(machine.reported_at)}，病毒库日期 {machine.definitions_on}。",
    )
    return opened is not None


@in_transaction
def list_machines(session: Session, *, actor: Actor) -> Sequence[AntivirusMachine]:
    """What needs somebody comes first."""
    mine = select(AntivirusMachine).where(AntivirusMachine.site_id == actor.site_id)
    protected = AntivirusMachine.state == AntivirusState.PROTECTED
    return session.scalars(mine.order_by(protected, AntivirusMachine.machine).limit(500)).all()
