"""Frames that back up: the newest picture of a camera first, and somebody is told."""

import logging
from datetime import datetime

from sqlalchemy.orm import Session

from functions.monitor_hook.cameras import Camera, Shot
from shared import tickets
from shared.clients import storage
from shared.clock import in_shanghai, now
from shared.database import in_transaction
from shared.models.tickets import Severity
from shared.rules.frames import STALE_AFTER, is_of_the_future, is_stale

log = logging.getLogger("visits.frames")

MOST_BEHIND = 1000  # one page of COS's listing: an hour and more


def newest_instead(shot: Shot, camera: Camera) -> Shot | None:
    """What to look at in place of a late frame. None when a newer one was looked at, or none is fresh enough to warn
    of anybody."""
    if is_stale(shot.taken_at, now()):
        _report(camera=camera, taken_at=shot.taken_at)
    if camera.newest is not None and camera.newest > shot.taken_at:
        return None
    folder = shot.key.rpartition("/")[0] + "/"
    # Their names end in the second they were taken in, so COS's order is theirs.
    later = storage.keys(folder, limit=MOST_BEHIND, after=shot.key)
    shots = (Shot.of(one.key) for one in reversed(later))
    real = (one for one in shots if one and not is_of_the_future(one.taken_at, now()))
    newest = next(real, shot)
    return None if is_stale(newest.taken_at, now()) else newest


@in_transaction
def _report(session: Session, *, camera: Camera, taken_at: datetime) -> None:
    """One incident a site and hour: strangers would be noticed late."""
    lag_s = int((now() - taken_at).total_seconds())
    hour = in_shanghai(now()).strftime("%Y%m%d%H")
    log.warning("frame_stale", extra={"visit_id": camera.visit_id, "lag_s": lag_s})
    tickets.open_incident(
        session,
        site_id=camera.site_id,
        severity=Severity.II,
        source_key=f"frames_late:{camera.site_id}:{hour}",
        title="会见画面分析积压",
        text=f"画面到达分析时已过 {lag_s} 秒（上限 {int(STALE_AFTER.total_seconds())} 秒），已跳过过时画面、先看最新画面。"
        "积压期间预警会延迟，请民警加强值守，并检查函数并发与数据库负载。",
    )
