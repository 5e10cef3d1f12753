"""From the start of a process to its first answered request, in time and memory, beside a bare Flask doing the same.

    python -m benchmarks.coldstart [--json] [--rounds 9] [--packages dist/package]

With `--packages` what `make package` made is measured, as SCF runs it: Python 3.10, its compiled files, nothing else.

Each function answers a request that reads the database; the two that look at faces also look at a first picture with a
face in it, as they do in use. Bare Flask and functions take turns, and each is started once before it is measured.
"""

import argparse
import json
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from benchmarks import data
from local import migrate
from shared.database import engine
from shared.http.sessions import make_token
from shared.settings import settings
from tools.package import archive

ROOT = Path(__file__).resolve().parents[1]
FLASK = "flask"
LIGHT = {
    "booking": ("/booking/v1/registration", "relative"),
    "approve": ("/approve/v1/me", "officer"),
    "phone_realname": ("/phone/v1/family-phones", "relative"),
    "ops_ticket": ("/ops/v1/health", "officer"),
}
FACES = {
    "verify_face": ("/verify-face/v1/checks", "relative"),
    "monitor_hook": ("/monitor/v1/trtc", "officer"),
}
LIGHT_TIMES, LIGHT_MB = 3.0, 90
FACE_MS, FACE_MB = 1500, 250

# How each process reports: when it had answered, and the most memory that it ever held.
_TELL = """
import json, time
with open("/proc/self/status") as lines:
    held = next(line for line in lines if line.startswith("VmHWM"))
print(json.dumps({"at": time.monotonic(), "mb": int(held.split()[1]) / 1024, "status": status}))
"""
_BARE = """
from flask import Flask
app = Flask("bare")
@app.get("/")
def answer():
    return {"answer": "yes"}
status = app.test_client().get("/").status_code
"""
_FUNCTION = """
import json, os, sys
from functions.{name}.handler import main
sys.stderr = open(os.devnull, "w")
status = main(json.loads(sys.argv[1]), None)["statusCode"]
"""
# The functions' own way with a first face: an ID photo, and a frame that shows somebody who is nobody of the visit.
LOOK = {
    "verify_face": """
from functions.verify_face.local_engine.photo import describe_photo
describe_photo(open({picture!r}, "rb").read())
""",
    "monitor_hook": """
from functions.monitor_hook.look_at_frame import look_at_frame
(seen,) = look_at_frame(open({picture!r}, "rb").read(), [{nobody!r}])
assert seen["distance"] is not None, "not compared"
""",
}
NOBODY = struct.pack("<128f", 1, *[0] * 127)


@dataclass
class Starts:
    ms: list[float] = field(default_factory=list)
    mb: list[float] = field(default_factory=list)

    def as_json(self) -> dict[str, float]:
        return {
            "ms": round(statistics.median(self.ms), 1),
            "mb": round(statistics.median(self.mb), 1),
        }


def measure(rounds: int, packages: Path | None = None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="visits-coldstart-") as folder:
        prepare(Path(folder))
        commands = {FLASK: [_BARE + _TELL], **_functions(Path(folder))}
        if packages:
            commands = _from_packages(commands, packages, Path(folder))
        else:
            commands = {name: [sys.executable, "-c", *one] for name, one in commands.items()}
        starts = {name: Starts() for name in commands}
        for number in range(rounds + 1):
            for name, command in commands.items():
                ms, mb = _start(name, command)
                if number:  # the first run writes what Python compiles
                    starts[name].ms.append(ms)
                    starts[name].mb.append(mb)
    return _report(starts)


def _from_packages(
    commands: dict[str, list[str]], packages: Path, folder: Path
) -> dict[str, list[str]]:
    python = archive.python310()
    if python is None:
        raise SystemExit("needs Python 3.10: PYTHON310=path")
    found = {}
    for name, (code, *arguments) in commands.items():
        file = packages / f"{'booking' if name == FLASK else name}.zip"
        if file.exists():
            with ZipFile(file) as packed:
                packed.extractall(folder / file.stem)
            alone = f"import sys; sys.path.insert(0, {str(folder / file.stem)!r})\n"
            found[name] = [python, "-I", "-S", "-c", alone + code, *arguments]
    return found


