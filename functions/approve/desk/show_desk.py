"""The live desk: visits now and next, who is in the room, what was seen there."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from functions.approve.desk.presence import present
from functions.approve.queue.items import names
from shared import capacity, scope
from shared.actors import Actor
from shared.clock import now, seconds_until
from shared.database import in_transaction
from shared.models.people import Resident
from shared.models.rooms import Alert, Frame, Recording, RecordingStatus, RoomMute
from shared.models.visits import Visit, VisitStatus
from shared.room_passes import FAMILY, RESIDENT
from shared.stored_faces import enrolled

AROUND_NOW = timedelta(hours=12)
JUST_OVER = timedelta(minutes=30)
OPEN = (VisitStatus.APPROVED, VisitStatus.IN_PROGRESS)
ENDED = (VisitStatus.COMPLETED, VisitStatus.TERMINATED, VisitStatus.NO_SHOW)
# Of a visit with several films that which an officer must know of.
WORST_FIRST = (
    RecordingStatus.LOST,
    RecordingStatus.EXPECTED,
    RecordingStatus.PLAYABLE,
    RecordingStatus.DELETED,
)


@in_transaction
def show_live_desk(session: Session, *, actor: Actor) -> list[dict[str, Any]]:
    """Visits that run, come within hours, or have just ended."""
    moment = now()
    near = Visit.starts_at.between(moment - AROUND_NOW, moment + AROUND_NOW)
    open_or_just_over = Visit.status.in_(OPEN) | (
        Visit.status.in_(ENDED) & (Visit.ended_at > moment - JUST_OVER)
    )
    query = (
        select(Visit)
        .join(Resident, Resident.id == Visit.resident_id)
        .where(Visit.site_id == actor.site_id, near, open_or_just_over)
        .order_by(Visit.starts_at, Visit.place)
    )
    return shown(session, actor, session.scalars(scope.of_residents(actor, query)).all())


@in_transaction
def show_visit(session: Session, *, actor: Actor, visit_id: str) -> dict[str, Any]:
    return shown(session, actor, [scope.one(session, actor, Visit, visit_id)])[0]


def shown(session: Session, actor: Actor, visits: Sequence[Visit]) -> list[dict[str, Any]]:
    """Each with its room. The visits are within the actor's scope."""
    ids = [one.id for one in visits]
    assert actor.site_id is not None
    family = {part.relative_id for one in visits for part in one.participants}
    rooms, known = _Rooms(session, ids), enrolled(session, family)
    terminals = capacity.seats(session, actor.site_id, visits)
    residents = select(Resident).where(Resident.id.in_([one.resident_id for one in visits]))
    by_id = {one.id: one for one in session.scalars(residents)}
    named = names(session, family)
    return [
        {
            **rooms.of(one, named),
            "resident_name": by_id[one.resident_id].name,
            "resident_number": by_id[one.resident_id].number,
            "faces_compared": {part.relative_id for part in one.participants} <= known,
            "terminal_name": terminals[one.id].name if one.id in terminals else None,
        }
        for one in visits
    ]


class _Rooms:
    """What stands beside the visits, read in one go for all of them."""

    def __init__(self, session: Session, ids: list[str]) -> None:
        self.inside = present(session, ids)
        self.alerts: dict[str, list[Alert]] = defaultdict(list)
        for alert in session.scalars(
            select(Alert).where(Alert.visit_id.in_(ids)).order_by(Alert.first_at)
        ):
            self.alerts[alert.visit_id].append(alert)
        mutes = select(RoomMute.visit_id, RoomMute.user_id).where(
            RoomMute.visit_id.in_(ids), RoomMute.lifted_at.is_(None)
        )
        self.muted = {(visit_id, user_id) for visit_id, user_id in session.execute(mutes)}
        frames = select(Frame.visit_id, func.count()).where(Frame.visit_id.in_(ids))
        self.frames: dict[str, int] = dict(
            session.execute(frames.group_by(Frame.visit_id)).tuples().all()
        )
        self.films: dict[str | None, list[Any]] = defaultdict(list)
        films = select(Recording.visit_id, Recording.status, Recording.id)
        films = films.where(Recording.visit_id.in_(ids))
        for film in session.execute(films.order_by(Recording.starts_at, Recording.id)):
            self.films[film.visit_id].append(film)

    def of(self, visit: Visit, named: dict[str, str]) -> dict[str, Any]:
        fields = ("id", "status", "starts_at", "ends_at", "started_at", "ended_at", "place")
        films = self.films[visit.id]
        worst = min((one.status for one in films), key=WORST_FIRST.index, default=None)
        first = min(films, key=lambda one: one.status is not RecordingStatus.PLAYABLE, default=None)
        people = self._people(visit, named)
        return {
            **{name: getattr(visit, name) for name in fields},
            "seconds_left": max(0, seconds_until(visit.closes_at)),
            "recording": worst,
            "recording_id": first.id if first else None,
            "slicing": visit.slicing_task_id is not None,
            "frames": self.frames.get(visit.id, 0),
            "alerts": self.alerts[visit.id],
            "people": people,
            "people_in_room": sum(one["in_room"] for one in people),
        }

    def _people(self, visit: Visit, named: dict[str, str]) -> list[dict[str, Any]]:
        family = [
            (f"{FAMILY}{one.relative_id}", named[one.relative_id], one.kinship)
            for one in visit.family
        ]
        resident = (f"{RESIDENT}{visit.resident_id}", "", "戒毒人员")
        return [
            {
                "user_id": user_id,
                "name": name,
                "kinship": kinship,
                "in_room": user_id in self.inside[visit.id],
                "muted": (visit.id, user_id) in self.muted,
            }
            for user_id, name, kinship in (*family, resident)
        ]
