"""Pages by key: the place after which the next one begins, so that page 1,000 costs what the first one does."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import ColumnElement, and_, or_

from shared.errors import BadInput

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Place:
    """Newest first: what comes after it is older, or as old with a smaller id."""

    at: datetime
    id: str

    @classmethod
    def read(cls, text: str | None) -> "Place | None":
        """Raises BadInput for what `written` never wrote."""
        if text is None:
            return None
        ticks, _, row_id = text.partition("-")
        if not (ticks.isascii() and ticks.isdigit() and len(ticks) < 18 and row_id):
            raise BadInput.of("page_unknown", "before")
        return cls(_EPOCH + int(ticks) * _TICK, row_id)

    def written(self) -> str:
        return f"{(self.at - _EPOCH) // _TICK}-{self.id}"

    def after(self, at: Any, row_id: Any) -> ColumnElement[bool]:
        """The bound on `at` alone comes first: one range of the index, whatever the database makes of an OR."""
        return and_(at <= self.at, or_(at < self.at, row_id < self.id))
