"""After a restore: folders in the bucket that belong to a visit, a person or a ticket from after the backup.

    python -m functions.ops_ticket.backups.unknown_objects --since 2026-12-01

Their rows cannot be made anew, as the bucket knows neither who met nor when; and without a row nothing lists such an
object, nor deletes it when its time is over or its person is erased. So they are named, for a person to decide.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from shared import room_commands
from shared.clients import storage
from shared.clock import SHANGHAI
from shared.database import in_transaction
from shared.ids import first_id_of
from shared.models.base import Base
from shared.models.faces import FaceCheck
from shared.models.inspections import Inspection
from shared.models.people import Relative
from shared.models.tickets import Ticket
from shared.models.visits import Visit

# Whose id names the folders under each; so whoever came later stands behind, and only that is read.
OWNERS: dict[str, type[Base]] = {
    room_commands.RECORDINGS: Visit,
    room_commands.FRAMES: Visit,
    "id-photos": Relative,
    "proofs": Relative,
    "clips": Relative,
    "face-checks": FaceCheck,
    "attachments": Ticket,
    "inspections": Inspection,
}


def unknown_objects(since: datetime) -> Counter[str]:
    """How many objects each such folder holds."""
    found: Counter[str] = Counter()
    for root, owner in OWNERS.items():
        after = first_id_of(since)
        known = _ids(owner=owner, after=after)
        for one in storage.every_key(f"{root}/", after=f"{root}/{after}"):
            owner_id = one.key.split("/")[1]
            if owner_id not in known:
                found[f"{root}/{owner_id}/"] += 1
    return found


@in_transaction
def _ids(session: Session, *, owner: type[Base], after: str) -> set[str]:
    column = owner.__table__.c.id
    return set(session.scalars(select(column).where(column >= after)))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m functions.ops_ticket.backups.unknown_objects")
    parser.add_argument("--since", type=datetime.fromisoformat, required=True, help="备份的日期")
    day = parser.parse_args(arguments).since.date()
    found = unknown_objects(datetime.combine(day, time(), SHANGHAI))
    for folder, count in sorted(found.items()):
        click.echo(f"{folder} {count}")
    click.echo(f"备份之后才有、恢复后没有登记的目录 {len(found)} 个。", err=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
