"""How long faces are kept: rows, clips, pictures and templates go together, and nothing is forgotten in COS."""

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from functions.verify_face import delete_old_checks as deleting
from functions.verify_face import end_purposes as ending
from functions.verify_face import submit_check as submitting
from functions.verify_face.delete_old_checks import delete_old_checks
from local.sample_people import GUO
from shared import stored_faces
from shared.clients import storage
from shared.face_checks import evidence_prefix
from shared.models.faces import FaceCheck, FaceTemplate
from shared.models.people import Relationship, Relative, Resident, ResidentStatus
from shared.models.places import Site
from shared.models.tickets import Ticket
from shared.rules.job_periods import EVERY_S
from shared.rules.stored_faces import reached
from tests.integration.faces.engines import astronaut, card, clip
from tests.integration.faces.steps import Faces, codes
from tests.integration.problems import assert_problem
from tests.integration.world import World

OLD = "delete-old-face-checks"


def left_in_cos(check_id: str) -> list[str]:
    return [one.key for one in storage.keys(evidence_prefix(check_id), limit=20)]


def withdraw(world: World, token: str) -> None:
    body = {"purpose": "face", "confirmed": True}
    answer = world.post("/booking/v1/consents/withdraw", body, token=token)
    assert answer.status == 200, answer.text


def guo(world: World) -> Relative:
    return next(one for one in world.rows(Relative) if one.openid == GUO.openid)


@pytest.fixture
def passed(faces: Faces) -> str:
    faces.says("Success", 90.0)
    return str(faces.check(clip=clip(astronaut))["id"])


def test_after_the_retention_time_everything_is_gone(faces: Faces, passed: str) -> None:
    world = faces.world
    upload = faces.row(passed).clip_key
    world.clock.forward(days=179)
    world.timer("verify_face", OLD)
    assert len(world.rows(FaceTemplate)) == 3
    world.clock.forward(days=2)
    with ThreadPoolExecutor(2) as pool:  # two instances
        list(pool.map(lambda _: world.timer("verify_face", OLD), range(2)))
    assert (world.rows(FaceCheck), world.rows(FaceTemplate)) == ([], [])
    assert left_in_cos(passed) != []  # the outbox has not run yet
    world.deliver_messages()
    assert left_in_cos(passed) == []
    assert storage.head(upload) is None


