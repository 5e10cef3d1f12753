"""An inspection from its plan to its report: checked on a phone with photos, faults become tickets; and the probes."""

import io
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
import requests
from sqlalchemy.orm import Session

from functions.ops_ticket.inspections import plan_inspections, probe_services
from local.mariadb import free_port
from shared import database, outbox, tickets
from shared.clients import storage
from shared.clients.errors import ProviderUnavailable
from shared.clock import now
from shared.database import engine
from shared.errors import Unavailable
from shared.models.inspections import Inspection, InspectionItem, ServiceHour, ServiceState
from shared.models.places import Device, DeviceKind, Site, Terminal, TerminalStatus
from shared.models.plumbing import Outbox
from shared.models.reports import OpsReport
from shared.models.tickets import Ticket
from tests.databases import forget
from tests.integration.problems import assert_problem
from tests.integration.steps import open_slots
from tests.integration.world import Answer, World

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 200


@pytest.fixture
def planned(world: World) -> World:
    terminal = world.one(Terminal, status=TerminalStatus.WORKING)
    world.add(Device(site_id=world.one(Site).id, terminal_id=terminal.id, kind=DeviceKind.CAMERA))
    for _ in range(2):
        world.timer("ops_ticket", "plan-inspections")
    return world


def monthly(world: World) -> dict[str, Any]:
    return show(world, next(one.id for one in world.rows(Inspection) if one.period == "2026-12"))


def show(world: World, inspection_id: str) -> dict[str, Any]:
    found: dict[str, Any] = world.get(
        f"/ops/v1/inspections/{inspection_id}", token=world.officer("qian")
    ).json
    return found


def check(world: World, inspection: dict[str, Any], item: dict[str, Any], **said: Any) -> Answer:
    path = f"/ops/v1/inspections/{inspection['id']}/items/{item['id']}"
    return world.post(path, said, token=world.officer("qian"))


def finish(world: World, inspection: dict[str, Any]) -> Answer:
    return world.post(f"/ops/v1/inspections/{inspection['id']}/finish", token=world.officer("qian"))


def test_a_month_is_inspected_and_reported(planned: World) -> None:
    world = planned
    slot = open_slots(world)[0]
    assert sorted(one.period for one in world.rows(Inspection)) == ["2026-12", "2026-Q4"]
    inspection = monthly(world)
    camera, *others = inspection["items"]
    assert camera["what"].endswith("摄像头：画面清晰、角度正确")
    left = finish(world, inspection)
    assert_problem(left, 422, "inspection_incomplete")

    place = world.post(
        f"/ops/v1/inspections/{inspection['id']}/photos",
        {"content_type": "image/jpeg"},
        token=world.officer("qian"),
    ).json
    never = check(
        world, inspection, camera, result="fault", note="镜头碎裂", photo_keys=[place["key"]]
    )
    assert_problem(never, 422, "inspection_photo")
    world.upload(place, JPEG)
    assert_problem(check(world, inspection, camera, result="fault"), 422, "inspection_note")
    fault = {
        "result": "fault",
        "note": "镜头碎裂",
        "photo_keys": [place["key"]],
        "out_of_service": True,
    }
    for _ in range(2):  # sent again by a phone that lost its answer
        done = check(world, inspection, camera, **fault)
        assert done.status == 200, done.text
    ticket = world.one(Ticket)
    assert (ticket.source.value, ticket.severity.value) == ("inspection", "III")
    assert world.one(Device).status.value == "broken"
    assert world.one(type(slot), id=slot.id).capacity == 0
    assert requests.get(done.json["items"][0]["photos"][0]["url"], timeout=30).content == JPEG

    for item in others:
        assert check(world, inspection, item, result="ok").status == 200
    assert finish(world, inspection).json["faults"] == 1
    assert_problem(check(world, inspection, camera, result="ok"), 409, "inspection_over")

    for _ in range(2):
        world.timer("ops_ticket", "make-reports")
    report = next(one for one in world.rows(OpsReport) if one.kind.value == "inspection")
    assert report.title == "2026年12月巡检报告"
    said = read(world, report.id)
    assert f"本次检查 {len(inspection['items'])} 项，正常 {len(others)} 项，异常 1 项" in said
    assert "镜头碎裂" in said
    assert ticket.id in said


def test_what_does_not_fit_together_is_told_at_once(planned: World) -> None:
    inspection = monthly(planned)
    camera, room = inspection["items"][0], inspection["items"][-1]
    place = {"photo_keys": [f"inspections/{inspection['id']}/never.jpg"], "out_of_service": True}
    told = check(planned, inspection, camera, result="ok", **place)
    assert_problem(told, 422, "inspection_ok_broken", "inspection_photo")
    told = check(planned, inspection, room, result="fault", **place)
    assert_problem(told, 422, "inspection_note", "inspection_no_device", "inspection_photo")
    assert planned.one(Device).status.value == "working"


def test_one_site_that_fails_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.add(Site(id="0" * 26, name="示例所", rules={}, created_at=world.clock.now()))
    whole = plan_inspections._items

    def items(session: Any, made: Inspection) -> list[InspectionItem]:
        if made.site_id == "0" * 26:
            raise KeyError(made.site_id)
        return whole(session, made)

    monkeypatch.setattr(plan_inspections, "_items", items)
    world.clock.forward(days=22)
    with pytest.raises(KeyError):
        world.timer("ops_ticket", "plan-inspections")
    assert len(world.rows(Inspection)) == 2
    assert any("巡检提醒" in row.body for row in world.rows(Outbox, kind="wecom"))


