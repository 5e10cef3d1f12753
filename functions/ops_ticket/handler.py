"""Entry points of `ops_ticket`."""

from functions.ops_ticket.fire_deadlines import fire_deadlines
from functions.ops_ticket.routes import app
from shared import messages, scf

JOBS = {"fire-deadlines": fire_deadlines, "deliver-messages": messages.deliver}

main = scf.by_shape(
    http=scf.http(app),
    timer=scf.timer(JOBS),
)
