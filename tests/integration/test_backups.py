"""A backup is worth what its restore shows: the same rows, found again after a change, a flipped byte and a failure."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.orm import Session

from functions.booking.privacy import __main__ as privacy
from functions.booking.privacy.erase_data import erase_data
from functions.booking.withdraw_consent import withdraw_consent
from functions.monitor_hook.rebuild_frames import rebuild_frames
from functions.ops_ticket.backups import drill as drilling
from functions.ops_ticket.backups import make_backup as module
from functions.ops_ticket.backups import restore, rows, store, unknown_objects
from functions.ops_ticket.backups.drill import scratch
from functions.ops_ticket.backups.make_backup import make_backup
from functions.ops_ticket.backups.restore import NotEmpty, differences, load
from local import migrate
from local.sample_people import GUO, LIN
from shared import clock, heartbeats
from shared.actors import Actor
from shared.clients import storage
from shared.clock import now
from shared.database import engine, make_engine
from shared.ids import first_id_of, new_id
from shared.models.backups import Backup, BackupKind, BackupState
from shared.models.every import Base
from shared.models.officers import Officer
from shared.models.people import Consent, ConsentPurpose, Relative
from shared.models.rooms import Frame
from shared.models.tickets import Heartbeat, Ticket
from shared.sealing import blind_index
from shared.settings import settings
from tests.databases import MariaDBShelf, Shelf, forget
from tests.integration.steps import approved
from tests.integration.test_deadlines import open_ticket
from tests.integration.test_tickets import report
from tests.integration.world import World


def back_up(world: World) -> None:
    world.timer("ops_ticket", "back-up")


def drill(world: World) -> None:
    world.timer("ops_ticket", "drill-restore")


def test_what_is_restored_is_what_was_there(world: World) -> None:
    back_up(world)
    back_up(world)
    full = world.one(Backup)
    assert (full.kind, full.state) == (BackupKind.FULL, BackupState.DONE)
    drill(world)
    assert world.one(Backup).proven_at is not None
    open_ticket()
    world.clock.forward(days=1)
    back_up(world)
    drill(world)
    small = world.one(Backup, kind=BackupKind.INCREMENTAL)
    assert small.proven_at is not None
    assert small.folder == full.folder
    assert (small.bytes_written or 0) < (full.bytes_written or 0)
    manifest = store.read_manifest(small.folder, small.day.isoformat())
    with scratch() as target:
        assert load(target, small.folder, manifest) == small.row_count
        with pytest.raises(NotEmpty):
            load(target, small.folder, manifest)
        with target.begin() as connection:
            connection.execute(text("UPDATE ticket SET generation = generation + 1"))
        assert differences(target, manifest) == ["ticket"]


def test_a_flipped_byte_is_found(world: World) -> None:
    back_up(world)
    piece = storage.keys(f"{world.one(Backup).folder}pieces/", limit=1)[0].key
    data = bytearray(storage.read(piece, limit=10_000_000))
    data[len(data) // 2] ^= 1
    storage.write(piece, bytes(data), store.CONTENT_TYPE)
    drill(world)
    drill(world)
    backup = world.one(Backup)
    assert backup.proven_at is None
    assert world.one(Ticket).source_key == f"backup_unproven:{backup.id}"


def test_after_a_lost_increment_the_next_one_stands_by_itself(world: World) -> None:
    back_up(world)
    full = world.one(Backup)
    for piece in storage.keys(full.folder, limit=1000):
        storage.delete(piece.key)
    world.clock.forward(days=1)
    back_up(world)
    drill(world)
    newest = max(world.rows(Backup), key=lambda one: one.day)
    assert newest.proven_at is not None


def test_a_failure_rings_once_and_the_next_hour_makes_it_good(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(folder: str, manifest: store.Manifest) -> None:
        raise ConnectionResetError

    with monkeypatch.context() as patched:
        patched.setattr(module.store, "write_manifest", broken)
        for _ in range(2):
            with pytest.raises(ConnectionResetError):
                back_up(world)
    backup = world.one(Backup)
    assert (backup.state, backup.error) == (BackupState.FAILED, "ConnectionResetError")
    assert world.one(Ticket).source_key == f"backup_failed:{backup.id}"
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: back_up(world), range(2)))
    assert world.one(Backup).state is BackupState.DONE
    assert world.one(Backup).tries == 3


def test_one_bad_answer_of_the_bucket_fails_no_backup(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store.time, "sleep", lambda seconds: None)
    world.emulator.fail("cos.*", times=2)
    back_up(world)
    assert (world.one(Backup).state, world.rows(Ticket)) == (BackupState.DONE, [])


class Killed(BaseException):
    """No handler of ours sees it, as none sees the end of a function's time."""