def read(world: World, report_id: str) -> str:
    from docx import Document

    links = world.post(f"/ops/v1/reports/{report_id}/links", token=world.officer("sun")).json
    document = Document(io.BytesIO(requests.get(links["docx_url"], timeout=30).content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def test_whoever_forgets_is_reminded_each_day(planned: World) -> None:
    planned.clock.forward(days=22)
    for _ in range(2):
        planned.timer("ops_ticket", "plan-inspections")
    told = [row for row in planned.rows(Outbox, kind="wecom") if "巡检提醒" in row.body]
    assert len(told) == 2  # the month's and the quarter's
    assert len(planned.rows(InspectionItem)) == 7 + 11


def test_three_silences_in_a_row_open_one_incident(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([True, False, False, False, False, True, False])
    monkeypatch.setattr(probe_services, "PROBES", {"storage": lambda: next(answers)})
    world.clock.move_to(world.clock.now().replace(minute=10, second=1, microsecond=0))
    for _ in range(7):
        probe_services.probe_services()
        world.clock.forward(minutes=1)
    assert [one.title for one in world.rows(Ticket)] == ["服务探测失败：对象存储"]
    hour = world.one(ServiceHour)
    assert (hour.probes, hour.failures) == (7, 5)
    path = "/ops/v1/availability?since=2026-12-01T00:00:00Z&until=2026-12-02T00:00:00Z"
    shown = world.get(path, token=world.officer("sun")).json["services"]
    assert [(one["name"], one["probes"], one["failures"]) for one in shown] == [("对象存储", 7, 5)]


def test_minutes_without_a_database_are_counted_when_it_is_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE_S", 0)
    folder, foreign = probe_services.NOTES, f"{probe_services.NOTES}somebody-else"
    storage.write(folder, b"", "application/x-directory")  # made in the vendor's console
    storage.write(foreign, b"", "text/plain")
    world.clock.move_to(world.clock.now().replace(minute=58, second=1, microsecond=0))
    probe_services.probe_services()
    with pytest.MonkeyPatch.context() as away:
        away.setenv("DATABASE_URL", f"mysql+pymysql://nobody@127.0.0.1:{free_port()}/visits")
        forget()
        for _ in range(4):
            world.clock.forward(minutes=1)
            for _instance in range(2):
                with pytest.raises(Unavailable):
                    probe_services.probe_services()
    forget()
    world.clock.forward(minutes=1)
    for _instance in range(2):
        probe_services.probe_services()
    hours = sorted(world.rows(ServiceHour, service="database"), key=lambda one: one.hour)
    assert [(one.probes, one.failures) for one in hours] == [(2, 1), (4, 3)]
    assert world.one(ServiceState, service="database").failing == 0
    told = [one for one in world.rows(Ticket) if one.title == "服务探测失败：数据库"]
    assert len(told) == 1
    assert "自 12月1日（周二）09:59 起" in told[0].text
    assert [one.key for one in storage.keys(probe_services.NOTES, 10)] == [foreign]


def test_a_site_that_cannot_be_told_of_a_silence_keeps_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is told in the next minute, while it lasts."""
    first = world.one(Site)
    others = [Site(name=f"{number}所") for number in range(2)]
    world.add(*others)
    monkeypatch.setattr(probe_services, "PROBES", {"storage": lambda: False})
    world.clock.move_to(world.clock.now().replace(minute=10, second=1, microsecond=0))
    opened = tickets.open_incident

    def all_but_the_first(session: Session, *, site_id: str, **given: Any) -> Ticket | None:
        if site_id == first.id:
            raise KeyError(site_id)
        return opened(session, site_id=site_id, **given)

    with monkeypatch.context() as patched:
        patched.setattr(tickets, "open_incident", all_but_the_first)
        for last in (False, False, True):
            world.clock.forward(minutes=1)
            with pytest.raises(KeyError) if last else nullcontext():
                probe_services.probe_services()
    assert {one.site_id for one in world.rows(Ticket)} == {one.id for one in others}
    assert world.one(ServiceState).failing == 3
    world.clock.forward(minutes=1)
    probe_services.probe_services()
    assert sorted(one.site_id for one in world.rows(Ticket)) == sorted(
        one.id for one in (first, *others)
    )


def test_the_real_probes_answer(world: World) -> None:
    world.clock.forward(minutes=1)
    probed = {name: probe() for name, probe in probe_services.PROBES.items()}
    assert (probed["database"], probed["storage"], probed["messages"]) == (True, True, True)


def test_deletions_that_wait_are_no_messages(world: World) -> None:
    """A night's deletions of a province wait for hours; nobody waits for them."""
    late = {"body": "{}", "due_at": now() - timedelta(minutes=11)}
    world.add(Outbox(kind="delete_object", dedupe_key="d", **late))
    assert probe_services.PROBES["messages"]()
    assert world.get("/ops/v1/health").json["oldest_waiting_s"] == 0
    world.add(Outbox(kind="wechat", dedupe_key="w", **late))
    assert not probe_services.PROBES["messages"]()


def test_a_provider_that_is_away_shows_though_each_message_has_its_next_try(world: World) -> None:
    with Session(engine()) as session, session.begin():
        for number in range(2):
            outbox.put(session, kind="wecom", body={"users": [], "text": f"{number}"})

    def away(_: object) -> None:
        raise ProviderUnavailable("wecom", "timeout")

    for _ in range(15):
        outbox.deliver({"wecom": away}, one_provider_a_kind=True)
        world.clock.forward(minutes=1)
    assert not probe_services.PROBES["messages"]()
    # One of its own fault, while others go out, is no outage.
    world.clock.forward(hours=1)
    tries = iter([away, lambda _: None])
    outbox.deliver({"wecom": lambda body: next(tries)(body)})
    assert probe_services.PROBES["messages"]()
