"""Which relationships a person's records in the ordinary visit system give. Pure."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

DOTS = str.maketrans("•．・‧∙", "·····")  # the dot of long names, as keyboards write it


@dataclass(frozen=True)
class Record:
    """A record that is checked and not revoked, of the ID number in question. `name` as that system has it."""

    id: str
    site_id: str
    resident_id: str
    name: str
    kinship: str


@dataclass(frozen=True)
class Tie:
    """`record_id` None: several records, or another name on the same ID number; an officer decides."""

    site_id: str
    resident_id: str
    kinship: str
    record_id: str | None


def ties(name: str, records: Iterable[Record]) -> list[Tie]:
    """One for each resident for whom a record bears exactly this name, in the order of residents."""
    known = sorted(records, key=lambda one: (one.resident_id, one.id))
    doubtful = {one.site_id for one in known if not same_name(one.name, name)}
    found = []
    for resident_id, group in groupby(known, key=lambda one: one.resident_id):
        fitting = [one for one in group if same_name(one.name, name)]
        if fitting:
            first = fitting[0]
            single = len(fitting) == 1 and first.site_id not in doubtful
            record_id = first.id if single else None
            found.append(Tie(first.site_id, resident_id, first.kinship, record_id))
    return found


def same_name(one: str, other: str) -> bool:
    """Equal but for width, spaces and the form of the dot."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).translate(DOTS).split())
