"""Entry points of `booking`."""

from functions.booking.end_suspensions import end_suspensions
from functions.booking.expire_requests import expire_requests
from functions.booking.mark_no_shows import mark_no_shows
from functions.booking.onsite.find_matches import find_matches
from functions.booking.onsite.offer_changes import offer_changes
from functions.booking.onsite.pull_records import pull_records
from functions.booking.onsite.push_offers import deliver_offers, revive_pushes
from functions.booking.refuse_undecided import refuse_undecided
from functions.booking.reject_unmatched import reject_unmatched
from functions.booking.remind_visits import remind_visits
from functions.booking.routes import app
from functions.booking.waiting.serve_list import serve_lists
from shared import scf
from shared.http.deliveries import forget_nonces

JOBS = {
    "expire-requests": expire_requests,
    "end-suspensions": end_suspensions,
    "reject-unmatched": reject_unmatched,
    "refuse-undecided": refuse_undecided,
    "pull-onsite": pull_records,
    "match-onsite": find_matches,
    "offer-onsite": offer_changes,
    "deliver-onsite": deliver_offers,
    "revive-onsite": revive_pushes,
    "remind-visits": remind_visits,
    "mark-no-shows": mark_no_shows,
    "forget-nonces": forget_nonces,
    "serve-waiting-lists": serve_lists,
}

main = scf.by_shape(
    http=scf.http(app),
    timer=scf.timer(JOBS),
)
