"""One transaction per use case, on SQLite (WAL), MariaDB/MySQL, or a cluster that speaks MySQL's protocol.

`in_transaction` retries a *whole* use case when the database asked for it (deadlock, lock wait, certification
conflict, also at COMMIT) or went away, so a use case must not act outside the database; `after_commit` is
where that happens.
"""

import logging
import random
import time
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from pymysql.constants import SERVER_STATUS
from sqlalchemy import Connection, CursorResult, Engine, Insert, Update, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from shared import nodes
from shared.errors import Unavailable
from shared.settings import settings

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger("visits.database")

# A transaction is begun again until this long after its first try; less than the time limit of a function.
PATIENCE_S = 10.0
LOST_LOCK = {1213, 1205, 1020}  # deadlock or certification conflict, lock wait, changed since read
NOT_SERVING = {
    2003,  # no connection
    1040,  # too many connections
    1047,  # a Galera node outside its cluster
    1053,  # shutting down
    1290, 1836,  # read-only: a primary that has just been demoted
}  # fmt: skip
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
    address, listed = nodes.split(url)
    made = create_engine(
        address,
        # A snapshot older than the lock would still oversell: counts must be read after it.
        isolation_level="READ COMMITTED",
        pool_recycle=300,
        pool_size=10,
        # Two round trips less a transaction: who meets a dead connection begins again on another, and only
        # what is still open is rolled back (below).
        pool_pre_ping=False,
        pool_reset_on_return=None,
        connect_args={
            "charset": "utf8mb4",
            "connect_timeout": 3,
            "read_timeout": 30,
            "init_command": f"SET innodb_lock_wait_timeout={LOCK_WAIT_S}, time_zone='+00:00'",
        },
    )
    event.listen(made, "do_connect", lambda *given: nodes.connect(listed, given[-1]))
    event.listen(made, "reset", _roll_back_what_is_open)
    return made


def in_transaction(use_case: Callable[Concatenate[Session, P], R]) -> Callable[P, R]:
    """Run `use_case(session, …)` in one transaction, rolled back on any error, begun again when that helps.

    Raises Unavailable when the database stays out of reach, or went away at the COMMIT of something that
    must not be done twice.
    """

    @wraps(use_case)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        give_up, tries = time.monotonic() + PATIENCE_S, 0
        while True:
            try:
                with Session(engine(), expire_on_commit=False) as session:
                    result = use_case(session, *args, **kwargs)
                    _commit(session)
                break
            except DBAPIError as error:
                tries += 1
                if not _passes(error):
                    raise
                if time.monotonic() > give_up:
                    log.error("database", extra={"code": _code(error), "tries": tries})
                    raise Unavailable.of("try_later") from error
                time.sleep(random.uniform(0, min(0.02 * 2**tries, 1.0)))
        for effect in session.info.pop("after_commit", []):
            effect()
        return result

    return run


def after_commit(session: Session, effect: Callable[[], object]) -> None:
    """Have `effect` run once the transaction is safe. It may be lost if the process dies: the outbox is not."""
    session.info.setdefault("after_commit", []).append(effect)


def core(session: Session) -> Connection:
    """The connection of this transaction, for statements that are built once and used often.

    Beneath the ORM they cost half; and asking the session anew each time would cost as much as PyMySQL itself.
    """
    found: Connection | None = session.info.get("core")
    if found is None or found.closed:
        found = session.info["core"] = session.connection()
    return found


def compare_and_set(session: Session, change: Update) -> bool:
    """Whether `change` (UPDATE … WHERE id = ? AND state = ?) found its row still as it expected."""
    done = session.execute(change.execution_options(synchronize_session=False))
    return bool(cast("CursorResult[Any]", done).rowcount)


def unless_there(statement: Insert) -> Insert:
    """Adds nothing where a unique key is taken. Only for values that fit their columns: it would cut longer ones."""
    for dialect, words in (("sqlite", "OR IGNORE"), ("mysql", "IGNORE"), ("mariadb", "IGNORE")):
        statement = statement.prefix_with(words, dialect=dialect)
    return statement


def safe_to_repeat(session: Session) -> None:
    """Promise that the use case, run once more, finds out by itself whether this run was committed."""
    session.info["safe_to_repeat"] = True


def _commit(session: Session) -> None:
    session.flush()
    # Asked before: of a connection that is lost nothing is left.
    wrote = getattr(core(session).connection.dbapi_connection, "wrote", True)
    try:
        session.commit()
    except DBAPIError as error:
        if error.connection_invalidated and wrote and "safe_to_repeat" not in session.info:
            raise Unavailable.of("outcome_unknown") from error
        raise


def _roll_back_what_is_open(connection: Any, _record: Any, _state: Any) -> None:
    """The server says with every answer whether a transaction is open; a refused COMMIT may leave one."""
    if connection.server_status & SERVER_STATUS.SERVER_STATUS_IN_TRANS:
        connection.rollback()


def _passes(error: DBAPIError) -> bool:
    """Whether the same transaction may do better a moment later."""
    code = _code(error)
    lost = error.connection_invalidated or code in LOST_LOCK or code in NOT_SERVING
    return lost or "database is locked" in str(code)


def _code(error: DBAPIError) -> Any:
    return error.orig.args[0] if error.orig and error.orig.args else None


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's own BEGIN below decides, not the driver
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_as_the_only_writer(connection: Any) -> None:
    # A read that later turns into a write cannot wait in SQLite, only fail: take the write lock at once.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
