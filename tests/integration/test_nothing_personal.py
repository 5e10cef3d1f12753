"""A whole visit, and then nobody's name or number in the raw data, in a log line or in a message."""

import base64
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from local import sample_clips
from local.sample_people import BROTHER, GUO, LIN, OFFICERS, SON
from shared import logs
from shared.clients import storage
from shared.database import engine
from shared.logs import JsonLines
from shared.models.people import Relative
from shared.models.rooms import Alert, Frame, Recording, RecordingStatus
from shared.models.visits import Visit
from tests.integration.registration import check_face, register
from tests.integration.steps import book, enter_room, open_slots
from tests.integration.world import World

RELATIVES = {
    value
    for one in (LIN, GUO)
    for value in (one.name, one.id_number, one.phone, one.openid, one.name[1:])
}
RESIDENTS = {value for one in (SON, BROTHER) for value in (one.name, one.number, one.name[1:])}
STAFF = {one.name for one in OFFICERS}


class Lines(logging.Handler):
    """Every line of every logger, as it would be printed."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self._ours, self._others = JsonLines(), logging.Formatter()

    def emit(self, record: logging.LogRecord) -> None:
        ours = record.name.startswith("visits")
        self.text.append((self._ours if ours else self._others).format(record))


@pytest.fixture
def lines() -> Iterator[Lines]:
    logs.install()  # as the first app does; it leaves a logger alone that has handlers
    handler = Lines()
    loggers = [logging.getLogger(), logging.getLogger("visits")]
    for logger in loggers:
        logger.addHandler(handler)
    yield handler
    for logger in loggers:
        logger.removeHandler(handler)


def visit(world: World) -> None:
    """Registration, booking, check, visit with a stranger, end, recording; and things that go wrong on the way."""
    register(world, LIN, SON)
    slot = open_slots(world)[0]
    wrong = {"relationship_id": slot.id, "slot_id": LIN.id_number}
    assert world.post("/booking/v1/visits", wrong, token=world.relative(LIN.openid)).status == 422
    visit_id = book(world, slot, openid=LIN.openid, key="once").json["id"]
    assert book(world, slot).status == 422  # GUO comes second
    path = f"/approve/v1/visits/{visit_id}"
    world.get("/approve/v1/queue", token=world.officer("wang"))
    assert world.post(f"{path}/approve", token=world.officer("wang")).status == 200
    world.emulator.fail("wechat.message", "error", code="40003")
    world.deliver_messages()
    world.clock.move_to(world.one(Visit).starts_at)
    check_face(world, world.relative(LIN.openid), purpose="visit", visit_id=visit_id)
    user_id = enter_room(world, visit_id)
    world.deliver_callbacks()
    world.carry_out()
    show_a_stranger(world, visit_id, user_id)
    because = {"reason": "画面中出现未经审批的人员"}
    assert world.post(f"{path}/end", because, token=world.officer("wang")).status == 200
    for _ in range(2):
        world.carry_out()
        world.deliver_callbacks()
    world.deliver_messages()


def show_a_stranger(world: World, visit_id: str, user_id: str) -> None:
    people = [sample_clips.astronaut(), sample_clips.grace_hopper()]
    jpeg = base64.b64encode(sample_clips.room_frame(people)).decode()
    for _ in range(2):
        frame = {"user_id": user_id, "jpeg_base64": jpeg}
        world.emulator.ask(f"/local/trtc/rooms/visit-{visit_id}/frames", frame)
        assert world.deliver_cos_events() > 0


@pytest.mark.slow
def test_nothing_personal_is_written_in_the_open(
    world: World, lines: Lines, capfd: pytest.CaptureFixture[str]
) -> None:
    visit(world)
    assert len(world.rows(Frame)) == 2
    assert len(world.rows(Alert)) == 2
    assert world.one(Recording).status is RecordingStatus.PLAYABLE
    assert any(one.phone == LIN.phone for one in world.rows(Relative)), "it is there, sealed"

    printed = capfd.readouterr()
    logged = [*lines.text, *printed.out.splitlines(), *printed.err.splitlines()]
    assert len([line for line in lines.text if line.startswith("{")]) > 20
    assert found(logged, RELATIVES | RESIDENTS | STAFF) == set()

    wecom = [str(one["body"]) for one in world.emulator.sent("wecom")]
    wechat = [_without_receiver(one["body"]) for one in world.emulator.sent("wechat")]
    assert len(wecom) > 2
    assert len(wechat) > 1
    assert found([*wecom, *wechat], RELATIVES | RESIDENTS | STAFF) == set()

    stored = raw_data()
    assert found(stored, RELATIVES | RESIDENTS | STAFF) == set()
    keys = [one.key for one in storage.keys("", limit=1000)]
    assert found(keys, RELATIVES | RESIDENTS | STAFF) == set()


def _without_receiver(body: dict[str, object]) -> str:
    return str({name: value for name, value in body.items() if name != "touser"})


def raw_data() -> list[bytes]:
    """All bytes that whoever steals the database has: every column unopened, and SQLite's files."""
    rows = []
    with engine().connect() as connection:
        for table in inspect(engine()).get_table_names():
            for row in connection.execute(text(f"SELECT * FROM {table}")):
                rows.append(b"\0".join(_as_bytes(value) for value in row))
    if engine().dialect.name == "sqlite":
        file = Path(str(engine().url.database))
        rows += [one.read_bytes() for one in file.parent.glob(f"{file.name}*")]
    assert len(rows) > 50
    return rows


def _as_bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def found(texts: list[str] | list[bytes], secrets: set[str]) -> set[str]:
    """Those of `secrets` that stand somewhere: plain, in JSON's escapes, in UTF-16, hexadecimal or base64."""
    everything = b"\n".join(_as_bytes(one) for one in texts)
    return {secret for secret in secrets if any(one in everything for one in _spellings(secret))}


def _spellings(secret: str) -> list[bytes]:
    plain = secret.encode()
    return [
        plain,
        secret.encode("unicode_escape"),
        secret.encode("utf-16-le"),
        plain.hex().encode(),
        base64.b64encode(plain[: len(plain) // 3 * 3]),
    ]


def test_the_search_finds_what_is_there() -> None:
    """Otherwise the test above proves nothing."""
    for shape in ("{}", '{{"name": "{}"}}', "xx{}yy"):
        assert found([shape.format(LIN.phone)], {LIN.phone}) == {LIN.phone}
    assert found([b"\0" + LIN.name.encode()], {LIN.name}) == {LIN.name}
    assert found([LIN.name.encode("unicode_escape")], {LIN.name}) == {LIN.name}
    assert found([base64.b64encode(LIN.name.encode())], {LIN.name}) == {LIN.name}
    assert found(["nothing"], RELATIVES | RESIDENTS) == set()
