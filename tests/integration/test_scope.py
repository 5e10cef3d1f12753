"""Every route an officer may call, with every role, and with records of another site and of another ward: to those
who ask from outside they do not exist, and nothing of them changes.

The records are those of a working day (local.sample_life). Who asks is an officer of each role of a second site, and
one of each role who is limited to a ward without residents.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import text
from sqlalchemy.orm import Session

from local import sample_life
from server.functions import function_of
from shared.database import engine
from shared.http.sessions import make_token
from shared.ids import new_id
from shared.models.attachments import TicketAttachment
from shared.models.every import Base
from shared.models.faces import FaceCheck, FaceCheckPurpose, FaceCheckStatus
from shared.models.inspections import Inspection, InspectionItem, InspectionKind
from shared.models.officers import Officer, OfficerRole, OfficerWard, Role
from shared.models.people import ManualCheck, Relationship, Relative, Resident
from shared.models.phones import FamilyPhone
from shared.models.places import Device, DeviceKind, Site, Terminal, Ward
from shared.models.registers import Subscription, SubscriptionKind, Training
from shared.models.reports import KnowledgeCase, OpsReport, ReportKind
from shared.models.rooms import Alert, HelpCall, PlaybackGrant, Recording, RecordingStatus
from shared.models.tickets import DutyShift, Severity
from shared.models.timetable import SessionTemplate, Slot, TimetableBlock
from shared.models.visits import Visit, VisitStatus
from tests.integration.bodies import Bodies
from tests.integration.test_access import CLOSED, Route, app_of
from tests.integration.world import World
from tools.spec.written import write_down

# What an id in a path points at. A new kind of record is a new line, and a row in `_more_records`.
OF_RESIDENTS = (
    "relationship_id", "visit_id", "recording_id", "check_id", "resident_id", "alert_id", "item_id",
    "grant_id", "phone_id",
)  # fmt: skip
OF_SITES = (
    "template_id", "block_id", "call_id", "officer_id", "terminal_id", "ticket_id", "slot_id",
    "ward_id", "attachment_id", "case_id", "device_id", "inspection_id", "report_id", "shift_id",
    "subscription_id", "training_id",
)  # fmt: skip
# Not of one resident: an officer of some wards may see and do these. In the operations the role alone decides.
WHOLE_SITE = re.compile(r"^/ops/|/(wards|terminals|officers|site-rules|help-calls|figures)")
SECRET = "本所运维内情"  # stands in every record of the operations
WRITTEN_ANYWAY = {"audit_event", "idempotency_record"}
OFFICERS = [one for one in CLOSED if one.access and one.access.name == "officer"]


@dataclass(frozen=True)
class Outsider:
    who: str
    token: str


def test_records_of_another_site_do_not_exist(world: World) -> None:
    ids = _records(world)
    outsiders = list(_of_another_site(world))
    secrets = _names(world)
    before = _everything()
    kinds = (*OF_RESIDENTS, *OF_SITES)
    found = [one for r in OFFICERS for one in _told(world, r, ids, outsiders, secrets, kinds)]
    assert found == []
    assert _changed(before, _everything()) == []


def test_records_of_another_ward_do_not_exist(world: World) -> None:
    ids = _records(world)
    outsiders = list(_of_an_empty_ward(world))
    secrets = _names(world)
    before = _everything()
    routes = [one for one in OFFICERS if not WHOLE_SITE.search(one.rule)]
    found = [one for r in routes for one in _told(world, r, ids, outsiders, secrets, OF_RESIDENTS)]
    assert found == []
    assert _changed(before, _everything()) == []


def _told(
    world: World,
    route: Route,
    ids: dict[str, str],
    outsiders: list[Outsider],
    secrets: set[str],
    kinds: tuple[str, ...],
) -> Iterator[str]:
    """What is wrong. Routes that point at a record answer 404, or 403 to a role that has none of this; lists leave
    it out."""
    function = function_of(route.rule)
    assert function is not None
    bodies = Bodies(_written(function), _ids_for(route, ids))
    named = re.findall(r"<(\w+)>", route.rule)
    strange = [
        one for one in named if one.endswith("_id") and one not in (*OF_RESIDENTS, *OF_SITES)
    ]
    assert not strange, f"{route.name}: say above what {strange} points at"
    pointed = any(one in kinds for one in named)
    if route.method != "GET" and not pointed and not bodies.names_ids(route.method, route.rule):
        return
    if named and not pointed and any(one.endswith("_id") for one in named):
        return
    path = _path(route, bodies)
    body = None if route.method == "GET" else bodies.body(route.method, route.rule)
    for outsider in outsiders:
        answer = world.call(route.method, path, body, token=outsider.token)
        allowed = (403, 404) if pointed else (200, 403, 404, 409, 422)
        leaked = sorted(one for one in secrets if one in answer.text)
        if answer.status not in allowed or leaked:
            yield f"{route.name} as {outsider.who}: {answer.status} {leaked} {answer.text[:300]}"


@cache
def _written(function: str) -> dict[str, Any]:
    return write_down(app_of(function))


def _path(route: Route, bodies: Bodies) -> str:
    def value(found: re.Match[str]) -> str:
        return str(bodies.path_value(route.method, route.rule, found[1]))

    query = urlencode(bodies.query(route.method, route.rule))
    path = re.sub(r"<(\w+)>", value, route.rule)
    return f"{path}?{query}" if query else path


def _ids_for(route: Route, ids: dict[str, str]) -> dict[str, str]:
    """`check_id` and `item_id` point at different records on different routes, and some fields without `_id` at
    records too."""
    if "face-checks" in route.rule:
        return {**ids, "check_id": ids["face_check_id"]}
    if "/inspections/" in route.rule:
        photo = f"inspections/{ids['inspection_id']}/x.jpg"
        return {**ids, "item_id": ids["inspection_item_id"], "photo_key": photo}
    if route.rule.endswith("/attachments"):
        return {**ids, "key": f"attachments/{ids['ticket_id']}/x.txt"}
    if route.rule == "/ops/v1/reports":
        return {**ids, "kind": "incident", "subject": ids["ticket_id"]}
    if route.rule.endswith("/queue/decisions"):
        return {**ids, "id": ids["visit_id"]}
    return ids


def _records(world: World) -> dict[str, str]:
    sample_life.prepare()
    visit = world.one(Visit, status=VisitStatus.IN_PROGRESS)
    asked = world.rows(Visit, status=VisitStatus.REQUESTED)[0]
    recording = world.rows(Recording, status=RecordingStatus.PLAYABLE)[0]
    ids = {
        "visit_id": visit.id,
        "item_id": asked.id,
        "resident_id": visit.resident_id,
        "recording_id": recording.id,
        "relationship_id": world.rows(Relationship)[0].id,
        "check_id": world.rows(ManualCheck)[0].id,
        "alert_id": world.rows(Alert)[0].id,
        "subject_id": visit.id,
        "user_id": f"fam_{visit.requested_by}",
        "template_id": world.rows(SessionTemplate)[0].id,
        "terminal_id": world.rows(Terminal)[0].id,
        "ward_id": world.rows(Ward)[0].id,
        "slot_id": world.rows(Slot)[-1].id,
        "officer_id": world.one(Officer, username="wang").id,
    }
    return ids | _more_records(world, visit, ids)


def _more_records(world: World, visit: Visit, ids: dict[str, str]) -> dict[str, str]:
    moment = world.clock.now()
    site = {"site_id": visit.site_id}
    relative_id = visit.requested_by
    block = TimetableBlock(
        **site, starts_at=moment, ends_at=visit.ends_at, reason="检修", made_by=ids["officer_id"]
    )
    call = HelpCall(**site, terminal_id=ids["terminal_id"], visit_id=visit.id)
    check = FaceCheck(
        relative_id=relative_id, subject_id=relative_id, purpose=FaceCheckPurpose.REGISTRATION,
        status=FaceCheckStatus.REVIEW, challenge=[], expires_at=moment, clip_key="clips/x.mp4",
    )  # fmt: skip
    grant = PlaybackGrant(
        recording_id=ids["recording_id"], officer_id=ids["officer_id"], reason="例行复核",
        expires_at=visit.ends_at,
    )  # fmt: skip
    phone = FamilyPhone(
        **site, resident_id=visit.resident_id, relative_id=relative_id, number="13900000099",
        owner_name="示例亲属", owner_id_number="990000197001010000", kinship="母亲",
    )  # fmt: skip
    world.add(block, call, check, grant, phone)
    ticket_id = _ticket(visit.site_id)
    return {
        **_of_operations(world, visit.site_id, ids["officer_id"], ticket_id),
        "block_id": block.id,
        "call_id": call.id,
        "face_check_id": check.id,
        "grant_id": grant.id,
        "phone_id": phone.id,
        "ticket_id": ticket_id,
    }


def _of_operations(world: World, site_id: str, officer_id: str, ticket_id: str) -> dict[str, str]:
    moment, day = world.clock.now(), date(2026, 12, 20)
    later = moment + timedelta(days=30)
    records: dict[str, Any] = {
        "attachment_id": TicketAttachment(
            ticket_id=ticket_id, key="attachments/x.txt", name=SECRET, size=1, added_by=officer_id
        ),
        "case_id": KnowledgeCase(
            site_id=site_id, ticket_id=ticket_id, title=SECRET, symptom=SECRET, cause=SECRET,
            method=SECRET, prevention=SECRET,
        ),
        "device_id": Device(site_id=site_id, kind=DeviceKind.NETWORK, name=SECRET),
        "inspection_id": Inspection(
            site_id=site_id, kind=InspectionKind.MONTHLY, period="2001-01", due_on=day
        ),
        "report_id": OpsReport(
            site_id=site_id, kind=ReportKind.INCIDENT, subject=ticket_id, title=SECRET,
            digest="0" * 64, docx_key="reports/x.docx", made_by=officer_id,
        ),
        "shift_id": DutyShift(
            site_id=site_id, level=1, officer_id=officer_id, starts_at=later,
            ends_at=later + timedelta(hours=8),
        ),
        "subscription_id": Subscription(
            site_id=site_id, kind=SubscriptionKind.SMS, name=SECRET, owner=SECRET,
            starts_on=day, expires_on=day + timedelta(days=365),
        ),
        "training_id": Training(site_id=site_id, topic=SECRET, place=SECRET, planned_on=day),
    }  # fmt: skip
    world.add(*records.values())
    found = {name: one.id for name, one in records.items()}
    inspection_id, device_id = found["inspection_id"], found["device_id"]
    item = InspectionItem(
        inspection_id=inspection_id, position=1, device_id=device_id, what=SECRET, photo_keys=[]
    )
    world.add(item)
    return {**found, "inspection_item_id": item.id}


def _ticket(site_id: str) -> str:
    from shared import tickets

    with Session(engine(), expire_on_commit=False) as session, session.begin():
        opened = tickets.open_incident(
            session, site_id=site_id, severity=Severity.II, source_key="scope",
            title=SECRET, text=SECRET,
        )  # fmt: skip
        assert opened is not None
        return opened.id


def _of_another_site(world: World) -> Iterator[Outsider]:
    site = Site(name="另一所", rules={})
    world.add(site)
    world.add(Ward(site_id=site.id, name="外所大队"))
    for role in Role:
        yield _officer(world, site.id, role)


def _of_an_empty_ward(world: World) -> Iterator[Outsider]:
    site = world.one(Site)
    ward = Ward(site_id=site.id, name="空大队")
    world.add(ward)
    for role in Role:
        yield _officer(world, site.id, role, ward)


def _officer(world: World, site_id: str, role: Role, ward: Ward | None = None) -> Outsider:
    officer = Officer(id=new_id(), site_id=site_id, name="外来民警", username=f"out-{role.value}")
    world.add(officer, OfficerRole(officer_id=officer.id, role=role))
    if ward is not None:
        world.add(OfficerWard(officer_id=officer.id, ward_id=ward.id))
    return Outsider(role.value, make_token("officer", officer.id, 0))


def _names(world: World) -> set[str]:
    residents, relatives = world.rows(Resident), world.rows(Relative)
    return {
        SECRET,
        *(one.name for one in residents),
        *(one.number for one in residents),
        *(one.name for one in relatives if one.name),
    }


def _everything() -> dict[str, list[Any]]:
    with engine().connect() as connection:
        return {
            name: sorted(map(str, connection.execute(text(f"SELECT * FROM `{name}`"))))
            for name in Base.metadata.tables
            if name not in WRITTEN_ANYWAY
        }


def _changed(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> list[str]:
    return [name for name in before if before[name] != after[name]]
