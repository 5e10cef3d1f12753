"""One instance of monitor_hook's timers, until it is killed."""

import logging
import time

from functions.monitor_hook.carry_out_commands import carry_out_commands
from functions.monitor_hook.end_overdue_visits import end_overdue_visits
from functions.monitor_hook.find_late_recordings import find_late_recordings
from functions.monitor_hook.work_events import work_events
from tests.storm import hurried_clock

JOBS = (work_events, carry_out_commands, end_overdue_visits, find_late_recordings)
PAUSE_S = 0.05


def main() -> None:
    hurried_clock.use()
    logging.disable(logging.CRITICAL)
    while True:
        for job in JOBS:
            try:
                job()
            except Exception:
                continue
        time.sleep(PAUSE_S)


if __name__ == "__main__":
    main()
