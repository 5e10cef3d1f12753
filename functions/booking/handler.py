"""Entry points of `booking`."""

from shared import scf
from shared.http.groups import Groups

routes = Groups(
    "booking",
    "functions.booking.account_routes",
    "functions.booking.routes",
    "functions.booking.waiting.routes",
    "functions.booking.privacy.routes",
    "functions.booking.onsite.routes",
)

JOBS = {
    "expire-requests": "functions.booking.expire_requests:expire_requests",
    "end-suspensions": "functions.booking.end_suspensions:end_suspensions",
    "reject-unmatched": "functions.booking.reject_unmatched:reject_unmatched",
    "pull-onsite": "functions.booking.onsite.pull_records:pull_records",
    "match-onsite": "functions.booking.onsite.find_matches:find_matches",
    "offer-onsite": "functions.booking.onsite.offer_changes:offer_changes",
    "deliver-onsite": "functions.booking.onsite.push_offers:deliver_offers",
    "revive-onsite": "functions.booking.onsite.push_offers:revive_pushes",
    "remind-visits": "functions.booking.remind_visits:remind_visits",
    "mark-no-shows": "functions.booking.mark_no_shows:mark_no_shows",
    "forget-nonces": "shared.http.deliveries:forget_nonces",
    "serve-waiting-lists": "functions.booking.waiting.serve_list:serve_lists",
    "refuse-undecided": "functions.booking.refuse_undecided:refuse_undecided",
}

main = scf.by_shape(
    http=scf.http(routes),
    timer=scf.timer(JOBS),
)