def prepare(folder: Path) -> None:
    """People in a database, and a picture for each function that looks at faces."""
    from local import sample_clips

    os.environ["DATABASE_URL"] = f"sqlite:///{folder / 'visits.db'}"
    settings.cache_clear()
    engine.cache_clear()
    migrate.to_newest()
    data.add_people(engine(), 1)
    engine().dispose()
    person = sample_clips.astronaut()
    (folder / "verify_face.jpg").write_bytes(sample_clips.id_photo(person))
    (folder / "monitor_hook.jpg").write_bytes(sample_clips.room_frame([person]))


def _functions(folder: Path) -> dict[str, list[str]]:
    light = {
        name: [_FUNCTION.format(name=name) + _TELL, event(*wanted)]
        for name, wanted in LIGHT.items()
    }
    faces = {
        name: [
            _FUNCTION.format(name=name) + look(name, folder) + _TELL,
            event(*wanted),
        ]
        for name, wanted in FACES.items()
    }
    return {**light, **faces}


def look(name: str, folder: Path) -> str:
    """Code that looks at the picture which `prepare` put into `folder`; none for a light function."""
    return LOOK.get(name, "").format(picture=str(folder / f"{name}.jpg"), nobody=NOBODY)


def event(path: str, kind: str) -> str:
    """As a function URL sends it, from somebody who is signed in."""
    token = make_token(kind, data.made_id(kind, 0), 0)
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    method = "POST" if path in dict(FACES.values()) else "GET"
    shown = {"httpMethod": method, "path": path, "headers": headers, "body": "", "queryString": {}}
    return json.dumps(shown)


def _start(name: str, command: Sequence[str]) -> tuple[float, float]:
    began = time.monotonic()
    done = subprocess.run(
        command, cwd=ROOT, env=_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{name} did not start:\n{done.stderr[-2000:]}")
    told = json.loads(done.stdout)
    if told["status"] >= 500:
        raise SystemExit(f"{name} answered {told['status']}")
    return (told["at"] - began) * 1000, told["mb"]


def _environment() -> dict[str, str]:
    """Python keeps what it compiled, whatever the machine's own setting: a package carries it, as wheels do."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _report(starts: dict[str, Starts]) -> dict[str, Any]:
    bare = statistics.median(starts[FLASK].ms)
    functions = {name: starts[name].as_json() for name in (*LIGHT, *FACES) if name in starts}
    for name, shown in functions.items():
        # Of each round by itself: both were as busy a moment apart.
        pairs = zip(starts[name].ms, starts[FLASK].ms, strict=True)
        shown["times_flask"] = round(statistics.median(ms / flask for ms, flask in pairs), 2)
    return {
        "flask": {"ms": round(bare, 1), "mb": starts[FLASK].as_json()["mb"]},
        "functions": functions,
        "within_limits": all(_within(name, shown) for name, shown in functions.items()),
    }


def _within(name: str, shown: dict[str, float]) -> bool:
    if name in LIGHT:
        return shown["times_flask"] <= LIGHT_TIMES and shown["mb"] <= LIGHT_MB
    return shown["ms"] <= FACE_MS and shown["mb"] <= FACE_MB


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="for programs; else a table")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--packages", type=Path, help="the folder of the zips")
    given = parser.parse_args(arguments)
    report = measure(given.rounds, given.packages)
    print(json.dumps(report, indent=2) if given.json else as_table(report))


def as_table(report: dict[str, Any]) -> str:
    rows = {"bare Flask": {**report["flask"], "times_flask": 1.0}, **report["functions"]}
    lines = [f"{'':<16}{'ms':>9}{'MB':>9}{'x Flask':>9}"]
    lines += [
        f"{name:<16}{one['ms']:>9}{one['mb']:>9}{one['times_flask']:>9}"
        for name, one in rows.items()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
