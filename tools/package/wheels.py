"""The locked wheels for SCF's Python 3.10, and which of them a set of imports needs."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from functools import cached_property, lru_cache
from pathlib import Path
from zipfile import ZipFile

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

PYTHON = "3.10"
# Oldest glibc first: pip takes the first that fits, and the older serves more machines.
PLATFORMS = ("1", "2010", "2014", "_2_17", "_2_24", "_2_26", "_2_27", "_2_28")
TARGET = {
    "implementation_name": "cpython", "os_name": "posix", "platform_machine": "x86_64",
    "platform_python_implementation": "CPython", "platform_system": "Linux", "python_full_version": "3.10.13",
    "python_version": PYTHON, "sys_platform": "linux", "extra": "",
}  # fmt: skip
# SQLAlchemy asks for it on Linux and uses it for asyncio alone, which would load with it.
LEFT_OUT = {"greenlet"}
# Data that no import names: time zones.
ALWAYS = {"tzdata"}
# Published as source alone; data and one module, so building is packing.
FROM_SOURCE = {"face-recognition-models"}
LOCKED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+?)(?: ; (.+?))? ?\\?$")


@dataclass(frozen=True)
class Wheel:
    path: Path

    @property
    def name(self) -> str:
        return canonicalize_name(parse_wheel_filename(self.path.name)[0])

    @property
    def pin(self) -> str:
        return f"{self.name}=={parse_wheel_filename(self.path.name)[1]}"

    @cached_property
    def files(self) -> frozenset[str]:
        with ZipFile(self.path) as archive:
            return frozenset(archive.namelist())

    @cached_property
    def needs(self) -> frozenset[str]:
        metadata = next(
            one for one in self.files if re.fullmatch(r"[^/]+\.dist-info/METADATA", one)
        )
        with ZipFile(self.path) as archive:
            given = message_from_bytes(archive.read(metadata)).get_all("Requires-Dist", [])
        wanted = [Requirement(one) for one in given]
        return frozenset(
            canonicalize_name(one.name)
            for one in wanted
            if one.marker is None or one.marker.evaluate(TARGET)
        )

    def has(self, module: str) -> bool:
        path = module.replace(".", "/")
        return (
            f"{path}/__init__.py" in self.files
            or f"{path}.py" in self.files
            or any(one.startswith(f"{path}.") and one.endswith(".so") for one in self.files)
        )


def locked(lock: Path) -> Iterator[str]:
    """The lock's entries for the target, with their hashes, without markers: pip would ask its own Python."""
    for entry in re.split(r"\n(?=[A-Za-z])", lock.read_text()):
        head, *rest = [line for line in entry.splitlines() if not line.lstrip().startswith("#")]
        found = LOCKED.match(head)
        if found is None:
            raise ValueError(f"{lock.name}: {head}")
        name, version, marker = found.groups()
        if canonicalize_name(name) not in LEFT_OUT and (
            marker is None or Marker(marker).evaluate(TARGET)
        ):
            yield "\n".join([f"{name}=={version} \\", *rest])


@lru_cache
def fetch(lock: Path, cache: Path) -> dict[str, Wheel]:
    """The wheels of a lock by name, each with one of the lock's hashes."""
    cache.mkdir(parents=True, exist_ok=True)
    entries = list(locked(lock))
    source = [one for one in entries if canonicalize_name(one.partition("==")[0]) in FROM_SOURCE]
    with tempfile.TemporaryDirectory(prefix="visits-wheels-") as folder:
        _pip(
            "download",
            cache,
            [one for one in entries if one not in source],
            Path(folder),
            *_target(),
        )
        if source and not _there(cache, FROM_SOURCE):
            _pip("wheel", cache, source, Path(folder), "--no-build-isolation")
    pins = {
        f"{canonicalize_name(name)}=={version}"
        for name, version in (one.split()[0].split("==") for one in entries)
    }
    wheels = [Wheel(path) for path in sorted(cache.glob("*.whl"))]
    return {one.name: one for one in wheels if one.pin in pins}


def _there(cache: Path, names: set[str]) -> bool:
    return names <= {Wheel(path).name for path in cache.glob("*.whl")}


def _target() -> list[str]:
    abis = ("cp310", "abi3", "none")
    return [
        "--only-binary=:all:", f"--python-version={PYTHON}", "--implementation=cp",
        *(f"--abi={one}" for one in abis),
        *(f"--platform=manylinux{one}_x86_64" for one in PLATFORMS),
    ]  # fmt: skip


def _pip(command: str, cache: Path, entries: list[str], folder: Path, *options: str) -> None:
    wanted = folder / f"{command}.txt"
    wanted.write_text("\n".join(entries) + "\n")
    where = "--dest" if command == "download" else "--wheel-dir"
    subprocess.run(
        [sys.executable, "-m", "pip", command, "--quiet", "--disable-pip-version-check", "--no-deps",
         "--require-hashes", where, str(cache), *options, "-r", str(wanted)],
        check=True,
    )  # fmt: skip


def needed(imports: Iterable[str], wheels: dict[str, Wheel]) -> list[Wheel]:
    """Those that hold an imported module, and what these need."""
    names = {name for name, wheel in wheels.items() if any(wheel.has(one) for one in imports)}
    waiting = [*names, *ALWAYS]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in wheels and name not in found:
            found.add(name)
            waiting += wheels[name].needs
    return [wheels[name] for name in sorted(found)]