def test_a_large_pile_goes_in_batches(faces: Faces, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        faces.start()
    faces.world.clock.forward(days=181)
    monkeypatch.setattr("functions.verify_face.delete_old_checks.BATCH", 2)
    assert [delete_old_checks() for _ in range(4)] == [2, 2, 1, 0]


@pytest.mark.parametrize(
    ("job", "find", "change", "name", "a_day"),
    [
        (deleting.delete_old_checks, "_old", "_delete", OLD, 30_000),
        (ending.end_purposes, "_without_purpose", "_erase", "end-face-purposes", 10_000),
    ],
)
def test_a_province_s_pile_goes_within_a_day(
    monkeypatch: pytest.MonkeyPatch,
    job: Callable[[], int],
    find: str,
    change: str,
    name: str,
    a_day: int,
) -> None:
    """10,000 visits a day, several checks each, a hundredth of a second for one: within the function's minute."""
    passed = [0.0]

    def slow(_: str) -> None:
        passed[0] += 0.01

    module = sys.modules[job.__module__]
    monkeypatch.setattr("shared.batches.time.monotonic", lambda: passed[0])
    monkeypatch.setattr(module, find, lambda: [str(one) for one in range(module.BATCH)])
    monkeypatch.setattr(module, change, slow)
    assert job() * (86_400 / EVERY_S[name]) > a_day
    assert passed[0] < 50


def test_cos_out_of_reach_forgets_nothing(faces: Faces, passed: str) -> None:
    faces.world.clock.forward(days=181)
    faces.world.timer("verify_face", OLD)
    faces.world.emulator.fail("cos.*", times=2)
    faces.world.deliver_messages()
    assert left_in_cos(passed) != []
    faces.world.clock.forward(minutes=2)
    faces.world.deliver_messages()
    assert left_in_cos(passed) == []


def test_a_withdrawn_consent_deletes_pictures_and_keeps_the_decision(
    faces: Faces, passed: str
) -> None:
    world = faces.world
    waiting = faces.in_review()
    withdraw(world, faces.token)
    world.deliver_messages()
    assert world.rows(FaceTemplate) == []
    assert left_in_cos(passed) + left_in_cos(waiting) == []
    shown = faces.show(waiting)
    assert (shown["status"], codes(shown)) == ("superseded", ["face_data_erased"])
    path = f"/approve/v1/face-checks/{passed}"
    kept = world.get(path, token=world.officer("sun")).json
    assert (kept["status"], kept["scores"]) == ("passed", {"similarity": 90.0})
    gone = world.get(f"{path}/pictures", token=world.officer("sun"))
    assert_problem(gone, 409, "face_pictures_gone")


def test_withdrawn_while_the_clip_is_being_judged(
    faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The verdict comes too late: nobody is enrolled, and the copies made meanwhile go too."""
    world = faces.world
    faces.says("Success", 90.0)
    started = faces.start()
    world.upload(started, clip(astronaut))
    decide = submitting.engines.decide

    def meanwhile(order: object) -> object:
        withdraw(world, faces.token)
        world.deliver_messages()
        return decide(order)  # type: ignore[arg-type]

    monkeypatch.setattr(submitting.engines, "decide", meanwhile)
    assert faces.submit(started["id"]).json["status"] == "superseded"
    assert world.rows(FaceTemplate) == []
    assert guo(world).face_checked_at is None
    world.deliver_messages()
    assert left_in_cos(started["id"]) == []


def test_the_same_person_gives_photo_and_face_again_after_a_withdrawal(faces: Faces) -> None:
    world = faces.world
    withdraw(world, faces.token)
    consent = {"purpose": "face", "version": "2026-11"}
    answer = world.post("/booking/v1/consents", {"consents": [consent]}, token=faces.token)
    assert answer.status == 200, answer.text
    upload = {"purpose": "id_photo", "content_type": "image/jpeg"}
    place = world.post("/booking/v1/uploads", upload, token=faces.token).json
    world.upload(place, card(astronaut))
    same = {"name": GUO.name, "id_number": GUO.id_number, "id_photo_key": place["key"]}
    other = {**same, "name": "另一个人"}
    refused = world.call("PUT", "/booking/v1/identity", other, token=faces.token)
    assert_problem(refused, 422, "identity_proven")
    assert world.call("PUT", "/booking/v1/identity", same, token=faces.token).status == 200
    faces.says("Success", 90.0)
    assert faces.check()["status"] == "passed"


def test_nobody_to_visit_any_more_nothing_to_keep(faces: Faces, passed: str) -> None:
    world = faces.world
    world.clock.forward(days=31)
    world.timer("verify_face", "end-face-purposes")
    assert len(world.rows(FaceTemplate)) == 3  # the tie stands
    tie = world.one(Relationship)
    resident = world.one(Resident, id=tie.resident_id)
    resident.status = ResidentStatus.RELEASED
    world.add(resident)
    for _ in range(2):
        world.timer("verify_face", "end-face-purposes")
    world.deliver_messages()
    assert world.rows(FaceTemplate) == []
    assert (guo(world).id_photo_key, left_in_cos(passed)) == (None, [])


def test_whoever_registers_now_is_left_alone(faces: Faces, passed: str) -> None:
    tie = faces.world.one(Relationship)
    resident = faces.world.one(Resident, id=tie.resident_id)
    resident.status = ResidentStatus.TRANSFERRED
    faces.world.add(resident)
    faces.world.timer("verify_face", "end-face-purposes")
    assert len(faces.world.rows(FaceTemplate)) == 3


def test_the_thresholds_of_the_filing_limit() -> None:
    assert [reached(one) for one in (0, 69_999, 70_000, 89_999, 90_000, 120_000)] == [
        [], [], [70], [70], [70, 90], [70, 90],
    ]  # fmt: skip


def test_stored_faces_are_counted_and_each_threshold_warns_once(
    faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = faces.world
    figures = world.get("/ops/v1/figures", token=world.officer("qian")).json
    photos = [one for one in world.rows(Relative) if one.id_photo_key is not None]
    assert figures == {
        "stored_faces": len(photos),
        "stored_faces_limit": 100_000,
        "stored_faces_reached": [],
        "frame_lag_s": None,
    }
    for stored, opened in ((69_999, 0), (70_000, 1), (75_000, 1), (90_000, 2), (99_000, 2)):
        monkeypatch.setattr(
            "functions.verify_face.count_faces.stored_faces", lambda _session, stored=stored: stored
        )
        for _ in range(2):
            world.timer("verify_face", "count-faces")
        assert len(world.rows(Ticket)) == opened * len(world.rows(Site))
    assert stored_faces.stored_faces  # the real one is what the figures above come from
