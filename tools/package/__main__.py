"""`make package`: a zip and a folder per function in dist/package, with what it needs and nothing else.

    python -m tools.package [FUNCTION…]

The wheels are SCF's (Python 3.10, x86_64), each checked against the lock's hashes.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from server.functions import PREFIXES
from tools.package import archive
from tools.package.closure import ROOT, reach
from tools.package.wheels import fetch, needed

DIST = ROOT / "dist" / "package"
CACHE = ROOT / ".local" / "wheels"
FACES = {"verify_face", "monitor_hook"}
UNPACKED_MB = 500  # SCF's limit (cloud-facts 7.4), layers included
MB = 1024 * 1024


def build(function: str, target: Path, cache: Path = CACHE) -> dict[str, object]:
    lock = ROOT / "requirements" / ("faces.txt" if function in FACES else "light.txt")
    modules, imports = reach(f"functions.{function}.handler")
    wheels = needed(imports, fetch(lock, cache))
    python = archive.python310()
    contents = archive.compiled(archive.files(modules, wheels), python)
    digest = archive.write(contents, target / f"{function}.zip")
    archive.lay_out(contents, target / function)
    return {
        "function": function,
        "zip_mb": round((target / f"{function}.zip").stat().st_size / MB, 1),
        "unpacked_mb": round(sum(map(len, contents.values())) / MB, 1),
        "modules": len(modules),
        "wheels": len(wheels),
        "compiled": python is not None,
        "sha256": digest,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("functions", nargs="*", default=sorted(PREFIXES.values()))
    given = parser.parse_args(arguments)
    built = [build(one, DIST) for one in given.functions]
    (DIST / "sizes.json").write_text(json.dumps(built, indent=1) + "\n")
    print(f"{'':<16}{'zip MB':>8}{'MB':>8}{'modules':>9}{'wheels':>8}  SHA-256")
    for one in built:
        print(
            "{function:<16}{zip_mb:>8}{unpacked_mb:>8}{modules:>9}{wheels:>8}  {sha256}".format(
                **one
            )
        )
    if not built[0]["compiled"]:
        print("没有找到 Python 3.10，包内不含编译结果，冷启动会慢约 1 秒。", file=sys.stderr)
    over = [one["function"] for one in built if float(str(one["unpacked_mb"])) > UNPACKED_MB]
    print("".join(f"{one}: over {UNPACKED_MB} MB\n" for one in over), end="")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
