"""No test may reach an address outside this machine: `install` makes every attempt an error and remembers it."""

import ipaddress
import os
import socket
from pathlib import Path
from typing import Any

REPORT = (
    "LOOPBACK_ONLY_REPORT"  # names a file to write attempts to, for processes that a test starts
)

attempts: list[str] = []
_connect, _connect_ex, _getaddrinfo = (
    socket.socket.connect,
    socket.socket.connect_ex,
    socket.getaddrinfo,
)


class OutsideAddress(ConnectionRefusedError):
    """As a network without a way out would answer; the attempt is remembered and fails the test."""


def is_loopback(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode()
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


def install() -> None:
    socket.socket.connect = _guarded_connect  # type: ignore[method-assign]
    socket.socket.connect_ex = _guarded_connect_ex  # type: ignore[method-assign]
    socket.getaddrinfo = _guarded_getaddrinfo  # type: ignore[assignment]


def _guarded_connect(self: socket.socket, address: Any) -> None:
    _require(self, address)
    _connect(self, address)


def _guarded_connect_ex(self: socket.socket, address: Any) -> int:
    _require(self, address)
    return _connect_ex(self, address)


def _guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
    if not is_loopback(host):
        _refuse(host)
    return _getaddrinfo(host, *args, **kwargs)


def _require(line: socket.socket, address: Any) -> None:
    if line.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address[0]):
        _refuse(address[0])


def _refuse(host: object) -> None:
    attempts.append(str(host))
    if os.environ.get(REPORT):
        with Path(os.environ[REPORT]).open("a") as file:
            file.write(f"{host}\n")
    raise OutsideAddress(f"a test tried to reach {host}")
