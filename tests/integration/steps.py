"""Ways that many tests go: open hours, book, approve, run a visit. GUO is registered, checked and tied from the start."""

from datetime import datetime, timedelta

from local.sample_people import GUO
from shared.clock import in_shanghai
from shared.models.people import (
    Consent,
    ConsentPurpose,
    Relationship,
    RelationshipStatus,
    Relative,
    Resident,
)
from shared.models.timetable import Slot
from shared.models.visits import Visit, VisitStatus
from shared.rules.consents import VERSIONS
from tests.integration.world import Answer, World

DAYS_AHEAD = 3


def open_slots(world: World, *, opens: str = "14:00", closes: str = "16:00") -> list[Slot]:
    """One day's slots, of half an hour and one place each, in order."""
    day = (in_shanghai(world.clock.now()) + timedelta(days=DAYS_AHEAD)).date()
    hours = {
        "weekday": day.weekday(),
        "opens_at": opens,
        "closes_at": closes,
        "valid_from": day.isoformat(),
        "valid_to": day.isoformat(),
    }
    made = world.post("/approve/v1/session-templates", hours, token=world.officer("sun"))
    assert made.status == 201, made.text
    return sorted(world.rows(Slot), key=lambda slot: slot.starts_at)


def tie_of(world: World, openid: str = GUO.openid) -> str:
    ties = world.get("/booking/v1/relationships", token=world.relative(openid))
    return str(ties.json["relationships"][0]["id"])


def book(world: World, slot: Slot, *, openid: str = GUO.openid, key: str | None = None) -> Answer:
    return world.post(
        "/booking/v1/visits",
        {"relationship_id": tie_of(world, openid), "slot_id": slot.id},
        token=world.relative(openid),
        headers={} if key is None else {"Idempotency-Key": key},
    )


def booked(world: World) -> str:
    answer = book(world, open_slots(world)[0])
    assert answer.status == 201, answer.text
    return str(answer.json["id"])


def approved(world: World) -> str:
    visit_id = booked(world)
    answer = world.post(f"/approve/v1/visits/{visit_id}/approve", token=world.officer("wang"))
    assert answer.status == 200, answer.text
    return visit_id


def enter_room(world: World, visit_id: str) -> str:
    """Whoever booked joins with a pass of ours, as if the face had just been checked; gives the user id."""
    visit = world.one(Visit, id=visit_id)
    lead = visit.participants[0]
    lead.face_checked_at = world.clock.now()
    world.add(lead)
    relative = world.one(Relative, id=lead.relative_id)
    answer = world.post(
        f"/booking/v1/visits/{visit_id}/join", token=world.relative(relative.openid)
    )
    assert answer.status == 200, answer.text
    given = {name: answer.json[name] for name in ("user_id", "user_sig", "private_map_key")}
    world.emulator.ask(f"/local/trtc/rooms/{visit.room_id}/enter", given)
    return str(given["user_id"])


def running(world: World) -> str:
    """The clock stands a minute after the start; the family is in and TRTC has told of it."""
    visit_id = approved(world)
    visit = world.one(Visit, id=visit_id)
    world.clock.move_to(visit.starts_at + timedelta(minutes=1))
    enter_room(world, visit_id)
    assert world.deliver_callbacks() == [101, 103]
    assert world.one(Visit, id=visit_id).status is VisitStatus.IN_PROGRESS
    return visit_id


def ended(world: World) -> str:
    """A running visit that an officer has ended; nothing is carried out yet."""
    visit_id = running(world)
    world.carry_out()
    path = f"/approve/v1/visits/{visit_id}/end"
    answer = world.post(path, {"reason": "会见时间已到"}, token=world.officer("wang"))
    assert answer.status == 200, answer.text
    return visit_id


def add_checked_relative(
    world: World,
    openid: str,
    name: str,
    resident_number: str,
    *,
    checked_at: datetime | None = None,
) -> None:
    """Somebody who may book for that resident, ready made."""
    moment = checked_at or world.clock.now()
    relative = Relative(openid=openid, name=name, phone_checked_at=moment, face_checked_at=moment)
    resident = next(one for one in world.rows(Resident) if one.number == resident_number)
    world.add(relative)
    world.add(
        *(
            Consent(relative_id=relative.id, purpose=one, version=VERSIONS[one], given_at=moment)
            for one in ConsentPurpose
        )
    )
    world.add(
        Relationship(
            site_id=resident.site_id,
            relative_id=relative.id,
            resident_id=resident.id,
            kinship="母亲",
            status=RelationshipStatus.APPROVED,
        )
    )
