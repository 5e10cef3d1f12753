"""Where backups stand in COS: pieces and a manifest, each compressed and sealed with the key id in its head.

A folder holds one full backup and the increments of the week after it; it is deleted as a whole.
"""

import json
import time
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from shared.clients import storage
from shared.clients.errors import ProviderUnavailable
from shared.sealing import SealBroken, key_id, seal, unseal
from shared.settings import settings

ROOT = "backups/"
CONTENT_TYPE = "application/octet-stream"
MOST_DAYS = 100  # a folder holds a week
LARGEST = 64 * 1024 * 1024
PAUSES_S = (1, 5)


class BackupBroken(Exception):
    """A piece or a manifest is missing, was altered, or cannot be opened: which, and why, in Chinese."""

    def __init__(self, key: str, why: str) -> None:
        super().__init__(f"{key}（{why}）")


@dataclass(frozen=True)
class TableBackup:
    """`digests` of its pieces in order, and one hash of all of its rows."""

    rows: int
    sha256: str
    digests: list[str]


@dataclass(frozen=True)
class Manifest:
    """`revision`: of the tables in the database; `schema`: what the program knew of them. Empty in older ones."""

    backup_id: str
    kind: str
    day: str
    revision: str
    tables: Mapping[str, TableBackup] = field(default_factory=dict)
    schema: str = ""

    def digests(self) -> set[str]:
        return {digest for one in self.tables.values() for digest in one.digests}


def write_piece(folder: str, digest: str, data: bytes) -> int:
    """How many bytes it took."""
    key = piece_key(folder, digest)
    sealed = seal(zlib.compress(data), context=key)
    _write(key, sealed)
    return len(sealed)


def read_piece(folder: str, digest: str) -> bytes:
    """Raises BackupBroken."""
    return _read(piece_key(folder, digest))


def write_manifest(folder: str, manifest: Manifest) -> None:
    key = manifest_key(folder, manifest.day)
    data = json.dumps(asdict(manifest)).encode()
    _write(key, seal(zlib.compress(data), context=key))


def read_manifest(folder: str, day: str) -> Manifest:
    """Raises BackupBroken."""
    found: dict[str, Any] = json.loads(_read(manifest_key(folder, day)))
    tables = {name: TableBackup(**one) for name, one in found.pop("tables").items()}
    return Manifest(**found, tables=tables)


def piece_key(folder: str, digest: str) -> str:
    return f"{folder}pieces/{digest}"


def pieces(folder: str) -> set[str]:
    """The digests of those that stand there."""
    return {one.key.rpartition("/")[2] for one in storage.every_key(piece_key(folder, ""))}


def manifest_key(folder: str, day: str) -> str:
    return f"{folder}manifests/{day}"


def days(folder: str) -> list[str]:
    """Of which a manifest stands there, the oldest first."""
    there = storage.keys(manifest_key(folder, ""), limit=MOST_DAYS)
    return [one.key.rpartition("/")[2] for one in there]


def folders() -> list[str]:
    """The oldest first: their names are made of the moment. Jumps over the pieces of each."""
    found: list[str] = []
    while more := storage.keys(ROOT, limit=1, after=f"{found[-1]}~" if found else ""):
        name = more[0].key.removeprefix(ROOT).partition("/")[0]
        found.append(f"{ROOT}{name}/")
    return found


def _write(key: str, sealed: bytes) -> None:
    """One bad answer among thousands of writes is no reason to call anybody at night."""
    for pause_s in PAUSES_S:
        try:
            return storage.write(key, sealed, CONTENT_TYPE)
        except ProviderUnavailable:
            time.sleep(pause_s)
    return storage.write(key, sealed, CONTENT_TYPE)


def _read(key: str) -> bytes:
    try:
        sealed = storage.read(key, limit=LARGEST)
    except storage.ObjectMissing as error:
        raise BackupBroken(key, "不存在") from error
    except storage.ObjectTooLarge as error:
        raise BackupBroken(key, "大小异常") from error
    name = key_id(sealed)
    if name not in settings().sealing_keys:
        raise BackupBroken(key, f"由密钥 {name!r} 加密，SEALING_KEYS 里没有它")
    try:
        return zlib.decompress(unseal(sealed, context=key))
    except (SealBroken, zlib.error) as error:
        why = f"内容被改动，或 SEALING_KEYS 里的 {name!r} 不是备份时的密钥"
        raise BackupBroken(key, why) from error
