"""What the documents name is there: paths, pictures, make targets, modules; and every alarm stands in the runbook."""

import ast
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    one
    for one in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("clients/*/README.md")]
    if "node_modules" not in one.parts
)
TOPS = "functions|shared|local|clients|migrations|miniprogram_api_spec|docs|tools|tests|benchmarks|requirements"
PATH = re.compile(rf"`((?:{TOPS})/[^`\s…*{{}}<>]*)`")
LINK = re.compile(r"\]\(([^)#\s]+)\)")
MODULE = re.compile(r"python -m ((?:functions|shared|local|benchmarks|tools|tests)[.\w]*)")
TARGET = re.compile(r"`make ([a-z][a-z-]*)")
MANUAL = ROOT / "docs" / "zh" / "运维手册.md"


def missing(text: str, document: Path) -> Iterator[str]:
    for path in PATH.findall(text):
        # SCF writes an entry point as `…/handler.main`.
        if "NAME" not in path and not (ROOT / re.sub(r"\.main$", ".py", path)).exists():
            yield path
    for link in LINK.findall(text):
        if "://" not in link and not (document.parent / link).exists():
            yield link
    for module in MODULE.findall(text):
        if "NAME" not in module and importlib.util.find_spec(module.rstrip(".")) is None:
            yield module
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    yield from (f"make {one}" for one in TARGET.findall(text) if one not in targets)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda one: str(one.relative_to(ROOT)))
def test_what_it_names_is_there(document: Path) -> None:
    assert list(missing(document.read_text("utf-8"), document)) == []


def alarms() -> Iterator[tuple[str, str]]:
    """Where incidents open by themselves, and the fixed beginning of each one's title."""
    for file in [*ROOT.glob("functions/**/*.py"), *ROOT.glob("shared/*.py")]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "open_incident":
                for given in node.keywords:
                    if given.arg == "title":
                        yield f"{file.relative_to(ROOT)}:{node.lineno}", fixed(given.value)


def fixed(title: ast.expr) -> str:
    if isinstance(title, ast.JoinedStr):
        parts = [one.value for one in title.values if isinstance(one, ast.Constant)]
        return str(max(parts, key=len, default=""))
    return str(title.value) if isinstance(title, ast.Constant) else ""


def test_every_alarm_stands_in_the_runbook() -> None:
    manual = MANUAL.read_text("utf-8")
    found = list(alarms())
    assert len(found) >= 10
    assert [where for where, title in found if not title or title not in manual] == []
