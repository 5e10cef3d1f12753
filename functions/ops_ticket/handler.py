"""Entry points of `ops_ticket`."""

from shared import scf
from shared.http.groups import Groups

routes = Groups(
    "ops_ticket",
    "functions.ops_ticket.watch_routes",
    "functions.ops_ticket.routes",
    "functions.ops_ticket.duty.routes",
    "functions.ops_ticket.sla.routes",
    "functions.ops_ticket.knowledge.routes",
    "functions.ops_ticket.reports.routes",
    "functions.ops_ticket.registers.routes",
    "functions.ops_ticket.inspections.routes",
)

JOBS = {
    "audit-deadlines": "functions.ops_ticket.audit_deadlines:audit_deadlines",
    "check-calendar": "functions.ops_ticket.sla.check_calendar:check_calendar",
    "check-invariants": "functions.ops_ticket.check_invariants:check_invariants",
    "deliver-outbox": "functions.ops_ticket.deliver_outbox:deliver_outbox",
    "fire-deadlines": "functions.ops_ticket.fire_deadlines:fire_deadlines",
    "make-reports": "functions.ops_ticket.reports.make_missing:make_missing_reports",
    "plan-inspections": "functions.ops_ticket.inspections.plan_inspections:plan_inspections",
    "probe-services": "functions.ops_ticket.inspections.probe_services:probe_services",
    "watch-registers": "functions.ops_ticket.registers.watch_registers:watch_registers",
    "seal-audit": "functions.ops_ticket.seal_audit:seal_audit",
    "verify-audit": "functions.ops_ticket.seal_audit:verify_audit",
    "back-up": "functions.ops_ticket.backups.make_backup:make_backup",
    "clean-up": "functions.ops_ticket.clean_up:clean_up",
    "drill-restore": "functions.ops_ticket.backups.drill:drill",
    "report-dead-letters": "functions.ops_ticket.report_dead_letters:report_dead_letters",
    "watch-database": "functions.ops_ticket.watch_database:watch_database",
}

main = scf.by_shape(
    http=scf.http(routes),
    timer=scf.timer(JOBS),
)
