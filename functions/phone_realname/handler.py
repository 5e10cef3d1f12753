"""Entry points of `phone_realname`."""

from shared import scf
from shared.http.groups import Groups

routes = Groups(
    "phone_realname",
    "functions.phone_realname.routes",
    "functions.phone_realname.desk_routes",
    "functions.phone_realname.feed_routes",
)

JOBS = {
    "run-phone-checks": "functions.phone_realname.run_checks:run_checks",
    "deliver-phones": "functions.phone_realname.deliver_phones:deliver_phones",
    "recheck-phones": "functions.phone_realname.recheck_phones:recheck_phones",
    "sweep-phones": "functions.phone_realname.review_phones:sweep",
    "revive-phone-pushes": "functions.phone_realname.phone_feed:revive_pushes",
    "find-recordings": "functions.phone_realname.find_recordings:find_recordings",
    "link-calls": "functions.phone_realname.find_recordings:link_calls",
    "refuse-undecided-phones": "functions.phone_realname.refuse_undecided:refuse_undecided",
}

main = scf.by_shape(
    http=scf.http(routes),
    timer=scf.timer(JOBS),
)
