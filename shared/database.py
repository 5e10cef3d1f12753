"""One transaction per use case, on SQLite (WAL) or MariaDB/MySQL.

`in_transaction` retries a *whole* use case when the database asked for it (deadlock, lock wait, Galera
certification), so a use case must not act outside the database; `after_commit` is where that happens.
"""

import random
import time
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import CursorResult, Engine, Update, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from shared.errors import Unavailable
from shared.settings import settings

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 8
RETRYABLE = {
    1213,
    1205,
    1020,
    1047,
}  # deadlock, lock wait, changed since read, node not ready (Galera)
LOCK_WAIT_S = 5


@lru_cache(maxsize=1)
def engine() -> Engine:
    return make_engine(settings().database_url)


def make_engine(url: str) -> Engine:
    if url.startswith("sqlite"):
        made = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False})
        event.listen(made, "connect", _prepare_sqlite)
        event.listen(made, "begin", _begin_as_the_only_writer)
        return made
    return create_engine(
        url,
        # A snapshot older than the lock would still oversell: counts must be read after it.
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        pool_recycle=300,
        pool_size=10,
        connect_args={
            "charset": "utf8mb4",
            "connect_timeout": 5,
            "read_timeout": 30,
            "init_command": f"SET innodb_lock_wait_timeout={LOCK_WAIT_S}, time_zone='+00:00'",
        },
    )


def in_transaction(use_case: Callable[Concatenate[Session, P], R]) -> Callable[P, R]:
    """Run `use_case(session, …)` in one transaction, rolled back on any error, retried when it lost a lock.

    Raises Unavailable when the database stays out of reach.
    """

    @wraps(use_case)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(ATTEMPTS):
            try:
                with Session(engine(), expire_on_commit=False) as session:
                    with session.begin():
                        result = use_case(session, *args, **kwargs)
                    effects = session.info.pop("after_commit", [])
                for effect in effects:
                    effect()
                return result
            except OperationalError as error:
                if not _worth_retrying(error):
                    raise Unavailable.of("try_later") from error
                time.sleep(random.uniform(0, 0.02 * 2**attempt))
        raise Unavailable.of("try_later")

    return run


def after_commit(session: Session, effect: Callable[[], object]) -> None:
    """Have `effect` run once the transaction is safe. It may be lost if the process dies: the outbox is not."""
    session.info.setdefault("after_commit", []).append(effect)


def compare_and_set(session: Session, change: Update) -> bool:
    """Whether `change` (UPDATE … WHERE id = ? AND state = ?) found its row still as it expected."""
    done = session.execute(change.execution_options(synchronize_session=False))
    return bool(cast("CursorResult[Any]", done).rowcount)


def _worth_retrying(error: DBAPIError) -> bool:
    code: Any = error.orig.args[0] if error.orig and error.orig.args else None
    return code in RETRYABLE or "database is locked" in str(code)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's own BEGIN below decides, not the driver
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_as_the_only_writer(connection: Any) -> None:
    # A read that later turns into a write cannot wait in SQLite, only fail: take the write lock at once.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
