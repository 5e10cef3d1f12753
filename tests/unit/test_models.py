"""A function loads only the tables that it uses: whichever module it loads must bring what its tables point at."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLES = sorted(path.stem for path in (ROOT / "shared" / "models").glob("[!_]*.py"))
RESOLVE = """
import shared.models.{name}
from sqlalchemy.orm import configure_mappers
configure_mappers()
for table in shared.models.base.Base.metadata.tables.values():
    assert all(key.column is not None for key in table.foreign_keys)
"""


@pytest.mark.parametrize("name", TABLES)
def test_each_module_stands_by_itself(name: str) -> None:
    code = RESOLVE.format(name=name)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-500:]
