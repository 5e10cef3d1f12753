"""Entry points of `monitor_hook`."""

from functions.monitor_hook.carry_out_commands import carry_out_commands
from functions.monitor_hook.delete_old_recordings import delete_old_recordings
from functions.monitor_hook.end_overdue_visits import end_overdue_visits
from functions.monitor_hook.find_late_recordings import find_late_recordings
from functions.monitor_hook.routes import app
from functions.monitor_hook.warn_of_end import warn_of_end
from functions.monitor_hook.watch_frame import watch_frame
from functions.monitor_hook.work_events import work_events
from shared import scf

JOBS = {
    "work-events": work_events,
    "delete-old-recordings": delete_old_recordings,
    "warn-of-end": warn_of_end,
    "carry-out-commands": carry_out_commands,
    "find-late-recordings": find_late_recordings,
    "end-overdue-visits": end_overdue_visits,
}

main = scf.by_shape(
    http=scf.http(app),
    timer=scf.timer(JOBS),
    cos=scf.cos(watch_frame),
)
