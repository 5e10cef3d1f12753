"""Records of the ordinary visit system and what they give a relative, in both orders, through every change."""

import base64
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from functions.booking.onsite import find_matches
from local.sample_people import BROTHER, GUO, LIN, SON
from shared import onsite
from shared.actors import SYSTEM
from shared.clients import storage
from shared.database import in_transaction
from shared.models.flags import VisitFlag
from shared.models.onsite import OnsiteVisit
from shared.models.people import (
    Consent,
    ConsentPurpose,
    OnsiteVisitor,
    Relationship,
    RelationshipStatus,
    Relative,
    Resident,
)
from shared.models.places import Site
from shared.models.plumbing import AuditEvent
from shared.models.quota import QuotaEntry
from shared.models.rooms import Recording, RecordingKind, RecordingStatus
from shared.models.visits import Visit, VisitStatus
from shared.sealing import blind_index
from tests.integration.onsite.system import OnsiteSystem, add_relative
from tests.integration.problems import assert_problem
from tests.integration.registration import give_consents, prove_identity
from tests.integration.steps import book, open_slots
from tests.integration.world import World


def ties(world: World, relative: Relative) -> dict[str, Relationship]:
    """By the resident's number."""
    numbers = {one.id: one.number for one in world.rows(Resident)}
    found = world.rows(Relationship, relative_id=relative.id)
    return {numbers[one.resident_id]: one for one in found}


def states(world: World, relative: Relative) -> dict[str, str]:
    return {number: tie.status.value for number, tie in ties(world, relative).items()}


def test_a_relative_who_is_on_record_is_checked_when_the_phone_is(world: World) -> None:
    system = OnsiteSystem(world)
    assert system.send(system.visitor(person=LIN)).json["created"] == 1
    token = world.sign_in(LIN.openid)
    give_consents(world, token)
    prove_identity(world, token, LIN)
    # Name and ID number alone could be anybody's guess: nothing shows yet.
    seen = world.get("/booking/v1/registration", token=token).json
    assert seen["done"] == ["consents", "identity"]
    assert world.get("/booking/v1/relationships", token=token).json == {"relationships": []}
    asked = {"openid": LIN.openid, "phone": LIN.phone}
    code = world.emulator.ask("/local/wechat/phone_codes", asked)["code"]
    assert world.post("/phone/v1/checks", {"phone_code": code}, token=token).status == 200
    seen = world.get("/booking/v1/registration", token=token).json
    assert (seen["next_step"], seen["done"][-1]) == (None, "relationship")
    answer = book(world, open_slots(world)[0], openid=LIN.openid)
    assert answer.status == 201, answer.text
    world.deliver_messages()
    assert "审核通过" in str(world.emulator.sent("wechat", LIN.openid)[0]["body"])


def test_a_record_that_comes_after_the_relative_gives_the_same(world: World) -> None:
    relative = add_relative(world, LIN)
    system = OnsiteSystem(world)
    system.send(system.visitor(person=LIN), system.visitor("V2", person=LIN, resident=BROTHER))
    assert states(world, relative) == {SON.number: "approved", BROTHER.number: "approved"}
    assert world.one(Relative, id=relative.id).face_checked_at is not None


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "林若雨"},
        {"id_number": GUO.id_number},
        {"checked_at": None, "checked_by": None},
        {"status": "revoked"},
        {"resident_number": "20269999"},
    ],
    ids=["name", "id_number", "unchecked", "revoked", "resident"],
)
def test_what_does_not_fit_gives_nothing(world: World, changed: dict[str, Any]) -> None:
    relative = add_relative(world, LIN)
    system = OnsiteSystem(world)
    assert system.send(system.visitor(person=LIN, **changed)).status == 200
    assert states(world, relative) == {}
    assert world.one(Relative, id=relative.id).face_checked_at is None


def test_several_records_go_to_an_officer(world: World) -> None:
    system = OnsiteSystem(world)
    system.send(system.visitor("V1", person=LIN), system.visitor("V2", person=LIN, kinship="姐妹"))
    relative = add_relative(world, LIN)
    world.clock.forward(minutes=11)
    world.timer("booking", "match-onsite")
    assert states(world, relative) == {SON.number: "pending"}
    queue = world.get("/approve/v1/queue", token=world.officer("wang")).json["items"]
    assert [one["kind"] for one in queue] == ["relationship"]
    # One of the two turns out to be a mistake: exactly one is left.
    system.send(system.visitor("V2", person=LIN, minutes=5, status="revoked", kinship="姐妹"))
    assert states(world, relative) == {SON.number: "approved"}


def test_another_name_on_the_same_number_goes_to_an_officer(world: World) -> None:
    relative = add_relative(world, LIN)
    system = OnsiteSystem(world)
    system.send(
        system.visitor("V1", person=LIN),
        system.visitor("V2", person=LIN, name="林如云", resident=BROTHER),
    )
    assert states(world, relative) == {SON.number: "pending"}


