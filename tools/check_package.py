"""`make check-package`: each zip, unpacked, answers recorded events under Python 3.10 with nothing else on the path.

The two that look at faces also look at a picture.

python -m tools.check_package [FUNCTION…]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from benchmarks import coldstart
from tools.package import archive
from tools.package.__main__ import DIST
from tools.package.closure import ROOT

EVENTS = ROOT / "tests" / "events"
# Isolated and without site-packages: what is not in the zip or the standard library is not there.
ALONE = ("-I", "-S", "-B")
# The first event has no body and a real session: whoever needs a body says 422, whoever wants a signature 401.
ANSWERED = {200, 401, 422}
PAGE = ("/approve/page/", "officer")
RUN = """
import json, sys, importlib
sys.path.insert(0, sys.argv[1])
handler = importlib.import_module("functions.{function}.handler")
statuses = [handler.main(event, None)["statusCode"] for event in json.loads(sys.argv[2])]
for job in handler.JOBS.values():
    handler.scf.load(job)
{faces}
outside = [
    name for name, one in list(sys.modules.items())
    if "site-packages" in (getattr(one, "__file__", None) or "")
]
print(json.dumps({{"statuses": statuses, "outside": outside}}))
"""


def recorded() -> Iterator[dict[str, Any]]:
    """The addresses are no function's: 404, which is answered only when every route is loaded."""
    for file in sorted(EVENTS.glob("url_*.json")):
        yield json.loads(file.read_text())


def faults(function: str, python: str, prepared: Path) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="visits-package-") as folder:
        with ZipFile(DIST / f"{function}.zip") as packed:
            packed.extractall(folder)
        wanted = [{**coldstart.LIGHT, **coldstart.FACES}[function]]
        wanted += [PAGE] if function == "approve" else []
        events = [*(json.loads(coldstart.event(*one)) for one in wanted), *recorded()]
        code = RUN.format(function=function, faces=coldstart.look(function, prepared))
        done = subprocess.run(
            [python, *ALONE, "-c", code, folder, json.dumps(events)],
            cwd=folder, env={name: os.environ[name] for name in ("DATABASE_URL", "PATH")},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        return [f"{function}: {done.stderr.strip().splitlines()[-1]}"]
    told = json.loads(done.stdout)
    statuses = told["statuses"]
    answered = zip(wanted, statuses, strict=False)
    found = [f"{function}: {path}: {one}" for (path, _), one in answered if one not in ANSWERED]
    others = statuses[len(wanted) :]
    found += [f"{function}: a recorded event was answered {one}" for one in others if one != 404]
    return found + [f"{function}: {one} came from outside" for one in told["outside"]]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("functions", nargs="*")
    given = parser.parse_args(arguments)
    functions = given.functions or sorted(one.stem for one in DIST.glob("*.zip"))
    python = archive.python310()
    if python is None:
        print("没有找到 Python 3.10（可用 PYTHON310=路径 指定），未检查。", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="visits-package-") as folder:
        coldstart.prepare(Path(folder))
        found = [one for each in functions for one in faults(each, python, Path(folder))]
    print("\n".join(found) or f"{', '.join(functions)}: 解包后在 {python} 下单独应答")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
