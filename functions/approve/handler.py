"""Entry points of `approve`."""

from shared import scf
from shared.http.groups import Groups

routes = Groups(
    "approve",
    "functions.approve.session.routes",
    "functions.approve.queue.routes",
    "functions.approve.desk.routes",
    "functions.approve.timetable.routes",
    "functions.approve.routes",
    "functions.approve.face.routes",
    "functions.approve.platform.routes",
    "functions.approve.terminals.routes",
    "functions.approve.administration.routes",
    "functions.approve.page",
)

JOBS = {
    "make-slots": "functions.approve.timetable.templates:make_slots",
    "remind-reviews": "functions.approve.remind_reviews:remind_reviews",
    "seat-flagged": "functions.approve.timetable.seat_flagged:seat_flagged",
}

main = scf.by_shape(http=scf.http(routes), timer=scf.timer(JOBS))