def test_an_open_request_is_settled_by_the_record_and_a_refused_one_is_not(world: World) -> None:
    relative = add_relative(world, LIN)
    for resident in (SON, BROTHER):
        asked = {
            "resident_number": resident.number,
            "resident_name": resident.name,
            "kinship": "母亲",
        }
        world.post("/booking/v1/relationships", asked, token=world.relative(LIN.openid))
    refused = ties(world, relative)[BROTHER.number]
    path = f"/approve/v1/relationships/{refused.id}/reject"
    world.post(path, {"reason": "资料不符"}, token=world.officer("wang"))
    system = OnsiteSystem(world)
    system.send(system.visitor(person=LIN), system.visitor("V2", person=LIN, resident=BROTHER))
    assert states(world, relative) == {SON.number: "approved", BROTHER.number: "rejected"}


def test_a_revoked_record_ends_its_tie_and_flags_what_is_booked(world: World) -> None:
    relative = add_relative(world, LIN)
    system = OnsiteSystem(world)
    system.send(system.visitor(person=LIN))
    slots = open_slots(world)
    visit_id = book(world, slots[0], openid=LIN.openid).json["id"]
    system.send(system.visitor(person=LIN, minutes=5, status="revoked"))
    tie = ties(world, relative)[SON.number]
    assert (tie.status, tie.decided_by) == (RelationshipStatus.REJECTED, None)
    assert world.one(VisitFlag).visit_id == visit_id
    assert world.one(Visit).status is VisitStatus.REQUESTED
    assert world.one(Relative, id=relative.id).face_checked_at is None
    refused = book(world, slots[1], openid=LIN.openid)
    assert_problem(refused, 422, "relationship_not_approved")
    # Put right again: the tie, the check and the flag.
    system.send(system.visitor(person=LIN, minutes=6))
    assert states(world, relative) == {SON.number: "approved"}
    assert world.one(VisitFlag).lifted_at is not None
    assert world.one(Relative, id=relative.id).face_checked_at is not None


def test_a_correction_moves_the_tie(world: World) -> None:
    relative = add_relative(world, LIN, face_checked=True)
    system = OnsiteSystem(world)
    system.send(system.visitor(person=LIN))
    system.send(system.visitor(person=LIN, minutes=5, resident=BROTHER, kinship="姐妹"))
    assert states(world, relative) == {SON.number: "rejected", BROTHER.number: "approved"}
    assert ties(world, relative)[BROTHER.number].kinship == "姐妹"
    # The number was another person's: nothing is left, but her own face check.
    system.send(system.visitor(person=GUO, minutes=6, resident=BROTHER))
    assert states(world, relative) == {SON.number: "rejected", BROTHER.number: "rejected"}
    assert world.one(Relative, id=relative.id).face_checked_at is not None


def test_an_officers_decision_outlives_the_record(world: World) -> None:
    system = OnsiteSystem(world)
    guo = world.one(Relative)
    system.send(system.visitor(person=GUO, resident=BROTHER))
    assert states(world, guo) == {BROTHER.number: "approved"}
    system.send(system.visitor(person=GUO, resident=BROTHER, minutes=5, status="revoked"))
    assert states(world, guo) == {BROTHER.number: "approved"}


def test_a_suspension_outlives_a_revocation(world: World) -> None:
    from datetime import timedelta

    relative = add_relative(world, LIN)
    system = OnsiteSystem(world)
    system.send(system.visitor(person=LIN))
    until = (world.clock.now() + timedelta(days=30)).isoformat()
    path = f"/approve/v1/relationships/{ties(world, relative)[SON.number].id}/suspend"
    world.post(path, {"until": until, "reason": "违规"}, token=world.officer("sun"))
    system.send(system.visitor(person=LIN, minutes=5, status="revoked"))
    system.send(system.visitor(person=LIN, minutes=6))
    assert states(world, relative) == {SON.number: "suspended"}


def test_the_same_again_and_older_ones_change_nothing(world: World) -> None:
    relative = add_relative(world, LIN)
    system = OnsiteSystem(world)
    first, second = (
        system.visitor(person=LIN),
        system.visitor(person=LIN, minutes=5, status="revoked"),
    )
    visits = [system.visit()]
    system.send(first, visits=visits)
    before = (world.rows(QuotaEntry), len(world.rows(AuditEvent, action="relationship.approved")))
    again = system.send(first, visits=visits).json
    assert (again["unchanged"], again["created"]) == (2, 0)
    after = (world.rows(QuotaEntry), len(world.rows(AuditEvent, action="relationship.approved")))
    assert [one.id for one in before[0]] == [one.id for one in after[0]]
    assert before[1] == after[1]
    system.send(second)
    assert system.send(first).json["older"] == 1
    assert states(world, relative) == {SON.number: "rejected"}


