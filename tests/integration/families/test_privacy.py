"""A person's data: all of it in one copy, and nothing of it left after an erasure but what must be kept, nameless."""

import builtins
import getpass
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from functions.booking.privacy.__main__ import main
from functions.booking.privacy.inventory import ERASED, KEPT, OTHERS
from local import sample_data
from local.sample_people import BROTHER, GUO, SON
from shared.clients import storage
from shared.database import engine
from shared.ids import new_id
from shared.invariants import find_broken
from shared.models.base import SealedBytes, SealedText
from shared.models.every import Base
from shared.models.faces import FaceCheck, FaceCheckPurpose, FaceCheckStatus, FaceTemplate
from shared.models.people import Relative
from shared.models.phones import FamilyPhone, FamilyPhoneStatus
from shared.models.plumbing import AuditEvent
from shared.models.rooms import Alert, AlertKind, Frame
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitStatus
from shared.models.waiting import WaitingEntry
from shared.sealing import blind_index
from tests.integration.problems import assert_problem
from tests.integration.steps import add_checked_relative, book, open_slots, running, tie_of
from tests.integration.world import Answer, World

PHONE = "13900000055"
STRANGER = "openid-stranger"
MOST_OBJECTS = 100_000


@pytest.fixture
def world(world: World) -> Iterator[World]:
    """The emulated bucket outlives a test, and GUO's photo is in it."""
    yield world
    sample_data.prepare()


def guo(world: World) -> Relative:
    return world.one(Relative, openid_index=blind_index(GUO.openid, context="openid"))


def bucket() -> set[str]:
    return {one.key for one in storage.keys("", limit=MOST_OBJECTS)}


def ask(world: World, what: str, openid: str = GUO.openid, **more: Any) -> Answer:
    code = world.emulator.ask("/local/wechat/codes", {"openid": openid})["code"]
    path, body = f"/booking/v1/privacy/{what}", {"code": code, **more}
    return world.post(path, body, token=world.relative(GUO.openid))


def done(answer: Answer, status: int = 201) -> Any:
    assert answer.status == status, answer.text
    return answer.json


def live_a_life(world: World) -> set[str]:
    """Everything that a relative can leave behind; gives the keys of the pictures."""
    world.sign_in(GUO.openid)
    token, her, tie = world.relative(GUO.openid), guo(world), tie_of(world)
    slots = open_slots(world)
    add_checked_relative(world, STRANGER, "陈静", SON.number)
    done(book(world, slots[0], openid=STRANGER))
    waiting = {"relationship_id": tie, "slot_id": slots[0].id}
    done(world.post("/booking/v1/waiting-list", waiting, token=token))
    visit_id = done(book(world, slots[1], key="once"))["id"]
    test = {"camera": "ok", "microphone": "ok", "speaker": "ok", "delay_ms": 1, "loss_percent": 0}
    done(world.post(f"/booking/v1/visits/{visit_id}/device-test", test, token=token), 200)
    done(world.post("/booking/v1/companion-code", token=token), 200)
    proof = upload(world, token, "proof")
    other = {"resident_number": SON.number, "resident_name": SON.name, "kinship": "其他监护人"}
    done(world.post("/booking/v1/relationships", {**other, "proof_keys": [proof]}, token=token))
    nobody = {**other, "resident_name": "张三丰"}
    done(world.post("/booking/v1/relationships", nobody, token=token))
    by_hand = {"purpose": "face", "relationship_id": tie}
    done(world.post("/booking/v1/manual-checks", by_hand, token=token))
    ask_family_phone(world, token, tie)
    clip = have_a_face_check(world, her.id)
    frame = have_a_frame(world, visit_id)
    return {proof, upload(world, token, "id_photo"), clip, frame, str(her.id_photo_key)}


def upload(world: World, token: str, purpose: str) -> str:
    asked = {"purpose": purpose, "content_type": "image/jpeg"}
    place = done(world.post("/booking/v1/uploads", asked, token=token), 200)
    world.upload(place, b"\xff\xd8\xff picture")
    return str(place["key"])


def ask_family_phone(world: World, token: str, tie: str) -> None:
    person = {"name": GUO.name, "id_number": GUO.id_number, "phone": PHONE}
    world.emulator.ask("/local/people", person)
    body = {"relationship_id": tie, "number": PHONE, "kinship": "兄弟"}
    phone = done(world.post("/phone/v1/family-phones", body, token=token))
    path = f"/phone/v1/desk/family-phones/{phone['id']}/approve"
    done(world.post(path, {}, token=world.officer("zhao")), 200)


