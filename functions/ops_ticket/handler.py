"""Entry points of `ops_ticket`."""

from functions.ops_ticket.check_invariants import check_invariants
from functions.ops_ticket.deliver_outbox import deliver_outbox
from functions.ops_ticket.fire_deadlines import fire_deadlines
from functions.ops_ticket.routes import app
from shared import scf

JOBS = {
    "check-invariants": check_invariants,
    "fire-deadlines": fire_deadlines,
    "deliver-outbox": deliver_outbox,
}

main = scf.by_shape(
    http=scf.http(app),
    timer=scf.timer(JOBS),
)
