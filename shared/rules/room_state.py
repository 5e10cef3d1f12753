"""What happened in a visit's room, told by its events alone (TRTC's, and what we found out ourselves): a pure function of
them, in whatever order they came.

So it can be told again at any time (`python -m functions.monitor_hook.rebuild VISIT`), and two deliveries, a late one
or another order change nothing. Event types: cloud-facts 1.2 to 1.4; what is not understood is counted.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

FAMILY, RESIDENT, OBSERVER, ROBOTS = "fam_", "res_", "obs_", ("rec_", "cut_")
OURS, ROOM, MEDIA, RECORDING, SLICING = 0, 1, 2, 3, 10
# Of our own group: a page says that it is in the room; TRTC, asked for a robot, says that it is gone.
PRESENT, ROBOT_GONE = 1, 2
TIMED_OUT, FORCED = 2, 5
MAX_IDLE_S = 300  # a robot leaves a room that was empty for so long, and stays away
NOBODY_LEFT = 99
SENDING = {201: "video", 203: "audio", 205: "screen"}
SILENT = {202: "video", 204: "audio", 206: "screen"}


@dataclass(frozen=True)
class RoomFact:
    """One event. `info` is EventInfo as it came; `order` breaks the tie of two in the same millisecond."""

    group: int
    type: int
    at_ms: int
    order: str
    info: Mapping[str, Any] = field(default_factory=dict)

    @property
    def user(self) -> str:
        return str(self.info.get("UserId", ""))

    @property
    def task(self) -> str:
        return str(self.info.get("TaskId", ""))

    @property
    def payload(self) -> Mapping[str, Any]:
        given = self.info.get("Payload")
        return given if isinstance(given, dict) else {}

    def number(self, name: str) -> int | None:
        """From the payload or beside it; the vendor's examples are lax with types."""
        given = self.payload.get(name, self.info.get(name))
        try:
            return int(given) if given is not None else None
        except (TypeError, ValueError, OverflowError):
            return None


@dataclass
class Person:
    first_ms: int
    last_ms: int
    inside: bool = False
    entries: int = 0
    left_reason: int | None = None
    left_ms: int | None = None
    sends: list[str] = field(default_factory=list)


@dataclass
class Task:
    """A recording or slicing robot. `leave_code` is None while it works, as far as was told."""

    kind: str
    first_ms: int
    failed: bool = False
    stopped: bool = False
    leave_code: int | None = None
    uploaded: bool = False


@dataclass
class RoomState:
    """Moments in epoch ms. `files`: names of finished MP4s by task; `film_ms`: when each was taken, from and to, as
    told; `problems`: codes, each once."""

    opened_ms: int | None = None
    dismissed_ms: int | None = None
    empty_ms: int | None = None
    people: dict[str, Person] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    film_ms: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    hls_files: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    events: int = 0
    others: int = 0

    def live_tasks(self, kind: str) -> list[str]:
        return [
            number
            for number, one in self.tasks.items()
            if one.kind == kind and not one.failed and not one.stopped
        ]

    def ended_tasks(self, kind: str) -> list[str]:
        live = self.live_tasks(kind)
        return [n for n, one in self.tasks.items() if one.kind == kind and n not in live]

    def inside(self) -> list[str]:
        return sorted(user for user, one in self.people.items() if one.inside)

    def note_empty(self, at_ms: int) -> None:
        if not self.inside():
            self.empty_ms = at_ms

    def note_return(self, at_ms: int) -> None:
        """Somebody comes: robots that were alone for too long have left, whether or not that was told."""
        if self.inside() or self.empty_ms is None:
            return
        for number in [*self.live_tasks("record"), *self.live_tasks("slice")]:
            task = self.tasks[number]
            if at_ms - max(self.empty_ms, task.first_ms) > MAX_IDLE_S * 1000:
                task.stopped, task.leave_code = True, NOBODY_LEFT

    def as_json(self) -> dict[str, Any]:
        """What is kept: in the shape that older versions wrote, who run beside this one, so without `film_ms`."""
        return {name: kept for name, kept in asdict(self).items() if name != "film_ms"}


