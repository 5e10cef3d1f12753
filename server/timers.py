"""The timers of serverless.yml where no SCF runs them: `python -m server.timers`. Two may run at once, as on SCF."""

import signal
from importlib import import_module
from typing import Any

from apscheduler.schedulers.blocking import BlockingScheduler

from server import triggers
from shared.clock import SHANGHAI


def call(function: str, name: str) -> None:
    handler = import_module(f"functions.{function}.handler").main
    handler({"Type": "Timer", "TriggerName": name, "Time": "", "Message": ""}, None)


def main() -> None:
    scheduler: Any = BlockingScheduler(timezone=SHANGHAI)
    for one in triggers.timers():
        scheduler.add_job(
            call, one.schedule(), args=[one.function, one.name], max_instances=1, coalesce=True
        )
    signal.signal(signal.SIGTERM, lambda *_: scheduler.shutdown(wait=False))
    scheduler.start()


if __name__ == "__main__":
    main()
