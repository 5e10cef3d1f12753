"""Two things about time that SQLite and MariaDB write differently."""

from typing import Any

from sqlalchemy import Date, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class seconds_between(GenericFunction[int]):
    """From the first moment to the second, whole ones."""

    type = Integer()
    inherit_cache = True


class local_day(GenericFunction[Any]):
    """The day in Shanghai, which has no summer time."""

    type = Date()
    inherit_cache = True


@compiles(seconds_between)
def _seconds(element: Any, compiler: Any, **more: Any) -> str:
    first, second = (compiler.process(one, **more) for one in element.clauses)
    return f"TIMESTAMPDIFF(SECOND, {first}, {second})"


@compiles(seconds_between, "sqlite")
def _seconds_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    first, second = (compiler.process(one, **more) for one in element.clauses)
    return f"CAST(ROUND((julianday({second}) - julianday({first})) * 86400) AS INTEGER)"


@compiles(local_day)
def _day(element: Any, compiler: Any, **more: Any) -> str:
    return f"DATE({compiler.process(element.clauses, **more)} + INTERVAL 8 HOUR)"


@compiles(local_day, "sqlite")
def _day_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    return f"date({compiler.process(element.clauses, **more)}, '+8 hours')"
