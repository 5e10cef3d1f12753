"""Entry points of `booking`."""

from functions.booking.expire_requests import expire_requests
from functions.booking.routes import app
from shared import scf

JOBS = {"expire-requests": expire_requests}

main = scf.by_shape(
    http=scf.http(app),
    timer=scf.timer(JOBS),
)
