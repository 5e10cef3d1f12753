"""Connections to the database, which may stand on several nodes.

    mysql+pymysql://user:password@/visits?host=10.0.0.1:3306&host=10.0.0.2:3306&host=10.0.0.3:3306

A new connection goes to the first node that answers a query, in the order of the list. Where every process has
the same order, one node takes the writes: on Galera, writes to the same rows through two nodes collide at COMMIT.
"""

import ssl
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from typing import Any

import pymysql
from sqlalchemy import URL, make_url

Node = tuple[str, int]

PORT = 3306


class NodeConnection(pymysql.Connection):
    """Knows whether its transaction wrote. (SQLAlchemy's events know too, and cost a tenth of a booking.)"""

    wrote = False

    def query(self, sql: Any, unbuffered: bool = False) -> int:
        self.wrote = self.wrote or sql[:6] not in ("SELECT", b"SELECT")
        return super().query(sql, unbuffered)

    def commit(self) -> None:
        super().commit()
        self.wrote = False

    def rollback(self) -> None:
        super().rollback()
        self.wrote = False

    def _create_ssl_ctx(self, sslp: dict[str, Any]) -> ssl.SSLContext:
        """Where no CA is given, PyMySQL encrypts if the server can and verifies nothing, but loads all the machine's
        certificates for it, each time: 35 ms of a new connection's 36."""
        if sslp:
            made: ssl.SSLContext = super()._create_ssl_ctx(sslp)  # type: ignore[misc]  # not in the stubs
            return made
        return _unverified()


@cache
def _unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def split(url: str) -> tuple[URL, list[Node]]:
    """The URL without its list of nodes, and the list; empty where the one host stands in its usual place."""
    made = make_url(url)
    listed = made.normalized_query.get("host", ())
    return made.difference_update_query(["host"]), [_node(one) for one in listed]


def connect(nodes: Sequence[Node], options: dict[str, Any]) -> NodeConnection:
    """`options` as PyMySQL takes them; they hold the host where `nodes` is empty."""
    if not nodes:
        return NodeConnection(**options)
    *others, last = nodes
    for node in others:
        with suppress(pymysql.err.OperationalError):
            return _serving(node, options)
    return _serving(last, options)


def _serving(node: Node, options: dict[str, Any]) -> NodeConnection:
    """A connection that has answered: a Galera node outside its cluster lets in, and refuses every query."""
    host, port = node
    connection = NodeConnection(**{**options, "host": host, "port": port})
    try:
        connection.query("SELECT 1")
    except pymysql.err.Error:
        connection.close()
        raise
    return connection


def _node(text: str) -> Node:
    host, _, port = text.partition(":")
    return host, int(port or PORT)
