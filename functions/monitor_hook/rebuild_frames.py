"""After a restore: the pictures of the last weeks stand in the bucket, and backups leave their rows out.

    python -m functions.monitor_hook.rebuild_frames

Without a row nobody would delete them when their time is over, nor when the person is erased. Can be run again at any time.
"""

from collections.abc import Iterator
from datetime import timedelta

import click
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from functions.monitor_hook.cameras import Shot
from shared import room_commands
from shared.clients import storage
from shared.clock import now
from shared.command_line import run
from shared.database import core, in_transaction, unless_there
from shared.ids import first_id_of, new_id
from shared.models.rooms import Frame
from shared.models.visits import Visit

LATE = timedelta(days=2)  # the timer may have been behind when the backup was made
_ADD = unless_there(insert(Frame))


def rebuild_frames() -> int:
    """How many pictures were found."""
    return sum(_rebuild(visit_id=one) for one in _visits())


@in_transaction
def _visits(session: Session) -> list[str]:
    recent = select(Visit.id).where(Visit.starts_at > now() - room_commands.FRAMES_KEPT - LATE)
    return list(session.scalars(recent.order_by(Visit.id)))


@in_transaction
def _rebuild(session: Session, *, visit_id: str) -> int:
    """Who was seen in them is not known any more; what an alert was raised for stands with the alert."""
    rows = [
        {
            # As made when it was taken: deletion goes by the id.
            "id": first_id_of(shot.taken_at)[:10] + new_id()[10:],
            "visit_id": visit_id,
            "cos_key": shot.key,
            "taken_at": shot.taken_at,
            "analysed_at": shot.taken_at,
            "people": 0,
            "faces": [],
        }
        for shot in _shots(visit_id)
    ]
    if rows:
        core(session).execute(_ADD, rows)
    return len(rows)


def _shots(visit_id: str) -> Iterator[Shot]:
    for one in storage.every_key(f"{room_commands.FRAMES}/{visit_id}/"):
        if (shot := Shot.of(one.key)) is not None:
            yield shot


@click.command(help="把存储桶里近期会见的画面重新登记到库里；从备份恢复之后用，可重复执行。")
def main() -> None:
    click.echo(f"存储桶里近期会见的画面 {rebuild_frames()} 张，均已登记。")


if __name__ == "__main__":
    run(main)
