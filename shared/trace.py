"""To which call a log line belongs: its request id, carried on by the rows that put work off.

A request, a timer's run and an object's event each begin an id. An outbox row, a callback that was stored and a phone
check keep the id of the call that wrote them, and whoever works them off later logs under that one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token

from shared.ids import new_id

_current: ContextVar[str | None] = ContextVar("request_id", default=None)


def current() -> str | None:
    return _current.get()


def begin(request_id: str | None = None) -> Token[str | None]:
    """`request_id`: one to carry on; None begins a new one. `end` it where it began."""
    return _current.set(request_id or new_id())


def end(token: Token[str | None]) -> None:
    _current.reset(token)


@contextmanager
def under(request_id: str | None) -> Iterator[None]:
    """None, as of a row that is older than ids are: the one that is current, or a new one."""
    token = begin(request_id or current())
    try:
        yield
    finally:
        end(token)
