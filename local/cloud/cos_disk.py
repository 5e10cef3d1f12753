"""COS objects on disk: one file an object, first a line of JSON about it, then its bytes."""

import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

About = dict[str, Any]
UNFINISHED = ".unfinished-"


class Disk:
    """`write` and `remove` return when the change is on the medium; a kill leaves the old or the new, never half."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(f"{UNFINISHED}*"):
            left.unlink()

    def write(self, key: str, about: About, value: bytes) -> None:
        draft = self._folder / f"{UNFINISHED}{secrets.token_hex(8)}"
        head = json.dumps({**about, "key": key}, ensure_ascii=False).encode()
        with draft.open("wb") as file:
            file.write(head + b"\n" + value)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._place(key))
        self._sync_folder()

    def remove(self, key: str) -> None:
        self._place(key).unlink(missing_ok=True)
        self._sync_folder()

    def read_all(self) -> Iterator[tuple[About, bytes]]:
        for path in sorted(self._folder.iterdir()):
            head, _, value = path.read_bytes().partition(b"\n")
            yield json.loads(head), value

    def _place(self, key: str) -> Path:
        return self._folder / hashlib.sha256(key.encode()).hexdigest()

    def _sync_folder(self) -> None:
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
