"""Consents taken back, accounts recovered, an officer instead of the machine, children beside an adult."""

from local import sample_clips, sample_data
from local.sample_people import GUO, LIN, SON, made_up_id_number
from shared.models.faces import FaceCheck, FaceTemplate
from shared.models.people import Consent, ConsentPurpose, ManualCheck, Relative
from shared.models.plumbing import AuditEvent, Outbox
from shared.models.quota import QuotaEntry
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitParticipant, VisitStatus
from shared.rules.consents import VERSIONS
from shared.sealing import blind_index
from tests.integration.problems import assert_problem
from tests.integration.registration import give_consents, prove_identity
from tests.integration.steps import add_checked_relative, book, booked, open_slots, tie_of
from tests.integration.world import Answer, World

ALL = [{"purpose": one.value, "version": VERSIONS[one]} for one in ConsentPurpose]


def withdraw(world: World, purpose: str, *, confirmed: bool) -> Answer:
    body = {"purpose": purpose, "confirmed": confirmed}
    return world.post("/booking/v1/consents/withdraw", body, token=world.relative(GUO.openid))


def test_withdrawing_face_consent_says_first_what_follows_then_deletes_and_cancels(
    world: World,
) -> None:
    visit_id = booked(world)
    photo = world.one(Relative, id=world.one(Visit).requested_by).id_photo_key
    assert_problem(withdraw(world, "face", confirmed=False), 422, "consent_withdrawal_effects")
    assert world.one(Visit, id=visit_id).status is VisitStatus.REQUESTED
    answer = withdraw(world, "face", confirmed=True)
    assert answer.status == 200, answer.text
    assert "face" not in answer.json["done"]
    visit = world.one(Visit, id=visit_id)
    assert visit.status is VisitStatus.CANCELLED
    assert world.one(Slot, id=visit.slot_id).taken == 0
    assert sum(one.amount for one in world.rows(QuotaEntry)) == 0
    assert not world.rows(FaceTemplate)
    doomed = [one.body for one in world.rows(Outbox, kind="delete_object")]
    assert any(photo in body for body in doomed if photo)
    again = book(world, world.rows(Slot)[1])
    assert set(again.codes) == {"consents_missing", "face_not_checked"}


def test_deleted_pictures_are_gone_from_the_bucket(world: World) -> None:
    from shared.clients import storage

    relative = next(one for one in world.rows(Relative) if one.name == GUO.name)
    assert relative.id_photo_key
    withdraw(world, "face", confirmed=True)
    world.deliver_messages()
    assert storage.head(relative.id_photo_key) is None
    sample_data.prepare()  # the bucket outlives this test


def test_withdrawing_what_was_never_given_is_a_conflict(world: World) -> None:
    withdraw(world, "recording", confirmed=True)
    assert_problem(withdraw(world, "recording", confirmed=True), 409, "consent_not_given")


def test_consent_can_be_given_again(world: World) -> None:
    withdraw(world, "recording", confirmed=True)
    world.post("/booking/v1/consents", {"consents": ALL}, token=world.relative(GUO.openid))
    assert book(world, open_slots(world)[0]).status == 201
    given = [one for one in world.rows(Consent) if one.purpose is ConsentPurpose.RECORDING]
    assert sorted(one.withdrawn_at is None for one in given) == [False, True]


def test_an_officer_can_check_instead_of_the_machine(world: World) -> None:
    withdraw(world, "face", confirmed=True)
    world.post("/booking/v1/consents", {"consents": ALL}, token=world.relative(GUO.openid))
    asked = world.post(
        "/booking/v1/manual-checks",
        {"purpose": "face", "relationship_id": tie_of(world)},
        token=world.relative(GUO.openid),
    )
    assert asked.status == 201, asked.text
    queue = world.get("/approve/v1/queue", token=world.officer("wang")).json["items"]
    assert [one["id"] for one in queue if one["kind"] == "manual_check"] == [asked.json["id"]]
    path = f"/approve/v1/manual-checks/{asked.json['id']}"
    decided = world.post(
        f"{path}/approve", {"reason": "本人持身份证到窗口核对"}, token=world.officer("wang")
    )
    assert decided.status == 200, decided.text
    late = world.post(f"{path}/reject", {"reason": "再想一想"}, token=world.officer("zhao"))
    assert_problem(late, 409, "changed_meanwhile")
    assert book(world, open_slots(world)[0]).status == 201
    assert world.one(ManualCheck).reason == "本人持身份证到窗口核对"


