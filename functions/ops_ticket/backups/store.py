"""Where backups stand in COS: pieces and a manifest, each compressed and sealed with the key id in its head.

A folder holds one full backup and the increments of the week after it; it is deleted as a whole.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from shared.clients import storage
from shared.sealing import SealBroken, seal, unseal

ROOT = "backups/"
CONTENT_TYPE = "application/octet-stream"
LARGEST = 64 * 1024 * 1024


class BackupBroken(Exception):
    """A piece or a manifest is missing, was altered, or cannot be opened."""


@dataclass(frozen=True)
class TableBackup:
    """`digests` of its pieces in order, and one hash of all of its rows."""

    rows: int
    sha256: str
    digests: list[str]


@dataclass(frozen=True)
class Manifest:
    """`revision`: of the schema that the rows belong to."""

    backup_id: str
    kind: str
    day: str
    revision: str
    tables: Mapping[str, TableBackup] = field(default_factory=dict)

    def digests(self) -> set[str]:
        return {digest for one in self.tables.values() for digest in one.digests}


def write_piece(folder: str, digest: str, data: bytes) -> int:
    """How many bytes it took."""
    key = piece_key(folder, digest)
    sealed = seal(zlib.compress(data), context=key)
    storage.write(key, sealed, CONTENT_TYPE)
    return len(sealed)


def read_piece(folder: str, digest: str) -> bytes:
    """Raises BackupBroken."""
    return _read(piece_key(folder, digest))


def write_manifest(folder: str, manifest: Manifest) -> None:
    key = manifest_key(folder, manifest.day)
    data = json.dumps(asdict(manifest)).encode()
    storage.write(key, seal(zlib.compress(data), context=key), CONTENT_TYPE)


def read_manifest(folder: str, day: str) -> Manifest:
    """Raises BackupBroken."""
    found: dict[str, Any] = json.loads(_read(manifest_key(folder, day)))
    tables = {name: TableBackup(**one) for name, one in found.pop("tables").items()}
    return Manifest(**found, tables=tables)


def piece_key(folder: str, digest: str) -> str:
    return f"{folder}pieces/{digest}"


def manifest_key(folder: str, day: str) -> str:
    return f"{folder}manifests/{day}"


def _read(key: str) -> bytes:
    try:
        return zlib.decompress(unseal(storage.read(key, limit=LARGEST), context=key))
    except (storage.ObjectMissing, storage.ObjectTooLarge, SealBroken, zlib.error) as error:
        raise BackupBroken(key) from error