def have_a_face_check(world: World, relative_id: str) -> str:
    check = FaceCheck(
        id=new_id(),
        relative_id=relative_id,
        subject_id=relative_id,
        purpose=FaceCheckPurpose.REGISTRATION,
        status=FaceCheckStatus.PASSED,
        challenge=["blink"],
        expires_at=world.clock.now(),
        clip_key=f"clips/{relative_id}/{new_id()}.mp4",
        decided_at=world.clock.now(),
        evidence={"distance": 0.31},
    )
    vector = FaceTemplate(relative_id=relative_id, face_check_id=check.id, vector=b"\x01" * 512)
    world.add(check, vector)
    storage.write(check.clip_key, b"clip", "video/mp4")
    storage.write(f"face-checks/{check.id}/frame.jpg", b"frame", "image/jpeg")
    return check.clip_key


def have_a_frame(world: World, visit_id: str) -> str:
    key = f"frames/visit-{visit_id}/1.jpg"
    storage.write(key, b"frame", "image/jpeg")
    world.add(Frame(visit_id=visit_id, cos_key=key, taken_at=world.clock.now(), people=1, faces=[]))
    return key


def settle(world: World) -> None:
    """What follows an erasure: deletions, phones, and the uploads that were still allowed."""
    for _ in range(2):
        for _ in range(3):
            world.deliver_messages()
            world.timer("phone_realname", "deliver-phones")
        world.clock.forward(minutes=15)
    world.deliver_messages()


def stored() -> dict[str, str]:
    """All that stands in the tables, unsealed: by table, as text."""
    found: dict[str, str] = {}
    with Session(engine()) as session:
        for mapper in Base.registry.mappers:
            rows = session.scalars(select(mapper.class_)).all()
            names = [one.key for one in mapper.column_attrs]
            found[mapper.local_table.name] = "\n".join(  # type: ignore[attr-defined]
                repr([getattr(row, name) for name in names]) for row in rows
            )
    return found


def secrets() -> set[str]:
    plain = {GUO.name, GUO.id_number, GUO.phone, GUO.openid, PHONE}
    indexes = {
        repr(blind_index(value, context=context))
        for value in plain
        for context in ("openid", "id_number", "phone", "name")
    }
    counted = {blind_index(one, context="phone").hex() for one in (GUO.phone, PHONE)}
    return plain | indexes | counted


def left() -> dict[str, set[str]]:
    wanted = secrets()
    by_table = {name: {one for one in wanted if one in text} for name, text in stored().items()}
    return {name: found for name, found in by_table.items() if found}


def test_an_erasure_leaves_no_residue(world: World) -> None:
    others = bucket()  # of tests before this one
    keys = live_a_life(world)
    her = guo(world)
    assert {"relative", "outbox", "family_phone", "phone_check_count"} <= left().keys(), (
        "it was there"
    )
    assert_problem(ask(world, "erase"), 422, "erasure_effects")
    assert guo(world).name == GUO.name
    erased = done(ask(world, "erase", confirmed=True), 200)
    assert {one["what"] for one in erased["kept"]} == {one.what for one in KEPT.values()}
    late = f"proofs/{her.id}/late.jpg"  # by an address that was still good
    world.deliver_messages()
    storage.write(late, b"late", "image/jpeg")
    settle(world)
    assert left() == {}
    assert find_broken() == []
    note = f"erasures/{her.id}"  # what a restored backup must do again; the pseudonym is all of it
    hers = {key for key in bucket() - others if her.id in key}
    assert (bucket() & set(keys)) | hers <= {note}
    assert storage.read(note, limit=1) == b""
    assert not [key for key in bucket() - others if key.startswith("face-checks/")]
    where = {name for name, text in stored().items() if her.id in text}
    assert where <= ERASED.keys() | KEPT.keys() | {"visit_flag", "quota_entry", "slot"}
    assert world.one(AuditEvent, action="relative.erased").subject_id == her.id


def test_after_an_erasure_nothing_of_the_person_goes_on(world: World) -> None:
    live_a_life(world)
    her, token = guo(world), world.relative(GUO.openid)
    done(ask(world, "erase", confirmed=True), 200)
    assert world.get("/booking/v1/registration", token=token).status == 401
    visits = {one.requested_by: one.status for one in world.rows(Visit)}
    assert visits[her.id] is VisitStatus.CANCELLED
    slots = sorted(world.rows(Slot), key=lambda slot: slot.starts_at)
    assert [(one.taken, one.waiting) for one in slots[:2]] == [(1, 0), (0, 0)]
    assert world.rows(WaitingEntry) == []
    settle(world)
    assert {one.status for one in world.rows(FamilyPhone)} == {FamilyPhoneStatus.BLOCKED}
    again = world.sign_in(GUO.openid)
    seen = world.get("/booking/v1/registration", token=again).json
    assert (seen["done"], seen["relative_id"] == her.id) == ([], False)
    queue = world.get("/approve/v1/queue", token=world.officer("wang"))
    assert GUO.name not in queue.text


