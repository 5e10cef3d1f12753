"""Alarms open one incident each; what has served goes, what proves something stays; files on tickets."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from functions.ops_ticket import clean_up as module
from functions.ops_ticket.backups import store
from shared import erasure, outbox, tickets
from shared.clients import storage
from shared.clients.errors import ProviderRefused
from shared.clock import now
from shared.database import engine, in_transaction
from shared.ids import first_id_of
from shared.models.plumbing import AuditEvent, Outbox, OutboxState
from shared.models.tickets import Ticket
from tests.integration.problems import assert_problem
from tests.integration.test_deadlines import open_ticket
from tests.integration.world import World

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 32


def letter(number: int, state: OutboxState, *, days: float) -> Outbox:
    body = {"kind": "wecom", "body": "{}", "dedupe_key": f"test:{number}", "state": state}
    return Outbox(**body, due_at=now() - timedelta(days=days), last_error="60011")


def unkeyed(number: int, *, days: float) -> Outbox:
    """As a deletion that was done; nobody looks for it by a key."""
    at = now() - timedelta(days=days)
    row_id = first_id_of(at)[:-5] + f"{number:05}"
    sent = {"kind": "wecom", "body": "{}", "state": OutboxState.SENT, "due_at": at}
    return Outbox(id=row_id, **sent, last_error=str(number))


def test_what_the_outbox_gave_up_opens_one_incident_a_kind(world: World) -> None:
    world.add(*(letter(number, OutboxState.DEAD, days=0.01) for number in range(3)))
    for _ in range(3):
        world.timer("ops_ticket", "report-dead-letters")
    ticket = world.one(Ticket)
    assert (ticket.source_key or "").startswith("dead_letters:wecom:")
    assert "共 3 条" in ticket.text


def test_a_kind_that_cannot_be_told_of_keeps_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    wechat = letter(2, OutboxState.DEAD, days=0.01)
    wechat.kind = "wechat"
    world.add(letter(1, OutboxState.DEAD, days=0.01), wechat)
    opened = tickets.open_incident

    def broken(session: Session, **given: Any) -> Ticket | None:
        if given["source_key"].startswith("dead_letters:wecom"):
            raise KeyError
        return opened(session, **given)

    monkeypatch.setattr(tickets, "open_incident", broken)
    with pytest.raises(KeyError):
        world.timer("ops_ticket", "report-dead-letters")
    assert "dead_letters:wechat" in (world.one(Ticket).source_key or "")


def test_temporary_rows_go_in_batches_and_the_rest_stays(world: World) -> None:
    batch, module.BATCH = module.BATCH, 10
    try:
        world.add(*(letter(number, OutboxState.SENT, days=40) for number in range(25)))
        world.add(letter(25, OutboxState.SENT, days=3), letter(26, OutboxState.DEAD, days=100))
        world.add(*(unkeyed(number, days=4) for number in range(15)), unkeyed(15, days=2))
        audited = len(world.rows(AuditEvent))
        world.timer("ops_ticket", "clean-up")
    finally:
        module.BATCH = batch
    left = [one.dedupe_key or one.last_error or "" for one in world.rows(Outbox, kind="wecom")]
    assert sorted(left) == ["15", "test:25", "test:26"]
    assert len(world.rows(AuditEvent)) == audited


def test_what_died_in_the_evening_is_no_second_incident_after_midnight(world: World) -> None:
    world.clock.forward(hours=14)  # 23:00
    world.add(letter(1, OutboxState.DEAD, days=0))
    world.timer("ops_ticket", "report-dead-letters")
    world.clock.forward(hours=1, minutes=30)
    world.timer("ops_ticket", "report-dead-letters")
    assert len(world.rows(Ticket)) == 1


def test_a_deletion_that_died_is_taken_up_again_every_night_until_it_is_done(world: World) -> None:
    storage.write("clips/one", b"a face", "image/jpeg")
    with Session(engine()) as session, session.begin():
        erasure.delete_later(session, "clips/one")
    world.emulator.fail("cos.*", times=outbox.MAX_TRIES)
    for _ in range(outbox.MAX_TRIES):
        world.deliver_messages()
        world.clock.forward(hours=1)
    assert world.one(Outbox).state is OutboxState.DEAD
    world.timer("ops_ticket", "report-dead-letters")
    assert "每夜" in world.one(Ticket).text
    world.timer("ops_ticket", "clean-up")
    world.deliver_messages()
    assert storage.head("clips/one") is None
    assert world.one(Outbox, kind="delete_object").state is OutboxState.SENT


def test_a_large_folder_goes_piece_by_piece(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row's lease is a minute, a backup's folder many thousand objects."""
    for number in range(5):
        storage.write(f"backups/x/{number}", b"", "text/plain")
    with Session(engine()) as session, session.begin():
        erasure.delete_prefix_later(session, "backups/x/")
    slow = storage.delete

    def delete(key: str) -> None:
        slow(key)
        world.clock.forward(seconds=20)

    monkeypatch.setattr(storage, "delete", delete)
    left = []
    for _ in range(3):
        world.deliver_messages()
        left.append(len(storage.keys("backups/x/", limit=10)))
    assert left == [3, 1, 0]
    assert {one.state for one in world.rows(Outbox)} == {OutboxState.SENT}


