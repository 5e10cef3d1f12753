"""Entry points of `ops_ticket`."""

from functions.ops_ticket.audit_deadlines import audit_deadlines
from functions.ops_ticket.check_invariants import check_invariants
from functions.ops_ticket.deliver_outbox import deliver_outbox
from functions.ops_ticket.fire_deadlines import fire_deadlines
from functions.ops_ticket.routes import app
from functions.ops_ticket.seal_audit import seal_audit, verify_audit
from shared import scf

JOBS = {
    "audit-deadlines": audit_deadlines,
    "check-invariants": check_invariants,
    "deliver-outbox": deliver_outbox,
    "fire-deadlines": fire_deadlines,
    "seal-audit": seal_audit,
    "verify-audit": verify_audit,
}

main = scf.by_shape(
    http=scf.http(app),
    timer=scf.timer(JOBS),
)