def test_no_erasure_during_a_visit_and_none_twice(world: World) -> None:
    running(world)
    assert_problem(ask(world, "erase", confirmed=True), 409, "erasure_during_visit")


def test_an_alert_keeps_its_picture_and_no_other(world: World) -> None:
    visit_id = running(world)
    first, second = have_a_frame(world, visit_id), f"frames/visit-{visit_id}/2.jpg"
    unseen = f"frames/{visit_id}/task/user/images/3.jpg"  # nobody looked at it: it has no row
    for key in (second, unseen):
        storage.write(key, b"frame", "image/jpeg")
    world.add(
        Frame(visit_id=visit_id, cos_key=second, taken_at=world.clock.now(), people=2, faces=[])
    )
    moment = world.clock.now()
    world.add(
        Alert(
            site_id=world.one(Visit).site_id,
            visit_id=visit_id,
            kind=AlertKind.EXTRA_PERSON,
            frame_key=second,
            first_at=moment,
            last_at=moment,
        )
    )
    world.clock.move_to(world.one(Visit).ends_at + timedelta(minutes=1))
    world.timer("monitor_hook", "end-overdue-visits")
    done(ask(world, "erase", confirmed=True), 200)
    world.timer("monitor_hook", "delete-old-frames")
    settle(world)
    assert storage.head(first) is None
    assert storage.head(unseen) is None
    assert storage.head(second) is not None


def test_a_copy_holds_all_of_it_for_the_person_alone(world: World) -> None:
    live_a_life(world)
    assert_problem(ask(world, "export", openid=STRANGER), 422, "wechat_other_account")
    copy = done(ask(world, "export"), 200)
    assert (copy["profile"]["name"], copy["profile"]["id_number"]) == (GUO.name, GUO.id_number)
    counts = {name: len(value) for name, value in copy.items() if isinstance(value, list)}
    assert counts == {
        "consents": 4,
        "relationships": 3,
        "visits": 1,
        "face_checks": 1,
        "phone_checks": 1,
        "family_phones": 1,
        "manual_checks": 1,
        "waiting_list": 1,
        "pictures": 3,
        "not_included": 5,
    }
    assert copy["visits"][0]["history"][0]["text"] == "提交了会见申请"
    others = {"陈静", SON.name, SON.number, BROTHER.name, BROTHER.number, "王警官", "赵警官"}
    assert not [word for word in others if word in json.dumps(copy, ensure_ascii=False)]
    pending = [one for one in copy["relationships"] if one["status"] == "pending"]
    assert len(pending) == 2, "a copy tells as little of who is a resident as the list"
    assert world.one(AuditEvent, action="relative.exported").actor_kind == "relative"


def test_an_administrator_does_it_by_command(
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(builtins, "input", lambda _: GUO.name)
    monkeypatch.setattr(getpass, "getpass", lambda _: GUO.id_number)
    out = tmp_path / "copy.json"
    asked = ["--reason", "本人到窗口申请"]
    assert main(["export", "--officer", "wang", *asked, "--out", str(out)]) == 1, "not his to do"
    assert main(["export", "--officer", "sun", *asked, "--out", str(out)]) == 0
    assert json.loads(out.read_text())["profile"]["phone"] == GUO.phone
    assert out.stat().st_mode & 0o077 == 0
    assert main(["erase", "--officer", "sun", *asked]) == 1
    assert "再次确认" in capsys.readouterr().err
    assert main(["erase", "--officer", "sun", *asked, "--confirm"]) == 0
    assert main(["erase", "--officer", "sun", *asked, "--confirm"]) == 1
    erased = world.one(AuditEvent, action="relative.erased")
    assert (erased.actor_kind, erased.reason) == ("officer", "本人到窗口申请")


def test_every_table_that_holds_something_personal_is_decided_upon() -> None:
    """A new one fails here until `inventory` says what an erasure does with it."""
    personal = {
        table.name
        for table in Base.metadata.sorted_tables
        if any(isinstance(one.type, SealedText | SealedBytes) for one in table.columns)
        or any(key.column.table.name == "relative" for key in table.foreign_keys)
    }
    assert personal - ERASED.keys() - KEPT.keys() - OTHERS == set()
    assert (ERASED.keys() | KEPT.keys() | OTHERS) <= set(Base.metadata.tables)


def test_the_document_names_every_table_and_everything_kept() -> None:
    text = (Path(__file__).parents[3] / "docs/zh/数据与隐私说明.md").read_text()
    assert [name for name in (*ERASED, *KEPT) if f"`{name}`" not in text] == []