def die_at_the_end(patched: pytest.MonkeyPatch) -> None:
    def killed(folder: str, manifest: store.Manifest) -> None:
        raise Killed

    patched.setattr(module.store, "write_manifest", killed)


def test_a_run_that_was_killed_rings_and_the_next_writes_only_what_is_left(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        die_at_the_end(patched)
        with pytest.raises(Killed):
            back_up(world)
        back_up(world)  # a second instance, or SCF's own second try: no sign of health
        assert world.rows(Heartbeat, job="back-up") == []
        world.clock.forward(hours=1)
        with pytest.raises(Killed):
            back_up(world)
    backup = world.one(Backup)
    assert world.one(Ticket).source_key == f"backup_failed:{backup.id}"
    assert world.rows(Heartbeat, job="back-up") == []
    world.clock.forward(hours=1)
    back_up(world)
    backup = world.one(Backup)
    assert (backup.state, backup.tries) == (BackupState.DONE, 3)
    assert (backup.bytes_written or 0) < 100_000, "only what changed since"
    assert len(world.rows(Heartbeat, job="back-up")) == len(world.rows(Ticket)) == 1
    drill(world)
    assert world.one(Backup).proven_at is not None


def test_who_comes_to_its_end_when_another_has_taken_over_writes_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = module._claim()
    assert late is not None
    world.clock.forward(hours=1)
    back_up(world)
    done = world.one(Backup)
    with pytest.raises(heartbeats.Unfinished):
        module._finish(late, row_count=0, size=0)
    module._fail(late, error="Timeout")
    assert world.one(Backup).row_count == done.row_count
    assert world.one(Backup).state is BackupState.DONE


def test_pieces_of_a_full_backup_that_never_came_to_its_end_go(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(world)
    kept = world.one(Backup)
    world.clock.forward(days=7)
    with monkeypatch.context() as patched:
        die_at_the_end(patched)
        with pytest.raises(Killed):
            back_up(world)
    lost = world.one(Backup, state=BackupState.RUNNING)
    assert storage.keys(lost.folder, limit=1)
    world.clock.forward(days=1)
    back_up(world)
    world.deliver_messages()
    assert storage.keys(lost.folder, limit=1) == []
    assert store.days(kept.folder) == [str(kept.day)]
    newest = max(world.rows(Backup, state=BackupState.DONE), key=lambda one: one.day)
    assert newest.kind is BackupKind.FULL
    drill(world)
    assert world.one(Backup, id=newest.id).proven_at is not None


def test_after_a_migration_the_drill_waits_for_a_backup_of_the_new_tables(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:  # the release before: a table less
        older = [one for one in rows.tables() if one.name != "training"]
        patched.setattr(rows, "tables", lambda: older)
        back_up(world)
    drill(world)
    assert (world.one(Backup).proven_at, world.rows(Ticket)) == (None, [])
    world.clock.forward(days=1)
    back_up(world)
    drill(world)
    assert [one.proven_at is None for one in world.rows(Backup)].count(False) == 1
    assert world.rows(Ticket) == []


def test_days_without_a_proof_ring(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drilling, "_fits", lambda manifest: False)
    for _ in range(4):
        back_up(world)
        drill(world)
        world.clock.forward(days=1)
    assert {(one.source_key or "").split(":")[0] for one in world.rows(Ticket)} == {
        "backup_unproven"
    }


def test_the_command_says_which_program_fits_a_backup(
    world: World,
    shelf: Shelf,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as patched:
        older = [one for one in rows.tables() if one.name != "training"]
        patched.setattr(rows, "tables", lambda: older)
        back_up(world)
    backup, url = world.one(Backup), target(shelf, tmp_path)
    given = ["--folder", backup.folder, "--day", str(backup.day), "--into", url]
    assert restore.main(given) == 2
    assert "备份当时的程序" in capsys.readouterr().err


def target(shelf: Shelf, tmp_path: Path) -> str:
    """An empty database with the tables of the migrations, triggers and all."""
    if isinstance(shelf, MariaDBShelf):
        url = shelf.nothing(f"restored_{new_id()}")
    else:
        url = f"sqlite:///{tmp_path / 'restored.db'}"
    made = make_engine(url)
    config = Config()
    config.set_main_option("script_location", str(migrate.ROOT / "migrations"))
    with made.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    made.dispose()
    return url


def everything(url: str) -> dict[str, str]:
    """A hash of each table's rows, reckoned without the backup's own code."""
    made, found = make_engine(url), {}
    with made.connect() as connection:
        for table in Base.metadata.sorted_tables:
            rows = connection.execute(text(f"SELECT * FROM `{table.name}`")).all()
            lines = sorted(repr(tuple(row)) for row in rows)
            found[table.name] = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    made.dispose()
    return found


def test_the_command_restores_into_an_empty_database(
    world: World, shelf: Shelf, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    approved(world)
    open_ticket()
    back_up(world)
    world.clock.forward(days=1)
    report(world, "consult")
    before = everything(settings().database_url)
    assert make_backup() == 1
    full, small = sorted(world.rows(Backup), key=lambda one: one.day)
    url, place = target(shelf, tmp_path), ["--folder", full.folder, "--into"]
    empty = everything(url)

    assert restore.main([]) == 0
    assert f"--folder {full.folder} --day {full.day} | {small.day}" in capsys.readouterr().out

    assert restore.main([*place, url, "--day", "2026-12-24"]) == 2
    said = capsys.readouterr().err
    assert all(one in said for one in ("2026-12-24", str(full.day), str(small.day)))
    lost = store.manifest_key(full.folder, str(small.day))
    kept = storage.read(lost, limit=10_000_000)
    storage.delete(lost)
    assert restore.main([*place, url, "--day", str(small.day)]) == 2
    assert str(small.day) in capsys.readouterr().err
    storage.write(lost, kept, store.CONTENT_TYPE)
    assert everything(url) == empty

    assert restore.main([*place, url, "--day", str(small.day)]) == 0
    told = capsys.readouterr().out
    assert all(one in told for one in ("恢复", "核对", f"{small.row_count} 行", "逐行校验一致"))
    after = everything(url)
    # The backup's own row was still running when the snapshot was taken.
    assert [name for name in before if before[name] != after[name]] == ["backup"]

    assert restore.main([*place, url, "--day", str(small.day)]) == 2
    assert "已有数据" in capsys.readouterr().err
    assert everything(url) == after


def test_the_command_names_what_it_cannot_read_and_writes_nothing(
    world: World,
    shelf: Shelf,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    back_up(world)
    full = world.one(Backup)
    url = target(shelf, tmp_path)
    empty = everything(url)
    given = ["--folder", full.folder, "--day", str(full.day), "--into", url]

    def refused(*words: str) -> None:
        assert restore.main(given) == 2
        said = capsys.readouterr().err
        assert all(one in said for one in words), said
        assert everything(url) == empty

    digest = store.read_manifest(full.folder, str(full.day)).tables["officer"].digests[0]
    piece = store.piece_key(full.folder, digest)
    whole = storage.read(piece, limit=10_000_000)
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    storage.write(piece, bytes(flipped), store.CONTENT_TYPE)
    refused(piece, "改动")
    storage.delete(piece)
    refused(piece, "不存在")
    storage.write(piece, whole, store.CONTENT_TYPE)

    name = settings().sealing_key_id
    for keys, word in (({"other": "00" * 16}, "没有它"), ({name: "00" * 16}, "不是备份时的密钥")):
        with monkeypatch.context() as patched:
            changed = settings().model_copy(update={"sealing_keys": keys})
            for module_ in ("shared.sealing", "functions.ops_ticket.backups.store"):
                patched.setattr(f"{module_}.settings", lambda one=changed: one)
            refused(repr(name), word, "manifests")

    with make_engine(url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    refused("0001", "alembic upgrade")


def test_pictures_get_their_rows_again_from_the_bucket(
    world: World, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit_id, taken_at = approved(world), now().replace(microsecond=0)
    name = f"{settings().trtc_sdk_app_id}_visit-{visit_id}_user_{taken_at:%Y%m%d%H%M%S}.jpg"
    key = f"frames/{visit_id}/task/user/images/{name}"
    for one in (key, f"frames/{visit_id}/task/other"):
        storage.write(one, b"frame", "image/jpeg")
    seen = {"visit_id": visit_id, "cos_key": key, "taken_at": taken_at}
    world.add(Frame(people=1, faces=[], **seen))
    back_up(world)
    full, url = world.one(Backup), target(shelf, tmp_path)
    assert restore.main(["--folder", full.folder, "--day", str(full.day), "--into", url]) == 0
    engine().dispose()
    monkeypatch.setenv("DATABASE_URL", url)
    forget()
    try:
        assert world.rows(Frame) == []
        assert [rebuild_frames(), rebuild_frames()] == [1, 1]
        again = world.one(Frame)
        assert (again.visit_id, again.cos_key, again.taken_at) == (visit_id, key, taken_at)
        world.clock.forward(days=31)
        world.timer("monitor_hook", "delete-old-frames")
        assert world.rows(Frame) == []
    finally:
        engine().dispose()
        monkeypatch.undo()
        forget()


def test_what_the_bucket_holds_of_visits_and_people_after_the_backup_is_named(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """A restored database knows none of them, and nobody would ever delete their films and pictures."""
    known, lost = approved(world), new_id()
    since = clock.system_time() - timedelta(days=1)  # ids go by the machine's time
    relative = world.one(Relative, openid_index=blind_index(GUO.openid, context="openid"))
    kept = [f"recordings/{known}/task/one.mp4", f"id-photos/{relative.id}/one"]
    before = first_id_of(since - timedelta(days=30))
    unknown = [f"recordings/{lost}/task/{n}.mp4" for n in "12"] + [f"clips/{lost}/one.mp4"]
    for key in (*kept, f"recordings/{before}/task/one.mp4", *unknown):
        storage.write(key, b"object", store.CONTENT_TYPE)
    capsys.readouterr()
    assert unknown_objects.main(["--since", f"{since:%Y-%m-%d}"]) == 0
    told = capsys.readouterr().out.splitlines()
    mine = (known, relative.id, before, lost)  # the bucket holds other tests' objects, too
    assert [one for one in told if one.split("/")[1] in mine] == [
        f"clips/{lost}/ 1",
        f"recordings/{lost}/ 2",
    ]


def test_who_was_erased_or_withdrew_since_the_backup_is_so_in_the_restored_one(
    world: World,
    shelf: Shelf,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    officer = world.one(Officer, username="sun")
    world.sign_in(LIN.openid)
    erased, withdrew = (
        world.one(Relative, openid_index=blind_index(one.openid, context="openid"))
        for one in (GUO, LIN)
    )
    face = {"relative_id": withdrew.id, "purpose": ConsentPurpose.FACE, "version": "1"}
    world.add(Consent(**face, given_at=now()))
    with Session(engine()) as session, session.begin():
        session.get_one(Relative, withdrew.id).id_photo_key = "photos/one"
    back_up(world)
    full = world.one(Backup)
    actor = Actor("officer", officer.id, officer.site_id)
    erase_data(actor=actor, relative_id=erased.id, reason="窗口申请", confirmed=True)
    mine = Actor("relative", withdrew.id, None)
    withdraw_consent(actor=mine, purpose=ConsentPurpose.FACE, confirmed=True)
    world.deliver_messages()
    url = target(shelf, tmp_path)
    assert restore.main(["--folder", full.folder, "--day", str(full.day), "--into", url]) == 0
    engine().dispose()
    monkeypatch.setenv("DATABASE_URL", url)
    forget()
    try:
        assert world.one(Relative, id=erased.id).name == GUO.name
        assert world.one(Relative, id=withdrew.id).id_photo_key == "photos/one"
        again = ["erase-again", "--officer", "sun", "--reason", "从备份恢复"]
        capsys.readouterr()
        for folder in ("erasures/", "withdrawals/"):  # as the vendor's console makes them
            storage.write(folder, b"", "application/x-directory")
        for count in (1, 0):
            assert privacy.main(again) == 0
            said = capsys.readouterr().out
            assert f"已重新注销 {count} 人，重新撤回 {count} 项同意" in said
        gone = world.one(Relative, id=erased.id)
        assert (gone.name, gone.id_number, gone.erased_at is None) == (None, None, False)
        assert world.one(Relative, id=withdrew.id).id_photo_key is None
        given = world.rows(Consent, relative_id=withdrew.id, purpose=ConsentPurpose.FACE)
        assert all(one.withdrawn_at for one in given)
        world.add(Consent(**face, given_at=now()))  # given anew since then, it stands
        assert privacy.main(again) == 0
        assert "撤回 0 项" in capsys.readouterr().out
    finally:
        engine().dispose()
        monkeypatch.undo()
        forget()
