"""A folder of faces laid out as ../shared/faces: which pictures, which pairs, who is who."""

import csv
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Pair:
    one: str
    other: str
    same: bool


@dataclass(frozen=True)
class Folder:
    path: Path
    pairs: tuple[Pair, ...]

    @cached_property
    def files(self) -> list[str]:
        return sorted({name for pair in self.pairs for name in (pair.one, pair.other)})

    @cached_property
    def person(self) -> dict[str, str]:
        """Each file's person, named after their first file."""
        labelled = _joined(self.files, [(p.one, p.other) for p in self.pairs if p.same])
        named = _joined(self.files, _alike(self.files))
        # The list holds at most 12 pairs of one person, so somebody can fall into two parts. File
        # names put them together again, unless they call people the same whom the labels do not.
        both = _joined(self.files, [*labelled.items(), *named.items()])
        trusted = all(both[p.one] != both[p.other] for p in self.pairs if not p.same)
        return both if trusted else labelled

    @cached_property
    def people(self) -> dict[str, list[str]]:
        members = defaultdict(list)
        for name in self.files:
            members[self.person[name]].append(name)
        return dict(members)

    def group(self, name: str) -> str:
        """Where a picture comes from, by the letters its name begins with."""
        found = re.match(r"[A-Za-z]+", Path(name).name)
        return found.group() if found else "other"

    def in_first_half(self, name: str) -> bool:
        """One half of the people, always the same."""
        return zlib.crc32(self.person[name].encode()) % 2 == 0


def read_folder(path: Path) -> Folder:
    with (path / "pairs.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    pairs = [Pair(row["file_a"], row["file_b"], row["same"].strip() == "1") for row in rows]
    return Folder(path, tuple(pairs))


def rows(path: Path) -> list[dict[str, str]]:
    """Of a CSV file that may be missing."""
    if not path.is_file():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def stem(name: str) -> str:
    """A file's name without its number: `ann_lee_0003.jpg` is `ann_lee`."""
    return re.sub(r"_?\d*\.\w+$", "", name)


def _alike(files: Sequence[str]) -> list[tuple[str, str]]:
    """Each file with the first one of the same stem."""
    firsts: dict[str, str] = {}
    return [(firsts.setdefault(stem(name), name), name) for name in files]


def _joined(files: Sequence[str], links: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each file to the first file that links lead to."""
    parent = {name: name for name in files}

    def root(name: str) -> str:
        while parent[name] != name:
            name = parent[name]
        return name

    for one, other in links:
        first, second = sorted((root(one), root(other)))
        parent[second] = first
    return {name: root(name) for name in files}
