"""Entry points of `phone_realname`."""

from functions.phone_realname.deliver_phones import deliver_phones
from functions.phone_realname.find_recordings import find_recordings, link_calls
from functions.phone_realname.phone_feed import revive_pushes
from functions.phone_realname.recheck_phones import recheck_phones
from functions.phone_realname.refuse_undecided import refuse_undecided
from functions.phone_realname.review_phones import sweep
from functions.phone_realname.routes import app
from functions.phone_realname.run_checks import run_checks
from shared import scf

JOBS = {
    "run-phone-checks": run_checks,
    "deliver-phones": deliver_phones,
    "recheck-phones": recheck_phones,
    "sweep-phones": sweep,
    "refuse-undecided-phones": refuse_undecided,
    "revive-phone-pushes": revive_pushes,
    "find-recordings": find_recordings,
    "link-calls": link_calls,
}

main = scf.by_shape(
    http=scf.http(app),
    timer=scf.timer(JOBS),
)