def fold(facts: Iterable[RoomFact]) -> RoomState:
    """The room's state after all of `facts`, which may come in any order."""
    state = RoomState()
    for fact in sorted(facts, key=lambda one: (one.at_ms, one.group, one.type, one.order)):
        state.events += 1
        effect = EFFECTS.get((fact.group, fact.type))
        if effect is None:
            state.others += 1
        else:
            effect(state, fact)
    return state


# --- people (groups 1 and 2) ---------------------------------------------------------------------


def _seen(state: RoomState, fact: RoomFact) -> Person | None:
    """Any sign of the family opens the room: the event that should have done it may be lost. The resident may wait
    for a family that never comes, and an officer only looks in."""
    if fact.user.startswith(ROBOTS):
        return None
    if state.opened_ms is None and not fact.user.startswith((RESIDENT, OBSERVER)):
        state.opened_ms = fact.at_ms
    if not fact.user:
        return None
    person = state.people.setdefault(fact.user, Person(fact.at_ms, fact.at_ms))
    person.last_ms = fact.at_ms
    return person


def _created(state: RoomState, fact: RoomFact) -> None:
    _seen(state, fact)


def _entered(state: RoomState, fact: RoomFact) -> None:
    person = _seen(state, fact)
    if person is not None:
        person.entries += 0 if person.inside else 1
        _is_in(state, person, fact.at_ms)


def _is_in(state: RoomState, person: Person, at_ms: int) -> None:
    state.note_return(at_ms)
    person.inside, person.left_reason, person.left_ms = True, None, None


def _sends(state: RoomState, fact: RoomFact) -> None:
    """Who sends is inside, whether or not the entering was told."""
    person = _seen(state, fact)
    if person is not None:
        _is_in(state, person, fact.at_ms)
        person.sends = sorted({*person.sends, SENDING[fact.type]})


def _present(state: RoomState, fact: RoomFact) -> None:
    """Our own knowledge, for when all of TRTC's events about a person were lost."""
    person = _seen(state, fact)
    if person is not None and not person.entries:
        _is_in(state, person, fact.at_ms)


def _silent(state: RoomState, fact: RoomFact) -> None:
    person = _seen(state, fact)
    if person is not None:
        person.sends = [one for one in person.sends if one != SILENT[fact.type]]


def _left(state: RoomState, fact: RoomFact) -> None:
    person = _seen(state, fact)
    if person is not None:
        person.inside, person.sends = False, []
        person.left_reason, person.left_ms = fact.number("Reason"), fact.at_ms
        state.note_empty(fact.at_ms)


def _dismissed(state: RoomState, fact: RoomFact) -> None:
    state.dismissed_ms = fact.at_ms
    for person in state.people.values():
        person.inside, person.sends = False, []
    state.note_empty(fact.at_ms)


# --- robots (groups 3 and 10) --------------------------------------------------------------------


def _task(state: RoomState, fact: RoomFact) -> Task:
    kind = "record" if fact.group == RECORDING else "slice"
    return state.tasks.setdefault(fact.task, Task(kind, fact.at_ms))


def _robot_started(state: RoomState, fact: RoomFact) -> None:
    task = _task(state, fact)
    if fact.number("Status") not in (0, None):
        task.failed = True
        _problem(state, f"{task.kind}_start_failed")


def _robot_stopped(state: RoomState, fact: RoomFact) -> None:
    task = _task(state, fact)
    task.stopped, task.leave_code = True, fact.number("LeaveCode")


def _robot_gone(state: RoomState, fact: RoomFact) -> None:
    """Found by asking: the event that should have told is lost, perhaps that of its start too."""
    task = state.tasks.setdefault(fact.task, Task(str(fact.info.get("Kind")), fact.at_ms))
    if not task.stopped:
        task.stopped = True
        _problem(state, f"{task.kind}_robot_gone")


def _uploading(state: RoomState, fact: RoomFact) -> None:
    task = _task(state, fact)
    if fact.number("Status") not in (0, None):
        _problem(state, f"{task.kind}_upload_refused")