def test_a_folder_made_in_the_console_is_no_object_of_ours_and_goes_with_its_prefix(
    world: World,
) -> None:
    """The vendor's console shows an empty object whose name ends in a slash as a folder."""
    backup = "backups/one/"
    folders = ("backups/", backup, f"{backup}manifests/", f"{backup}pieces/")
    noted = (erasure.PERSONS, erasure.WITHDRAWALS, f"{erasure.WITHDRAWALS}someone/")
    others = set(store.folders())  # of other tests: one bucket serves them all
    people = [*erasure.erased_persons(), *erasure.withdrawals()]
    for key in (*folders, *noted):
        storage.write(key, b"", "application/x-directory")
    assert set(store.folders()) == others
    storage.write(store.manifest_key(backup, "2026-12-01"), b"1", store.CONTENT_TYPE)
    assert set(store.folders()) - others == {backup}
    assert store.days(backup) == ["2026-12-01"]
    assert store.pieces(backup) == set()
    assert [*erasure.erased_persons(), *erasure.withdrawals()] == people
    with Session(engine()) as session, session.begin():
        erasure.delete_prefix_later(session, backup)
    world.deliver_messages()
    assert [key for key in folders if storage.head(key)] == ["backups/"]


def test_one_object_that_may_not_be_deleted_keeps_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        storage.write(f"clips/{number}", b"", "text/plain")
    with Session(engine()) as session, session.begin():
        erasure.delete_prefix_later(session, "clips/")
    free = storage.delete

    def delete(key: str) -> None:
        if key == "clips/0":
            raise ProviderRefused("cos", "AccessDenied")
        free(key)

    monkeypatch.setattr(storage, "delete", delete)
    world.deliver_messages()
    assert [one.key for one in storage.keys("clips/", limit=10)] == ["clips/0"]
    assert world.one(Outbox).last_error == "AccessDenied"


def test_the_database_is_looked_over_once_a_month(world: World) -> None:
    for _ in range(2):
        world.timer("ops_ticket", "watch-database")
    opened = len([one for one in world.rows(Ticket) if (one.source_key or "")[:9] == "database:"])
    assert opened == _expected()


@in_transaction
def _expected(session: object) -> int:
    """SQLite serves no site; the tests' MariaDB has its statistics switched off, which is a finding."""
    assert session.scalar(select(func.count())) is not None  # type: ignore[attr-defined]
    return int(engine().dialect.name != "sqlite")


def test_a_file_on_a_ticket_is_looked_at_and_every_reading_is_on_record(world: World) -> None:
    path = f"/ops/v1/tickets/{open_ticket()}/attachments"
    token = world.officer("qian")
    place = world.post(f"{path}/place", {"content_type": "image/png"}, token=token).json
    body = {"key": place["key"], "name": "截图.png"}
    assert_problem(world.post(path, body, token=token), 422, "attachment_missing")
    world.upload(place, b"<script>")
    assert_problem(world.post(path, body, token=token), 422, "attachment_unreadable")
    world.upload(place, PNG)
    for _ in range(2):
        shown = world.post(path, body, token=token)
        assert [one["name"] for one in shown.json["attachments"]] == ["截图.png"], shown.text
    attached = [one for one in shown.json["events"] if one["kind"] == "attached"]
    assert [one["actor_name"] for one in attached] == ["钱工"]
    link = world.get(f"{path}/{attached[0]['value']}", token=token).json
    assert place["key"] in link["url"]
    assert len(world.rows(AuditEvent, action="attachment.read")) == 1
    assert_problem(
        world.get(f"{path}/{attached[0]['value']}", token=world.officer("wang")), 403, "not_allowed"
    )
