"""Column types and the base class that all tables share."""

from datetime import datetime, timezone
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import BINARY, DateTime, LargeBinary, MetaData, String
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.dialects.mysql import DATETIME
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from shared import trace
from shared.clock import now
from shared.ids import ID_LENGTH, new_id
from shared.sealing import seal, unseal


class Base(DeclarativeBase):
    # Named constraints: without names a migration cannot drop them, and SQLite cannot at all.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python, naive UTC with microseconds in the database."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name in ("mysql", "mariadb"):
            return dialect.type_descriptor(DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(timezone.utc).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=timezone.utc)


class SealedBytes(TypeDecorator[bytes]):
    """Sealed at rest. `context` names the column and is authenticated with the value."""

    impl = LargeBinary(65_535)
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else seal(value, context=self.context)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        return None if value is None else unseal(bytes(value), context=self.context)


class SealedText(TypeDecorator[str]):
    """As SealedBytes, for text."""

    impl = LargeBinary(65_535)
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else seal(value.encode(), context=self.context)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else unseal(bytes(value), context=self.context).decode()


E = TypeVar("E", bound=Enum)


def enum_type(kind: type[E]) -> SqlEnum:
    """The enum's values as plain text, so that a new value needs no table change."""
    return SqlEnum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=32,
        values_callable=lambda members: [member.value for member in members],
        validate_strings=True,
    )


IdText = String(ID_LENGTH)
# BLOB would need an index length on MySQL; BINARY would make SQLite take it for a number.
BlindIndex = LargeBinary(32).with_variant(BINARY(32), "mysql", "mariadb")
CosKey = String(512)


def id_column() -> Mapped[str]:
    return mapped_column(IdText, primary_key=True, default=new_id)


def created_column() -> Mapped[datetime]:
    return mapped_column(UtcDateTime, default=now)


def request_column() -> Mapped[str | None]:
    """The call that wrote the row, whatever statement it used. See shared/trace.py."""
    return mapped_column(IdText, default=trace.current)