def test_other_content_under_the_same_time_is_refused_whole(world: World) -> None:
    system = OnsiteSystem(world)
    system.send(system.visitor(person=LIN))
    wrong = system.send(
        system.visitor("V9", person=GUO), system.visitor(person=LIN, kinship="姐妹")
    )
    assert_problem(wrong, 422, "changed_at_same")
    assert wrong.json["errors"][0]["field"] == "visitors.1"
    assert [one.external_id for one in world.rows(OnsiteVisitor)] == ["V1"]


def test_a_record_may_come_before_its_resident(world: World) -> None:
    relative = add_relative(world, LIN)
    system = OnsiteSystem(world)
    record = system.visitor(person=LIN, resident_number="20269999")
    visit = system.visit(resident_number="20269999")
    assert system.send(record, visits=[visit]).json["waiting"] == 2
    son = next(one for one in world.rows(Resident) if one.number == SON.number)
    world.add(Resident(site_id=son.site_id, ward_id=son.ward_id, number="20269999", name="新来的"))
    world.timer("booking", "match-onsite")
    world.timer("booking", "match-onsite")
    assert states(world, relative) == {"20269999": "approved"}
    assert len(world.rows(QuotaEntry)) == 1
    assert system.send(record, visits=[visit]).json["unchanged"] == 2


def test_records_that_fail_keep_no_other_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    system, relative = OnsiteSystem(world), add_relative(world, LIN)
    late = [system.visitor(f"V{n}", person=LIN, resident_number=f"2026999{n}") for n in range(3)]
    system.send(*late, visits=[system.visit(resident_number="20269990")])
    son = next(one for one in world.rows(Resident) if one.number == SON.number)
    for n in range(3):
        world.add(
            Resident(site_id=son.site_id, ward_id=son.ward_id, number=f"2026999{n}", name="新来的")
        )
    bad = world.one(OnsiteVisitor, external_id="V0").id
    place = find_matches._give

    def give(record: Any, resident_id: str) -> None:
        if record.id == bad:
            raise ValueError
        place(record, resident_id)

    monkeypatch.setattr(find_matches, "_give", give)
    with pytest.raises(ValueError, match=r"^$"):
        world.timer("booking", "match-onsite")
    assert states(world, relative) == {"20269991": "approved", "20269992": "approved"}
    assert len(world.rows(QuotaEntry)) == 1, "the visit on site"


def test_who_cannot_be_tied_keeps_no_other_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both came to fit without a call that told: who withdrew a consent stays without a tie."""
    system, guo = OnsiteSystem(world), blind_index(GUO.openid, context="openid")
    without = world.one(Relative, openid_index=guo)
    identity = world.one(Consent, relative_id=without.id, purpose=ConsentPurpose.IDENTITY)
    identity.withdrawn_at = world.clock.now()
    world.add(identity)
    system.send(system.visitor(person=LIN), system.visitor("V2", person=GUO))
    fine = add_relative(world, LIN)
    monkeypatch.setattr(find_matches, "BATCH", 1)
    for _ in range(40):
        world.timer("booking", "match-onsite")
    assert states(world, fine) == {SON.number: "approved"}


def test_a_visit_on_site_counts_once_and_corrections_give_it_back(world: World) -> None:
    system = OnsiteSystem(world)

    def counted() -> list[tuple[str, int]]:
        return sorted((one.kind.value, one.amount) for one in world.rows(QuotaEntry))

    visit = system.visit()
    assert system.send(visits=[visit]).json["created"] == 1
    assert counted() == [("use", 1)]
    late = {**visit, "changed_at": world.clock.now().isoformat()}
    system.send(visits=[{**late, "visitor_ids": ["V1", "V2"]}])
    assert counted() == [("use", 1)]
    world.clock.forward(minutes=1)
    moved = system.visit(days_ago=7, changed_at=world.clock.now().isoformat())
    system.send(visits=[moved])
    assert counted() == [("refund", -1), ("use", 1), ("use", 1)]
    world.clock.forward(minutes=1)
    system.send(
        visits=[{**moved, "status": "cancelled", "changed_at": world.clock.now().isoformat()}]
    )
    assert sum(amount for _, amount in counted()) == 0
    assert world.one(OnsiteVisit).quota_source_id is None


def test_photos_are_kept_by_version_and_what_nobody_names_is_deleted(world: World) -> None:
    system = OnsiteSystem(world)
    small = base64.b64encode(b"\xff\xd8\xff" + b"a" * 100).decode()
    other = base64.b64encode(b"\xff\xd8\xff" + b"b" * 100).decode()
    assert system.send(system.visitor(photo_jpeg_base64=small)).status == 200
    first = world.one(OnsiteVisitor).photo_key
    assert first is not None
    assert storage.head(first) is not None
    system.send(system.visitor(minutes=5, photo_jpeg_base64=other))
    system.send(system.visitor(photo_jpeg_base64=small))  # late, and written once more
    world.deliver_messages()
    second = world.one(OnsiteVisitor).photo_key
    assert second is not None
    assert (storage.head(first), storage.head(second) is not None) == (None, True)
    system.send(system.visitor(minutes=6, kinship="姐妹"))
    assert world.one(OnsiteVisitor).photo_key == second


def test_two_workers_with_the_same_delivery_at_once(world: World) -> None:
    add_relative(world, LIN)
    system = OnsiteSystem(world)
    records = [system.visitor(person=LIN), system.visitor("V2", person=LIN, resident=BROTHER)]
    bodies = [system.delivery(*records, visits=[system.visit()]) for _ in range(4)]
    answers: list[dict[str, int]] = []
    start = threading.Barrier(len(bodies))

    def work(body: dict[str, Any]) -> None:
        start.wait()
        answers.append(system.post(body).json)

    workers = [threading.Thread(target=work, args=(body,)) for body in bodies]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert sum(one["created"] for one in answers) == 3
    assert sum(one["unchanged"] for one in answers) == 9
    assert len(world.rows(OnsiteVisitor)) == 2
    assert len(world.rows(QuotaEntry)) == 1


def test_the_phone_check_and_the_record_at_once_always_meet(world: World) -> None:
    """Each locks the relative's row before it looks for the other."""
    system = OnsiteSystem(world)
    relative = add_relative(world, LIN, phone_checked=False)
    looked = threading.Event()

    @in_transaction
    def check_phone(session: Session) -> None:
        mine = session.get_one(Relative, relative.id, with_for_update=True)
        mine.phone_checked_at = world.clock.now()
        onsite.match(session, SYSTEM, mine)
        looked.set()
        time.sleep(0.3)  # the record arrives now: it must wait for the end of this

    def deliver() -> None:
        looked.wait()
        assert system.send(system.visitor(person=LIN)).status == 200

    other = threading.Thread(target=deliver)
    other.start()
    check_phone()
    other.join()
    assert states(world, relative) == {SON.number: "approved"}


