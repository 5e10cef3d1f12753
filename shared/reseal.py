"""Key rotation: every sealed value under an older key is sealed anew with the current one.

Blind indexes stay: their key is another, and finding a value by it needs all of them to agree.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import Column, LargeBinary, Table, func, select, type_coerce, update
from sqlalchemy.orm import Session

from shared.database import in_transaction
from shared.models.base import SealedBytes, SealedText
from shared.models.every import Base
from shared.sealing import key_mark, seal, unseal

PAGE = 500


@dataclass(frozen=True)
class SealedColumn:
    table: Table
    column: "Column[bytes]"
    context: str

    @property
    def raw(self) -> "Column[bytes]":
        return type_coerce(self.column, LargeBinary)  # type: ignore[return-value]


def sealed_columns() -> Iterator[SealedColumn]:
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, SealedBytes | SealedText):
                yield SealedColumn(table, column, column.type.context)


def reseal_all(*, told: Callable[[str, int], object] = lambda name, count: None) -> int:
    """How many values were sealed anew; a run that was cut off goes on where it stood. Raises SealBroken."""
    total = 0
    for one in sealed_columns():
        while done := _reseal_page(one=one):
            total += done
            told(one.context, done)
    return total


@in_transaction
def count_old(session: Session) -> int:
    """Values that are not under the current key."""
    return sum(
        session.scalar(select(func.count()).select_from(one.table).where(_is_old(one))) or 0
        for one in sealed_columns()
    )


@in_transaction
def _reseal_page(session: Session, *, one: SealedColumn) -> int:
    keys = list(one.table.primary_key.columns)
    page = select(*keys, one.raw.label("sealed")).where(_is_old(one)).limit(PAGE)
    rows = session.execute(page.with_for_update()).all()
    for *key, sealed in rows:
        fresh = seal(unseal(bytes(sealed), context=one.context), context=one.context)
        same = [column == value for column, value in zip(keys, key, strict=True)]
        session.execute(
            update(one.table).where(*same).values({one.column: type_coerce(fresh, LargeBinary)})
        )
    return len(rows)


def _is_old(one: SealedColumn) -> "Column[bool]":
    mark = key_mark()
    return func.substr(one.raw, 1, len(mark)) != type_coerce(mark, LargeBinary)  # type: ignore[return-value]
