"""Entry points of `approve`."""

from functions.approve.remind_reviews import remind_reviews
from functions.approve.routes import app
from functions.approve.timetable.seat_flagged import seat_flagged
from functions.approve.timetable.templates import make_slots
from shared import scf

JOBS = {"make-slots": make_slots, "remind-reviews": remind_reviews, "seat-flagged": seat_flagged}

main = scf.by_shape(http=scf.http(app), timer=scf.timer(JOBS))
