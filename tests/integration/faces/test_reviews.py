"""An officer decides where no machine should: both pictures, once, within the scope, and on record."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from local.sample_people import GUO, LIN
from shared.ids import new_id
from shared.models.faces import FaceCheckStatus, FaceTemplate
from shared.models.officers import Officer, OfficerRole, OfficerWard, Role
from shared.models.people import Relationship, RelationshipStatus, Relative, Resident
from shared.models.places import Site, Ward
from shared.models.plumbing import AuditEvent
from shared.models.visits import Visit
from tests.integration.faces.engines import astronaut, card, clip
from tests.integration.faces.steps import Faces, codes
from tests.integration.problems import assert_problem
from tests.integration.registration import give_consents
from tests.integration.steps import approved
from tests.integration.world import World


def queue(world: World, officer: str = "wang") -> list[dict[str, Any]]:
    answer = world.get("/approve/v1/queue", token=world.officer(officer))
    assert answer.status == 200, answer.text
    return [one for one in answer.json["items"] if one["kind"] == "face_review"]


def guo(world: World) -> Relative:
    return next(one for one in world.rows(Relative) if one.openid == GUO.openid)


def not_checked(world: World) -> None:
    relative = guo(world)
    relative.face_checked_at = None
    world.add(relative)


def add_officer(world: World, username: str, site_id: str, role: Role, ward: str = "") -> None:
    officer = Officer(id=new_id(), site_id=site_id, name="另一位", username=username)
    rows: list[Any] = [officer, OfficerRole(officer_id=officer.id, role=role)]
    world.add(*rows, *([OfficerWard(officer_id=officer.id, ward_id=ward)] if ward else []))


def test_an_officer_sees_both_pictures_and_approves(faces: Faces) -> None:
    world = faces.world
    not_checked(world)
    check_id = faces.in_review(clip=clip(astronaut))
    (item,) = queue(world)
    assert (item["id"], item["relative_name"]) == (check_id, GUO.name)
    path = f"/approve/v1/face-checks/{check_id}/pictures"
    pictures = world.get(path, token=world.officer("wang")).json
    for one in (pictures["id_photo"], pictures["clip"], *pictures["frames"]):
        assert requests.get(one["url"], timeout=10).status_code == 200
    side_by_side = world.get(
        f"/approve/v1/queue/face_review/{check_id}/pictures", token=world.officer("wang")
    ).json["pictures"]
    labels = [one["label"] for one in side_by_side]
    assert labels == ["证件照片", "核验画面 1", "核验画面 2", "核验画面 3"]
    for one in side_by_side:
        assert requests.get(one["url"], timeout=10).content[:2] == b"\xff\xd8"
    assert world.rows(FaceTemplate) == []

    answer = faces.decide(check_id, True)
    assert (answer.status, answer.json["status"]) == (200, "passed")
    assert guo(world).face_checked_at is not None
    assert len(world.rows(FaceTemplate)) == 3
    assert queue(world) == []
    assert faces.show(check_id)["status"] == "passed"
    actions = [one.action for one in world.rows(AuditEvent, subject_id=check_id)]
    assert actions == [
        "face_check.started",
        "face_check.review",
        "face_check.pictures_read",
        "pictures.read",
        "face_review.passed",
    ]
    world.deliver_messages()
    assert len(world.emulator.sent("wechat", GUO.openid)) == 1


def test_a_refusal_leaves_nothing_and_is_told(faces: Faces) -> None:
    world = faces.world
    not_checked(world)
    check_id = faces.in_review(clip=clip(astronaut))
    assert faces.decide(check_id, False).json["status"] == "refused"
    row = faces.row(check_id)
    assert (row.enrolment, row.decision_reason) == (None, "与证件照片逐项核对")
    assert (guo(world).face_checked_at, world.rows(FaceTemplate)) == (None, [])
    world.deliver_messages()
    (told,) = world.emulator.sent("wechat", GUO.openid)
    assert "核验未通过" in str(told["body"])


@pytest.mark.parametrize("second", [True, False])
def test_two_officers_decide_once(faces: Faces, second: bool) -> None:
    check_id = faces.in_review()
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(lambda pair: faces.decide(check_id, *pair), [(True, "wang"), (second, "sun")])
        )
    assert sorted(one.status for one in answers) == [200, 409]
    lost = next(one for one in answers if one.status == 409)
    assert lost.codes == ["face_review_over"]
    assert (
        len(faces.world.rows(AuditEvent, subject_kind="face_check", action="face_review.passed"))
        <= 1
    )


def test_a_pass_at_a_second_try_needs_no_officer_any_more(faces: Faces) -> None:
    check_id = faces.in_review()
    faces.says("Success", 90.0)
    assert faces.check()["status"] == "passed"
    assert queue(faces.world) == []
    assert faces.show(check_id)["status"] == "superseded"
    assert_problem(faces.decide(check_id, False), 409, "face_review_over")


def test_only_who_may_see_the_tie_may_see_the_faces(faces: Faces) -> None:
    """Another site, another ward, operations staff: it does not exist, or is not allowed."""
    world, check_id = faces.world, faces.in_review()
    other_site = Site(id=new_id(), name="另一所", rules={})
    world.add(other_site)
    site = next(one for one in world.rows(Site) if one.id != other_site.id)
    resident = next(
        one for one in world.rows(Resident) if one.id == world.rows(Relationship)[0].resident_id
    )
    foreign = next(one for one in world.rows(Ward) if one.id != resident.ward_id)
    add_officer(world, "far", other_site.id, Role.SUPERVISOR)
    add_officer(world, "ward", site.id, Role.WARD_OFFICER, foreign.id)
    add_officer(world, "own", site.id, Role.WARD_OFFICER, resident.ward_id)
    base = f"/approve/v1/face-checks/{check_id}"
    for name in ("far", "ward"):
        assert queue(world, name) == []
        for path in (base, f"{base}/pictures"):
            assert_problem(world.get(path, token=world.officer(name)), 404, "not_found")
        assert_problem(faces.decide(check_id, True, name), 404, "not_found")
    for path in (base, f"{base}/pictures"):
        assert_problem(world.get(path, token=world.officer("qian")), 403, "not_allowed")
    assert len(queue(world, "own")) == 1
    assert faces.decide(check_id, True, "own").status == 200


def test_a_registration_waits_for_the_tie_and_then_stands_in_the_queue(faces: Faces) -> None:
    """The face comes before the relationship: until then no centre is concerned."""
    world = faces.world
    token = world.sign_in(LIN.openid)
    give_consents(world, token)
    upload = {"purpose": "id_photo", "content_type": "image/jpeg"}
    place = world.post("/booking/v1/uploads", upload, token=token).json
    world.upload(place, card(astronaut))
    identity = {"name": LIN.name, "id_number": LIN.id_number, "id_photo_key": place["key"]}
    assert world.call("PUT", "/booking/v1/identity", identity, token=token).status == 200
    faces.says("Success", 65.0)
    checked = faces.check(token=token)
    assert (checked["status"], queue(world)) == ("review", [])
    resident = world.rows(Resident)[0]
    tie = {
        "resident_number": resident.number,
        "resident_name": resident.name,
        "kinship": "母亲",
    }
    assert world.post("/booking/v1/relationships", tie, token=token).status == 201
    (item,) = queue(world)
    assert (item["id"], item["kinship"]) == (checked["id"], "母亲")
    assert faces.decide(checked["id"], True).status == 200


def test_a_check_before_a_visit_is_urgent_and_dies_with_the_visit(faces: Faces) -> None:
    world = faces.world
    visit_id = approved(world)
    world.deliver_messages()
    check_id = faces.in_review(purpose="visit", visit_id=visit_id)
    world.deliver_messages()
    assert any("人脸复核" in str(one["body"]) for one in world.emulator.sent("wecom"))
    registration = faces.in_review()
    assert [one["id"] for one in queue(world)] == [check_id, registration]
    assert queue(world)[0]["starts_at"] is not None
    assert faces.decide(check_id, True).status == 200
    (mine,) = world.one(Visit, id=visit_id).participants
    assert mine.face_checked_at is not None
    second = faces.in_review(purpose="visit", visit_id=visit_id)
    cancelled = world.post(f"/booking/v1/visits/{visit_id}/cancel", token=faces.token)
    assert cancelled.status == 200, cancelled.text
    assert second not in [one["id"] for one in queue(world)]


def test_a_rejected_tie_explains_but_decides_nothing(faces: Faces) -> None:
    check_id = faces.in_review()
    tie = faces.world.one(Relationship)
    tie.status = RelationshipStatus.REJECTED
    faces.world.add(tie)
    assert queue(faces.world) == []
    assert_problem(faces.decide(check_id, True), 404, "not_found")
    path = f"/approve/v1/face-checks/{check_id}"
    assert faces.world.get(path, token=faces.world.officer("sun")).status == 200


def test_why_it_ended_so_can_be_read_later_and_the_reading_is_on_record(faces: Faces) -> None:
    faces.says("CompareLowSimilarity", 31.0)
    checked = faces.check()
    path = f"/approve/v1/face-checks/{checked['id']}"
    shown = faces.world.get(path, token=faces.world.officer("sun")).json
    assert (shown["status"], shown["outcome"], shown["scores"]) == (
        "refused",
        "refused",
        {"similarity": 31.0},
    )
    assert shown["thresholds"]["pass_line"] == 70.0
    assert shown["engine"].startswith("tencent faceid")
    assert shown["provider_code"] == "FailedOperation.CompareLowSimilarity"
    assert shown["provider_request_id"]
    assert codes(shown) == ["not_same_person"]
    assert shown["decided_by"] is None
    read = faces.world.one(AuditEvent, action="face_check.read")
    assert read.subject_id == checked["id"]


def test_a_recovery_that_nobody_is_sure_of_is_decided_by_the_old_registration_s_centre(
    faces: Faces,
) -> None:
    world = faces.world
    token = world.sign_in("openid-guo-new")
    give_consents(world, token)
    claim = {"name": GUO.name, "id_number": GUO.id_number}
    faces.says("Success", 65.0)
    checked = faces.check(token=token, purpose="recovery", **claim)
    assert checked["status"] == "review"
    refused = world.post("/booking/v1/recovery", claim, token=token)
    assert_problem(refused, 422, "recovery_needs_face_check")
    (item,) = queue(world)
    assert item["relative_name"] == GUO.name
    assert faces.decide(checked["id"], True).status == 200
    assert faces.row(checked["id"]).status is FaceCheckStatus.PASSED
    assert world.post("/booking/v1/recovery", claim, token=token).status == 200
