"""A clock that tests and the journey can move forward; what they moved it to survives a kill."""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

from shared import clock


class MovableClock:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._ahead = timedelta(0)
        if file.exists():
            self._ahead = timedelta(seconds=json.loads(file.read_text())["ahead_s"])

    @property
    def moved(self) -> bool:
        return self._ahead > timedelta(0)

    def now(self) -> datetime:
        return clock.system_time() + self._ahead

    def move_to(self, moment: datetime) -> datetime:
        """Raises ValueError for a move back: nothing that runs on time survives that."""
        if moment < self.now():
            raise ValueError("the clock only moves forward")
        self._ahead = moment - clock.system_time()
        draft = self._file.with_suffix(".new")
        draft.write_text(json.dumps({"ahead_s": self._ahead.total_seconds()}))
        os.replace(draft, self._file)
        return self.now()
