"""Entry points of `booking`."""

from functions.booking.end_suspensions import end_suspensions
from functions.booking.expire_requests import expire_requests
from functions.booking.reject_unmatched import reject_unmatched
from functions.booking.routes import app
from shared import scf

JOBS = {
    "expire-requests": expire_requests,
    "end-suspensions": end_suspensions,
    "reject-unmatched": reject_unmatched,
}

main = scf.by_shape(
    http=scf.http(app),
    timer=scf.timer(JOBS),
)