def test_a_second_manual_check_waits_for_the_first(world: World) -> None:
    body = {"purpose": "phone", "relationship_id": tie_of(world)}
    token = world.relative(GUO.openid)
    assert world.post("/booking/v1/manual-checks", body, token=token).status == 201
    assert_problem(
        world.post("/booking/v1/manual-checks", body, token=token), 409, "manual_check_open"
    )


def test_a_new_wechat_account_recovers_the_registration_by_face(world: World) -> None:
    token = world.sign_in("openid-new-phone")
    world.post("/booking/v1/consents", {"consents": ALL}, token=token)
    person = {"name": GUO.name, "id_number": GUO.id_number}
    refused = world.post("/booking/v1/recovery", person, token=token)
    assert_problem(refused, 422, "recovery_needs_face_check")
    _check_face(world, token, person)
    recovered = world.post("/booking/v1/recovery", person, token=token)
    assert recovered.status == 200, recovered.text
    mine = world.get("/booking/v1/relationships", token=recovered.json["token"])
    assert [one["status"] for one in mine.json["relationships"]] == ["approved"]
    assert world.get("/booking/v1/registration", token=token).status == 401
    assert world.sign_in("openid-new-phone")  # signs into the old registration from now on
    again = world.get("/booking/v1/relationships", token=world.relative("openid-new-phone"))
    assert len(again.json["relationships"]) == 1


def test_recovery_tells_nobody_who_is_registered(world: World) -> None:
    token = world.sign_in("openid-curious")
    world.post("/booking/v1/consents", {"consents": ALL}, token=token)
    for person in (
        {"name": "别人家", "id_number": GUO.id_number},
        {"name": GUO.name, "id_number": LIN.id_number},
    ):
        start = world.post("/verify-face/v1/checks", {"purpose": "recovery", **person}, token=token)
        assert_problem(start, 422, "recovery_unknown")


def _check_face(world: World, token: str, person: dict[str, str]) -> None:
    challenge = world.post("/verify-face/v1/checks", {"purpose": "recovery", **person}, token=token)
    assert challenge.status == 201, challenge.text
    clip = sample_clips.challenge_clip(sample_clips.grace_hopper(), challenge.json["actions"])
    world.upload(challenge.json, clip)
    result = world.post(f"/verify-face/v1/checks/{challenge.json['id']}/submit", token=token)
    assert result.json["status"] == "passed", result.text
    newcomer = world.one(FaceCheck).relative_id
    assert world.one(Relative, id=newcomer).face_checked_at is None


def test_a_minor_books_only_with_an_adult_beside(world: World) -> None:
    slot = open_slots(world)[0]
    add_checked_relative(world, "openid-child", "郭小宝", "20260245")
    child = next(one for one in world.rows(Relative) if one.name == "郭小宝")
    _give_id_number(world, child.id, made_up_id_number("20150601", 301))
    alone = book(world, slot, openid="openid-child")
    assert_problem(alone, 422, "minor_needs_adult")
    code = world.post("/booking/v1/companion-code", token=world.relative(GUO.openid)).json["code"]
    together = world.post(
        "/booking/v1/visits",
        {
            "relationship_id": tie_of(world, "openid-child"),
            "slot_id": slot.id,
            "companion_codes": [code],
        },
        token=world.relative("openid-child"),
    )
    assert together.status == 201, together.text
    assert len(world.rows(VisitParticipant)) == 2


def _give_id_number(world: World, relative_id: str, number: str) -> None:
    from sqlalchemy.orm import Session

    from shared.database import engine

    with Session(engine()) as session, session.begin():
        session.get_one(Relative, relative_id).id_number = number


def test_a_companion_code_ends_after_a_day_and_with_the_next_one(world: World) -> None:
    slot = open_slots(world)[0]
    add_checked_relative(world, "openid-sister", "郭志清", "20260245")
    sister = world.relative("openid-sister")
    first = world.post("/booking/v1/companion-code", token=sister).json["code"]
    second = world.post("/booking/v1/companion-code", token=sister).json["code"]
    assert_problem(_book_with(world, slot, first), 422, "companion_unknown")
    world.clock.forward(hours=24, seconds=1)
    assert_problem(_book_with(world, slot, second), 422, "companion_unknown")


