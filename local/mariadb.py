"""A MariaDB of one's own: temporary folder, free port, loopback only, stopped by its own process id."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pymysql

START_S = 60


class MariaDBMissing(Exception):
    """The server's programs are not installed: apt-get install mariadb-server."""


class MariaDB:
    """A running server. `url(name)` is a SQLAlchemy URL of a database that `create` made."""

    def __init__(
        self, folder: Path, port: int, buffer_pool: str, options: Sequence[str] = ()
    ) -> None:
        self.folder, self.port, self.buffer_pool = folder, port, buffer_pool
        self.options = options
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, name: str) -> str:
        return f"mysql+pymysql://root@127.0.0.1:{self.port}/{name}?charset=utf8mb4"

    def create(self, name: str) -> str:
        with self._connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
        return self.url(name)

    def start(self) -> None:
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(self._command(), stdout=log, stderr=log)
        deadline = time.monotonic() + START_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(
                    f"MariaDB did not start: {(self.folder / 'server.log').read_text()}"
                )
            time.sleep(0.1)

    def stop(self, *, kill: bool = False) -> None:
        if self.process is not None:
            self.process.kill() if kill else self.process.terminate()
            self.process.wait(30)

    def _command(self) -> list[str]:
        return [
            program("mariadbd", "mysqld"),
            "--no-defaults",
            f"--datadir={self.folder / 'data'}",
            f"--socket={self.folder / 's.sock'}",
            f"--port={self.port}",
            "--bind-address=127.0.0.1",
            "--skip-name-resolve",
            "--user=" + (self.folder / "data").owner(),
            "--innodb-flush-log-at-trx-commit=1",
            f"--innodb-buffer-pool-size={self.buffer_pool}",
            "--max-connections=400",
            *self.options,
        ]

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except pymysql.err.OperationalError:
            return False
        return True

    def _connect(self) -> "pymysql.Connection[pymysql.cursors.Cursor]":
        return pymysql.connect(
            host="127.0.0.1", port=self.port, user="root", autocommit=True, ssl_disabled=True
        )


@contextmanager
def running_mariadb(buffer_pool: str = "256M", *options: str) -> Iterator[MariaDB]:
    """Raises MariaDBMissing. Starts in about 2 s; its folder is gone afterwards."""
    program("mariadbd", "mysqld")
    folder = Path(tempfile.mkdtemp(prefix="visits-mariadb-"))
    server = MariaDB(folder, free_port(), buffer_pool, options)
    try:
        install_into(folder / "data")
        server.start()
        yield server
    finally:
        server.stop(kill=True)
        shutil.rmtree(folder, ignore_errors=True)


def install_into(data: Path) -> None:
    command = [program("mariadb-install-db", "mysql_install_db"), "--no-defaults"]
    more = [f"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db"]
    done = subprocess.run([*command, *more], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"MariaDB's tables were not made: {done.stdout}{done.stderr}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def program(*names: str) -> str:
    """The path of the first of `names` that is installed. Raises MariaDBMissing."""
    for name in names:
        found = shutil.which(
            name, path="/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
        )
        if found:
            return found
    raise MariaDBMissing(f"{names[0]} is not installed: apt-get install mariadb-server")
