"""Everything that was sent to somebody: one row a recipient."""

import json
from typing import Any

from . import moment
from .store import Store

CHANNELS = ("wechat", "wecom", "sms", "im")


def record(store: Store, channel: str, recipient: str, body: dict[str, Any]) -> None:
    with store.transaction() as db:
        db.execute(
            "INSERT INTO sent (channel, recipient, body, sent_at) VALUES (?, ?, ?, ?)",
            (channel, recipient, json.dumps(body, ensure_ascii=False), moment.iso()),
        )


def listed(store: Store, channel: str = "", to: str = "") -> list[dict[str, Any]]:
    """In the order of sending; empty arguments mean all."""
    rows = store.rows(
        "SELECT * FROM sent WHERE (? = '' OR channel = ?) AND (? = '' OR recipient = ?) ORDER BY id",
        channel, channel, to, to,
    )  # fmt: skip
    return [
        {
            "id": row["id"],
            "channel": row["channel"],
            "to": row["recipient"],
            "body": json.loads(row["body"]),
            "when": row["sent_at"],
        }
        for row in rows
    ]