def test_nobody_is_in_a_visit_twice(world: World) -> None:
    slot = open_slots(world)[0]
    own = world.post("/booking/v1/companion-code", token=world.relative(GUO.openid)).json["code"]
    assert_problem(_book_with(world, slot, own), 422, "companion_unknown")


def _book_with(world: World, slot: Slot, *codes: str) -> Answer:
    body = {
        "relationship_id": tie_of(world),
        "slot_id": slot.id,
        "companion_codes": list(codes),
    }
    return world.post("/booking/v1/visits", body, token=world.relative(GUO.openid))


def test_a_relatives_own_cancel_is_on_record_as_hers(world: World) -> None:
    visit_id = booked(world)
    world.post(f"/booking/v1/visits/{visit_id}/cancel", token=world.relative(GUO.openid))
    cancelled = [one for one in world.rows(AuditEvent) if one.action == "visit.cancelled"]
    assert [one.actor_kind for one in cancelled] == ["relative"]


def test_rebooking_after_a_cancel_works(world: World) -> None:
    slot = open_slots(world)[0]
    first = book(world, slot).json["id"]
    world.post(f"/booking/v1/visits/{first}/cancel", token=world.relative(GUO.openid))
    assert book(world, slot).status == 201


def test_a_new_phone_replaces_the_old_one_only_after_a_fresh_check(world: World) -> None:
    token = world.relative(GUO.openid)
    before = world.one(Relative, openid_index=blind_index(GUO.openid, context="openid"))

    def check(phone: str) -> Answer:
        asked = {"openid": GUO.openid, "phone": phone}
        code = world.emulator.ask("/local/wechat/phone_codes", asked)["code"]
        return world.post("/phone/v1/checks", {"phone_code": code}, token=token)

    world.clock.forward(minutes=1)
    world.emulator.fail("faceid.PhoneVerification", "error", code="-4")
    assert_problem(check("13900000033"), 422, "phone_mismatch")
    kept = world.one(Relative, id=before.id)
    assert (kept.phone, kept.phone_checked_at) == (GUO.phone, before.phone_checked_at)
    person = {"name": GUO.name, "id_number": GUO.id_number, "phone": "13900000044"}
    world.emulator.ask("/local/people", person)
    assert check("13900000044").status == 200
    changed = world.one(Relative, id=before.id)
    assert changed.phone == "13900000044"
    assert changed.phone_checked_at is not None
    assert before.phone_checked_at is not None
    assert changed.phone_checked_at > before.phone_checked_at


def test_a_second_registration_of_one_person_is_refused_and_shown_the_way_back(
    world: World,
) -> None:
    token = world.sign_in("openid-second-account")
    world.post("/booking/v1/consents", {"consents": ALL}, token=token)
    asked = {"purpose": "id_photo", "content_type": "image/jpeg"}
    place = world.post("/booking/v1/uploads", asked, token=token).json
    world.upload(place, sample_clips.id_photo(sample_clips.grace_hopper()))
    body = {"name": GUO.name, "id_number": GUO.id_number, "id_photo_key": place["key"]}
    refused = world.call("PUT", "/booking/v1/identity", body, token=token)
    assert_problem(refused, 409, "identity_taken")
    assert "找回登记" in refused.text


def test_nobody_steps_into_what_was_asked_for_another(world: World) -> None:
    """Officers decide about the person whose name they see."""
    token = world.sign_in("openid-new")
    give_consents(world, token)
    prove_identity(world, token, LIN)
    body = {"resident_number": SON.number, "resident_name": SON.name, "kinship": "母亲"}
    tie = world.post("/booking/v1/relationships", body, token=token).json["id"]
    me = world.one(Relative, openid_index=blind_index("openid-new", context="openid"))
    other = {"name": "王小丽", "id_number": made_up_id_number("19700101", 103)}

    def change() -> Answer:
        given = {**other, "id_photo_key": me.id_photo_key}
        return world.call("PUT", "/booking/v1/identity", given, token=token)

    assert_problem(change(), 422, "identity_asked_with")
    prove_identity(world, token, LIN)  # the same person may send a better picture
    approve = f"/approve/v1/relationships/{tie}/approve"
    assert world.post(approve, token=world.officer("wang")).status == 200
    assert_problem(change(), 422, "identity_asked_with")
