"""A database on several nodes: which of them a new connection goes to.

    mysql+pymysql://user:password@/visits?host=10.0.0.1:3306&host=10.0.0.2:3306&host=10.0.0.3:3306

The first that answers a query, in the order of the list. Where every process has the same order, one node
takes the writes and the others stand by: on Galera, writes to the same rows through two nodes collide at COMMIT.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import URL, Engine, event, make_url

Node = tuple[str, int]

PORT = 3306


def nodes_of(url: str) -> list[Node]:
    """In the order of the list; none for a URL that has its one host in the usual place."""
    return [_node(one) for one in make_url(url).normalized_query.get("host", ())]


def without_nodes(url: str) -> URL:
    return make_url(url).difference_update_query(["host"])


def choose(engine: Engine, nodes: Sequence[Node]) -> None:
    """Have every new connection of `engine` go to the first of `nodes` that serves."""

    def connect(dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]) -> Any:
        *others, last = nodes
        for node in others:
            with suppress(dialect.loaded_dbapi.OperationalError):
                return _serving(dialect.loaded_dbapi, node, options)
        return _serving(dialect.loaded_dbapi, last, options)

    if nodes:
        event.listen(engine, "do_connect", connect)


def _serving(driver: Any, node: Node, options: dict[str, Any]) -> Any:
    """A connection that has answered: a Galera node outside its cluster lets in, and refuses every query."""
    host, port = node
    connection = driver.connect(**{**options, "host": host, "port": port})
    try:
        connection.query("SELECT 1")
    except driver.Error:
        connection.close()
        raise
    return connection


def _node(text: str) -> Node:
    host, _, port = text.partition(":")
    return host, int(port or PORT)
