"""JSON log lines: a constant event name and ids. Nothing else is ever printed, so nothing personal can be."""

import json
import logging
import sys

from shared import trace

# Only these may stand in a line; a new one is a decision about personal data.
FIELDS = (
    "request_id", "method", "route", "status", "ms", "error", "place", "kind", "visit_id",
    "ticket_id", "outbox_id", "recording_id", "event_type", "count", "tries", "code", "job",
)  # fmt: skip


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {"level": record.levelname, "event": record.msg, "logger": record.name}
        if (request_id := trace.current()) is not None:
            line["request_id"] = request_id
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        return json.dumps(line, ensure_ascii=False)


def install() -> None:
    """Idempotent: a warm instance builds its app once, a test many times."""
    root = logging.getLogger("visits")
    if root.handlers:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    root.propagate = False
