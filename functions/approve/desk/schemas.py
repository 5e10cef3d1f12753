"""Requests and answers of the live desk."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from shared.http.fields import Answer, Body, Id, ReasonText
from shared.models.rooms import AlertKind, RecordingStatus, Side
from shared.models.visits import VisitStatus


class AlertAnswer(Answer):
    """`side`: whose picture; `acknowledged_why`: what an officer found, null until one has looked."""

    id: str
    kind: AlertKind
    side: Side
    count: int
    first_at: datetime
    last_at: datetime
    acknowledged_at: datetime | None
    acknowledged_why: str | None


class RoomPerson(Answer):
    """`user_id` is what TRTC calls them; the resident has no name here and begins with `res_`."""

    user_id: str
    name: str
    kinship: str
    in_room: bool
    muted: bool


class LiveVisit(Answer):
    """`faces_compared`: false where the face of one of the family is not known; then people are counted only."""

    id: str
    status: VisitStatus
    starts_at: datetime
    ends_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    seconds_left: int
    place: int
    terminal_name: str | None
    resident_name: str
    resident_number: str
    people: list[RoomPerson]
    people_in_room: int
    recording: RecordingStatus | None
    recording_id: str | None
    slicing: bool
    faces_compared: bool
    frames: int
    alerts: list[AlertAnswer]


class LiveDesk(Answer):
    visits: list[LiveVisit]


class Since(Body):
    """`since`: the `cursor` of the answer before; left out at the first time."""

    since: Annotated[int, Field(ge=0, le=2**53)] | None = None


class NewAlert(AlertAnswer):
    visit_id: str
    changed_at: datetime
    resident_name: str
    place: int


class OpenHelpCall(Answer):
    id: str
    terminal_name: str
    visit_id: str | None
    asked_at: datetime


class News(Answer):
    """Ask every 2 s with `cursor`. An alert may come more than once: it is new when its id or count is.
    `help_calls` are all that nobody has answered."""

    cursor: int
    alerts: list[NewAlert]
    help_calls: list[OpenHelpCall]


class AlertPath(Body):
    alert_id: Id


class HelpPath(Body):
    call_id: Id


class Warn(Body):
    """`text` is shown in the room, `reason` stays with us."""

    text: Annotated[str, StringConstraints(min_length=2, max_length=100)]
    reason: ReasonText


class Warned(Answer):
    id: str
    text: str
    sent_at: datetime


class Extend(Body):
    """延长正在进行的会见；累计不超过本所上限，也不能占用下一场会见的时间。"""

    minutes: Annotated[int, Field(ge=1, le=30)]
    reason: ReasonText


class Mute(Body):
    user_id: Annotated[str, StringConstraints(pattern=r"^(fam|res)_[0-9a-z]{26}$")]
    muted: bool
    reason: ReasonText


class DeskPass(Answer):
    """What the TRTC web SDK needs to enter the room; enter as audience to watch."""

    sdk_app_id: int
    room_id: str
    user_id: str
    user_sig: str
    private_map_key: str
    expires_in: int
