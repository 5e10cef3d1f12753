"""What TRTC told of a visit's films: where they stand, and when they were taken."""

from sqlalchemy.orm import Session

from functions.monitor_hook.room_facts import state_of
from shared import room_commands
from shared.clients import trtc_keys
from shared.clock import now
from shared.models.visits import ROOM_PREFIX, Visit
from shared.rules.film_times import FilmTimes, believed
from shared.settings import settings


def key_of(visit_id: str, task_id: str, file_name: str) -> str | None:
    """The key is made anew from what we know: a name is only believed in its number, never as a path. Whether it
    carries the prefix is not documented."""
    parsed = trtc_keys.parse_recording_key(f"x/{file_name.rpartition('/')[2]}")
    if parsed is None or parsed.room_id != f"{ROOM_PREFIX}{visit_id}" or "/" in task_id:
        return None
    sdk_app_id = settings().trtc_sdk_app_id
    return trtc_keys.recording_key(
        prefix_of(visit_id), task_id, sdk_app_id, parsed.room_id, parsed.index
    )


def prefix_of(visit_id: str) -> tuple[str, str]:
    return (room_commands.RECORDINGS, visit_id)


def times_of(session: Session, visit: Visit) -> dict[str, FilmTimes]:
    """By key, of those that were told of and can be."""
    begins, closes = visit.started_at or visit.starts_at, visit.closes_at
    found = {}
    for (task_id, name), said_ms in state_of(session, visit.id).film_ms.items():
        key = key_of(visit.id, task_id, name)
        times = believed(said_ms, begins=begins, closes=closes, moment=now())
        if key is not None and times is not None:
            found[key] = times
    return found
