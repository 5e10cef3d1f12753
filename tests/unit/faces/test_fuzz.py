"""Mutated files neither crash the decoders nor make them grow. FUZZ=10000 for the full number."""

import json
import os
import subprocess
import sys

FEW = 500
MOST_GROWTH_MB = 40  # what the allocator keeps: 23 after 10,000 files, 32 after 40,000


def test_mutated_files_neither_crash_nor_leak() -> None:
    count = int(os.environ.get("FUZZ", FEW))
    command = [sys.executable, "-m", "tests.unit.faces.fuzz", str(count)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1800)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert found["files"] == count
    assert found["refused"] > count / 4  # the mutations do break files
    assert found["read"] > 0
    assert found["grown_mb"] < MOST_GROWTH_MB
