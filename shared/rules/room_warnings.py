"""What is said in the room before it closes, and when: pure."""

from datetime import datetime, timedelta

WARN_MINUTES = (5, 1)
TEXT = "会见将在 {minutes} 分钟后结束，请抓紧时间道别。"


def warnings_due(closes_at: datetime, moment: datetime) -> list[tuple[int, datetime, str]]:
    """Those whose time has come: minutes, when, text. None for a room that is closed already."""
    if moment >= closes_at:
        return []
    return [
        (minutes, at, TEXT.format(minutes=minutes))
        for minutes in WARN_MINUTES
        if (at := closes_at - timedelta(minutes=minutes)) <= moment
    ]