def _uploaded(state: RoomState, fact: RoomFact) -> None:
    """LeaveCode 1: some left on the server, 2: those have come after all. The full example has Status instead."""
    task = _task(state, fact)
    task.uploaded = True
    code = fact.number("LeaveCode")
    if code == 1 or fact.number("Status") not in (0, None):
        _problem(state, f"{task.kind}_upload_incomplete")


def _went_over(state: RoomState, fact: RoomFact) -> None:
    _problem(state, f"{_task(state, fact).kind}_failover")


def _upload_error(state: RoomState, fact: RoomFact) -> None:
    _problem(state, f"{_task(state, fact).kind}_upload_error")


def _picture_error(state: RoomState, _fact: RoomFact) -> None:
    _problem(state, "download_image_error")


def _films(state: RoomState, fact: RoomFact) -> None:
    """310 may come several times a task, with the rest of the files."""
    task = _task(state, fact)
    if fact.number("Status") not in (0, None):
        _problem(state, "record_files_incomplete")
    named = {one for one in _texts(fact.payload.get("FileList")) if one}
    messages = fact.payload.get("FileMessage")
    for one in messages if isinstance(messages, list) else []:
        if isinstance(one, dict) and one.get("FileName"):
            named.add(name := str(one["FileName"]))
            _taken(state, (fact.task, name), one)
    if named:
        state.files[fact.task] = sorted({*state.files.get(fact.task, []), *named})
        task.uploaded = True


def _taken(state: RoomState, film: tuple[str, str], told: Mapping[str, Any]) -> None:
    with suppress(KeyError, TypeError, ValueError, OverflowError):
        state.film_ms[film] = int(told["StartTimeStamp"]), int(told["EndTimeStamp"])


def _stream_files(state: RoomState, fact: RoomFact) -> None:
    """HLS: FileList is text or a list (304), FileName a single slice (307)."""
    _task(state, fact)
    named = [*_texts(fact.payload.get("FileList")), *_texts(fact.payload.get("FileName"))]
    state.hls_files = sorted({*state.hls_files, *(one for one in named if one)})


def _vod(state: RoomState, fact: RoomFact) -> None:
    _task(state, fact)
    if fact.number("Status") not in (0, None):
        _problem(state, "vod_failed")


def _noted(state: RoomState, fact: RoomFact) -> None:
    _task(state, fact)


def _known(_state: RoomState, _fact: RoomFact) -> None:
    """Understood, and nothing follows: a change of role, what moderation says."""


def _texts(given: object) -> list[str]:
    if isinstance(given, str):
        return [given]
    return [str(one) for one in given] if isinstance(given, list) else []


def _problem(state: RoomState, code: str) -> None:
    state.problems = sorted({*state.problems, code})


EFFECTS: dict[tuple[int, int], Callable[[RoomState, RoomFact], None]] = {
    (OURS, PRESENT): _present,
    (OURS, ROBOT_GONE): _robot_gone,
    (ROOM, 101): _created,
    (ROOM, 102): _dismissed,
    (ROOM, 103): _entered,
    (ROOM, 104): _left,
    (ROOM, 105): _known,
    **{(MEDIA, kind): _sends for kind in SENDING},
    **{(MEDIA, kind): _silent for kind in SILENT},
    (RECORDING, 301): _robot_started,
    (RECORDING, 302): _robot_stopped,
    (RECORDING, 303): _uploading,
    (RECORDING, 304): _stream_files,
    (RECORDING, 305): _uploaded,
    (RECORDING, 306): _went_over,
    (RECORDING, 307): _stream_files,
    (RECORDING, 308): _upload_error,
    (RECORDING, 309): _picture_error,
    (RECORDING, 310): _films,
    (RECORDING, 311): _vod,
    (RECORDING, 312): _vod,
    (SLICING, 1001): _robot_started,
    (SLICING, 1002): _robot_stopped,
    (SLICING, 1003): _uploading,
    (SLICING, 1004): _noted,
    (SLICING, 1005): _uploaded,
    (SLICING, 1006): _upload_error,
    **{(11, kind): _known for kind in (1101, 1102, 1103, 1104, 1105, 1106)},
}
