"""A backup is worth what its restore shows: the same rows, found again after a change, a flipped byte and a failure."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from functions.ops_ticket.backups import make_backup as module
from functions.ops_ticket.backups import store
from functions.ops_ticket.backups.drill import scratch
from functions.ops_ticket.backups.make_backup import make_backup
from functions.ops_ticket.backups.restore import NotEmpty, differences, load
from shared.clients import storage
from shared.models.backups import Backup, BackupKind, BackupState
from shared.models.tickets import Ticket
from tests.integration.test_deadlines import open_ticket
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
        made = list(pool.map(lambda _: make_backup(), range(2)))
    assert sorted(made) == [0, 1]
    assert world.one(Backup).state is BackupState.DONE
