"""Entry points of `approve`."""

from functions.approve.routes import app
from functions.approve.timetable.templates import make_slots
from shared import scf

JOBS = {"make-slots": make_slots}

main = scf.by_shape(http=scf.http(app), timer=scf.timer(JOBS))
