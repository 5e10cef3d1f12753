"""HTTP route of `monitor_hook`: TRTC's callbacks."""

import logging
from typing import Any

from functions.monitor_hook import schemas
from functions.monitor_hook.receive_event import receive_event
from functions.monitor_hook.signature import require_recent, require_signature
from shared.http.access import checked_by
from shared.http.blueprint import Blueprint

api = Blueprint("monitor_hook", __name__, url_prefix="/monitor/v1")

log = logging.getLogger("visits.rooms")


@api.post("/trtc", responses={200: schemas.Accepted})
@checked_by("trtc", require_signature)
def post_trtc(body: schemas.RoomCallback) -> Any:
    require_recent(body.sent_ms)
    new = receive_event(group=body.group, event_type=body.type, info=body.info)
    log.info("room_event", extra={"event_type": body.type, "kind": "new" if new else "again"})
    return {"code": 0}
