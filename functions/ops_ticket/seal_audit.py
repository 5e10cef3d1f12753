"""Timers: every hour the new audit rows are sealed; every night the newest seals are reckoned anew."""

from sqlalchemy.orm import Session

from shared import audit_chain, tickets
from shared.audit_chain import Verdict
from shared.database import in_transaction
from shared.models.tickets import Severity
from shared.sites import first_site

# About two months at a centre's pace, and minutes of work at a province's; the command line reckons them all.
SEALS_A_NIGHT = 1_500


def seal_audit() -> int:
    """How many seals were made."""
    return audit_chain.seal_audit()


def verify_audit() -> int:
    """How many seals are broken; one incident a broken state."""
    verdict = audit_chain.verify_audit(newest=SEALS_A_NIGHT)
    if verdict.broken:
        _report(verdict=verdict)
    return len(verdict.broken)


@in_transaction
def _report(session: Session, *, verdict: Verdict) -> None:
    site_id = first_site(session)
    if site_id is None:
        return
    tickets.open_incident(
        session,
        site_id=site_id,
        severity=Severity.I,
        source_key=f"audit-chain:{verdict.broken[0]}:{len(verdict.broken)}",
        title="审计记录与封存值不符",
        text="以下封存段的审计记录被改动、增加或删除，请保护现场并用备份比对："
        + "、".join(str(one) for one in verdict.broken),
    )