def test_the_recording_of_a_visit_stands_on_the_one_platform(world: World) -> None:
    system = OnsiteSystem(world)
    site_id = world.one(Site).id
    key = f"onsite-recordings/{site_id}/H1.mp4"
    system.send(visits=[system.visit(recording_key=key)])
    storage.write(key, b"a film of a table", "video/mp4")
    world.timer("phone_realname", "find-recordings")
    found = world.one(Recording)
    assert (found.kind, found.status) == (RecordingKind.ONSITE, RecordingStatus.PLAYABLE)
    listed = world.get("/approve/v1/recordings?kind=onsite", token=world.officer("wang")).json
    assert [one["id"] for one in listed["recordings"]] == [found.id]
    refused = system.send(
        visits=[
            system.visit("H2", recording_key=key),
            system.visit("H3", recording_key="recordings/of/a/visit.mp4"),
        ]
    ).json
    assert "recording_key_used" in str(refused)
    assert "recording_key_foreign" in str(refused)
    assert len(world.rows(Recording)) == 1


def test_what_an_officer_approved_is_ended_by_no_record(world: World) -> None:
    relative = add_relative(world, LIN)
    system = OnsiteSystem(world)
    system.send(system.visitor(person=LIN))
    system.send(system.visitor(person=LIN, minutes=5, status="revoked"))
    body = {"resident_number": SON.number, "resident_name": SON.name, "kinship": "母亲"}
    tie = world.post("/booking/v1/relationships", body, token=world.relative(LIN.openid)).json
    world.post(f"/approve/v1/relationships/{tie['id']}/approve", token=world.officer("wang"))
    system.send(system.visitor(person=LIN, minutes=6, status="revoked", checked_by="窗口 04"))
    assert states(world, relative) == {SON.number: "approved"}


def test_a_last_day_that_an_officer_set_holds_against_the_record(world: World) -> None:
    relative = add_relative(world, LIN)
    system = OnsiteSystem(world)
    system.send(system.visitor(person=LIN))
    tie = ties(world, relative)[SON.number]
    end = {
        "expires_at": (world.clock.now() + timedelta(days=1)).isoformat(),
        "reason": "按判决到期",
    }
    world.post(f"/approve/v1/relationships/{tie.id}/expiry", end, token=world.officer("wang"))
    world.clock.forward(days=1, seconds=1)
    world.timer("booking", "end-suspensions")
    system.send(system.visitor(person=LIN, minutes=9, checked_by="窗口 04"))
    assert states(world, relative) == {SON.number: "rejected"}
