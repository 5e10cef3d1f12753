"""A face check through HTTP: bound to person and purpose, a clip counts once, what is down is never a pass."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from functions.verify_face import submit_check as submitting
from local.sample_people import GUO, LIN
from shared.clients import storage
from shared.face_checks import evidence_prefix
from shared.models.faces import FaceCheck, FaceCheckStatus, FaceTemplate
from shared.models.people import Relative
from shared.models.places import Site
from shared.models.tickets import Ticket
from shared.models.visits import Visit
from tests.integration.faces.engines import astronaut, card, clip
from tests.integration.faces.steps import Faces, codes, configure, new_clip
from tests.integration.problems import assert_problem
from tests.integration.registration import give_consents
from tests.integration.steps import approved
from tests.integration.world import World


def guo(world: World) -> Relative:
    return next(one for one in world.rows(Relative) if one.openid == GUO.openid)


def test_a_pass_stands_with_everything_that_explains_it(faces: Faces) -> None:
    faces.says("Success", 88.5)
    decided = faces.check(clip=clip(astronaut))
    assert (decided["status"], decided["reasons"]) == ("passed", [])
    assert decided["card_text"] == "not_used"
    check = faces.row(decided["id"])
    assert check.engine == "tencent faceid-2018-03-01 LivenessCompare"
    evidence = check.evidence
    assert evidence["scores"] == {"similarity": 88.5}
    assert evidence["thresholds"] == {"pass_line": 70.0, "review_line": 60.0}
    assert (evidence["code"], bool(evidence["request_id"])) == ("Success", True)
    assert len(evidence["frame_keys"]) == 3
    stored = {one.key for one in storage.keys(evidence_prefix(check.id), limit=10)}
    assert stored == {*evidence["frame_keys"], *evidence["keys"].values()}
    assert len(faces.world.rows(FaceTemplate, face_check_id=check.id)) == 3


def test_a_newer_pass_replaces_the_templates(faces: Faces) -> None:
    faces.says("Success", 88.5)
    faces.check(clip=clip(astronaut))
    second = faces.check(clip=clip(astronaut, ("blink", "mouth")))
    templates = faces.world.rows(FaceTemplate)
    assert {one.face_check_id for one in templates} == {second["id"]}
    assert len(templates) == 3


def test_what_was_uploaded_cannot_be_exchanged_after_the_decision(faces: Faces) -> None:
    faces.says("Success", 88.5)
    started, film = faces.start(), new_clip()
    faces.world.upload(started, film)
    faces.submit(started["id"])
    faces.world.upload(started, b"another film")
    key = faces.row(started["id"]).evidence["keys"]["clip"]
    assert storage.read(key, limit=len(film)) == film


def test_a_clip_counts_once(faces: Faces) -> None:
    film = new_clip()
    faces.says("Success", 88.5)
    assert faces.check(clip=film)["status"] == "passed"
    again = faces.check(clip=film)
    assert (again["status"], codes(again)) == ("ask_again", ["clip_used"])


def test_a_clip_submitted_for_two_checks_at_once_counts_once(faces: Faces) -> None:
    """Both look before either writes: the database decides."""
    faces.says("Success", 88.5)
    film, checks = new_clip(), [faces.start() for _ in range(2)]
    for one in checks:
        faces.world.upload(one, film)
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda one: faces.submit(one["id"]).json, checks))
    assert sorted(one["status"] for one in answers) == ["ask_again", "passed"]
    assert [codes(one) for one in answers if one["status"] == "ask_again"] == [["clip_used"]]


def test_submitted_by_two_instances_at_once_there_is_one_decision(faces: Faces) -> None:
    faces.says("Success", 88.5)
    started = faces.start()
    faces.world.upload(started, clip(astronaut))
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: faces.submit(started["id"]).json, range(4)))
    assert {one["status"] for one in answers} <= {"passed", "checking"}
    assert faces.submit(started["id"]).json["status"] == "passed"
    assert len(faces.world.rows(FaceTemplate)) == 3


@pytest.mark.parametrize("line", ["_keep", "_decision", "_store"])
def test_death_between_the_steps_loses_nothing(
    faces: Faces, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    faces.says("Success", 88.5)
    started = faces.start()
    faces.world.upload(started, new_clip())

    def die(*_: object, **__: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(submitting, line, die)
        with pytest.raises(SystemExit):
            faces.submit(started["id"])
    assert faces.show(started["id"])["status"] == "checking"
    assert faces.submit(started["id"]).json["status"] == "passed"


def test_a_check_is_bound_to_its_person_purpose_and_visit(faces: Faces) -> None:
    world = faces.world
    visit_id = approved(world)
    lin = world.sign_in(LIN.openid)
    give_consents(world, lin)
    body = {"purpose": "visit", "visit_id": visit_id}
    assert_problem(world.post("/verify-face/v1/checks", body, token=lin), 422, "identity_missing")
    stray = {"purpose": "registration", "visit_id": visit_id}
    assert_problem(
        world.post("/verify-face/v1/checks", stray, token=faces.token), 422, "field_invalid"
    )
    faces.says("Success", 88.5)
    faces.check()  # for the registration
    (mine,) = world.one(Visit, id=visit_id).participants
    assert mine.face_checked_at is None
    faces.check(purpose="visit", visit_id=visit_id)
    (mine,) = world.one(Visit, id=visit_id).participants
    assert mine.face_checked_at is not None


def test_the_last_try_of_the_day_goes_to_an_officer(faces: Faces) -> None:
    faces.says("CompareLowSimilarity", 20.0)
    answers = [faces.check() for _ in range(6)]
    assert [one["status"] for one in answers] == ["refused"] * 5 + ["review"]
    assert codes(answers[-1]) == ["not_same_person", "tries_used_up_review"]
    assert faces.row(answers[-1]["id"]).evidence["outcome"] == "refused"
    refused = faces.world.post(
        "/verify-face/v1/checks", {"purpose": "registration"}, token=faces.token
    )
    assert_problem(refused, 429, "tries_used_up")


def test_a_changed_identity_ends_what_was_begun_with_the_old_one(faces: Faces) -> None:
    world, check_id = faces.world, faces.in_review()
    relative = guo(world)
    relative.face_checked_at = relative.phone_checked_at = None
    world.add(relative)
    place = world.post(
        "/booking/v1/uploads",
        {"purpose": "id_photo", "content_type": "image/jpeg"},
        token=faces.token,
    ).json
    world.upload(place, card(astronaut))
    identity = {"name": GUO.name, "id_number": GUO.id_number, "id_photo_key": place["key"]}
    answer = world.call("PUT", "/booking/v1/identity", identity, token=faces.token)
    assert answer.status == 200, answer.text
    shown = faces.show(check_id)
    assert (shown["status"], codes(shown)) == ("superseded", ["identity_changed"])
    assert_problem(faces.decide(check_id, True), 409, "face_review_over")
    assert guo(world).face_checked_at is None


# --- an engine that is down ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fallback", "status", "reason"),
    [
        ("manual", "review", "engine_down_review"),
        ("later", "could_not_check", "face_check_later"),
    ],
)
def test_down_is_never_a_pass(
    faces: Faces, monkeypatch: pytest.MonkeyPatch, fallback: str, status: str, reason: str
) -> None:
    configure(monkeypatch, face_engine_fallback=fallback)
    faces.world.emulator.fail("faceid.LivenessCompare")
    decided = faces.check()
    assert (decided["status"], codes(decided)) == (status, [reason])
    assert faces.world.rows(FaceTemplate) == []
    # What could not be checked uses up no try.
    assert decided["tries_left"] == (6 if fallback == "later" else 5)


def test_the_other_engine_looks_when_the_setting_says_so(
    faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(monkeypatch, face_engine_fallback="other")
    faces.world.emulator.fail("faceid.LivenessCompare")
    relative = guo(faces.world)
    assert relative.id_photo_key is not None
    storage.write(relative.id_photo_key, card(astronaut), "image/jpeg")
    started = faces.start()
    faces.world.upload(started, clip(astronaut, tuple(started["actions"])))
    assert faces.submit(started["id"]).json["status"] == "passed"
    engine = faces.row(started["id"]).engine
    assert engine is not None
    assert engine.startswith("local ")


def test_both_engines_down_is_an_officer_s_case(
    faces: Faces, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object) -> None:
        from shared.faces.models import ModelsMissing

        raise ModelsMissing

    configure(monkeypatch, face_engine_fallback="other")
    monkeypatch.setattr("functions.verify_face.local_engine.apart.check_clip_apart", missing)
    faces.world.emulator.fail("faceid.LivenessCompare")
    assert faces.check()["status"] == "review"


def test_who_must_pay_is_told_once_a_day(faces: Faces) -> None:
    for _ in range(2):
        faces.world.emulator.fail(
            "faceid.LivenessCompare", "error", code="UnauthorizedOperation.Arrears"
        )
        assert faces.check()["status"] == "review"
    tickets = faces.world.rows(Ticket)
    assert len(tickets) == len(faces.world.rows(Site))
    assert "UnauthorizedOperation.Arrears" in tickets[0].text


def test_cos_out_of_reach_decides_nothing(faces: Faces) -> None:
    faces.says("Success", 88.5)
    started = faces.start()
    faces.world.upload(started, new_clip())
    for call in ("cos.get", "cos.put"):
        faces.world.emulator.fail(call)
        assert_problem(faces.submit(started["id"]), 503, "try_later")
    assert faces.submit(started["id"]).json["status"] == "passed"


# --- recovery ------------------------------------------------------------------------------------


def test_tries_at_one_registration_are_counted_over_all_who_claim_it(faces: Faces) -> None:
    """Six accounts of one attacker are no thirty-six tries."""
    faces.says("CompareLowSimilarity", 10.0)
    claim = {"purpose": "recovery", "name": GUO.name, "id_number": GUO.id_number}
    for n in range(3):
        token = faces.world.sign_in(f"openid-stranger-{n}")
        give_consents(faces.world, token)
        for _ in range(2):
            faces.check(token=token, **claim)
    token = faces.world.sign_in("openid-stranger-9")
    give_consents(faces.world, token)
    refused = faces.world.post("/verify-face/v1/checks", claim, token=token)
    assert_problem(refused, 429, "tries_used_up")
    statuses = [one.status for one in faces.world.rows(FaceCheck)]
    assert statuses.count(FaceCheckStatus.REVIEW) == 1


def test_an_expired_challenge_is_over(faces: Faces) -> None:
    started = faces.start()
    faces.world.upload(started, new_clip())
    faces.world.clock.forward(seconds=timedelta(minutes=5, seconds=1).total_seconds())
    assert_problem(faces.submit(started["id"]), 409, "check_over")
