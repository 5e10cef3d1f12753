"""Entry points of `monitor_hook`."""

from shared import scf
from shared.http.groups import Groups

routes = Groups(
    "monitor_hook",
    "functions.monitor_hook.routes",
)

JOBS = {
    "work-events": "functions.monitor_hook.work_events:work_events",
    "delete-old-frames": "functions.monitor_hook.delete_old_frames:delete_old_frames",
    "delete-old-recordings": "functions.monitor_hook.delete_old_recordings:delete_old_recordings",
    "warn-of-end": "functions.monitor_hook.warn_of_end:warn_of_end",
    "carry-out-commands": "functions.monitor_hook.carry_out_commands:carry_out_commands",
    "verify-recordings": "functions.monitor_hook.carry_out_commands:verify_recordings",
    "find-late-recordings": "functions.monitor_hook.find_late_recordings:find_late_recordings",
    "watch-robots": "functions.monitor_hook.watch_robots:watch_robots",
    "end-overdue-visits": "functions.monitor_hook.end_overdue_visits:end_overdue_visits",
}

main = scf.by_shape(
    http=scf.http(routes),
    timer=scf.timer(JOBS),
    cos=scf.cos("functions.monitor_hook.watch_frame:watch_frame"),
)
