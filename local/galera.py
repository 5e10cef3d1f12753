"""Three MariaDB nodes as one Galera cluster on this machine: own folders, free ports, loopback only.

The first starts the cluster, the others join by a state transfer (mariabackup, which needs socat). A node that was
killed comes back by `start` and catches up.
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pymysql

from local.mariadb import MariaDBMissing, free_port, install_into, program

NODES = 3
READY_S = 120
TRIES = 3
LIBRARIES = ("/usr/lib/galera/libgalera_smm.so", "/usr/lib64/galera-4/libgalera_smm.so")

CONFIGURATION = """[mariadbd]
user={user}
datadir={folder}/data
socket={folder}/s.sock
pid-file={folder}/pid
log-error={folder}/server.log
port={port}
bind-address=127.0.0.1
skip-name-resolve
character-set-server=utf8mb4
collation-server=utf8mb4_bin
max-connections=200
innodb-buffer-pool-size=64M
innodb-flush-log-at-trx-commit=1
default-storage-engine=InnoDB
binlog-format=ROW
innodb-autoinc-lock-mode=2
wsrep-on=ON
wsrep-provider={library}
wsrep-cluster-name=visits
wsrep-cluster-address=gcomm://{group}
wsrep-node-name=node{number}
wsrep-node-address=127.0.0.1
wsrep-provider-options="base_port={group_port};ist.recv_addr=127.0.0.1:{ist_port};gmcast.listen_addr=tcp://127.0.0.1:{group_port};gcache.size=64M"
wsrep-sst-method=mariabackup
wsrep-sst-auth=root:
wsrep-sst-receive-address=127.0.0.1:{sst_port}
"""


class Node:
    def __init__(self, folder: Path, number: int) -> None:
        self.folder, self.number = folder, number
        self.port, self.group_port = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def install(self, empty: Path, group: Sequence[int]) -> None:
        """`empty`: a data folder to begin with."""
        self.folder.mkdir()
        data = self.folder / "data"
        shutil.copytree(empty, data)
        text = CONFIGURATION.format(
            folder=self.folder,
            user=data.owner(),
            number=self.number,
            port=self.port,
            library=_library(),
            group=",".join(f"127.0.0.1:{port}" for port in group),
            group_port=self.group_port,
            ist_port=free_port(),
            sst_port=free_port(),
        )
        (self.folder / "my.cnf").write_text(text)

    def start(self, *, first: bool = False) -> None:
        """Returns when the node serves. A joiner whose state transfer broke starts again, as systemd would have it."""
        for _ in range(1 if first else TRIES):
            process = self._launch(*["--wsrep-new-cluster"] if first else [])
            if self._serves(process):
                return
        log = (self.folder / "server.log").read_text(errors="replace")
        raise RuntimeError(f"node {self.number} did not start:\n{log[-3000:]}")

    def _launch(self, *options: str) -> "subprocess.Popen[bytes]":
        command = [program("mariadbd"), f"--defaults-file={self.folder / 'my.cnf'}"]
        # A group of its own: a state transfer starts scripts, which must end with it.
        self._process = subprocess.Popen(
            [*command, *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        return self._process

    def _serves(self, process: "subprocess.Popen[bytes]") -> bool:
        deadline = time.monotonic() + READY_S
        while not (ready := self.ready()) and process.poll() is None:
            if time.monotonic() > deadline:
                self.kill()
            time.sleep(0.2)
        return ready

    def kill(self) -> None:
        """As a power failure would: nothing is said to the others."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(30)

    def ready(self) -> bool:
        return self.status("wsrep_ready") == "ON"

    def status(self, name: str) -> str | None:
        """None when the node does not answer."""
        try:
            with self.connect() as connection, connection.cursor() as cursor:
                cursor.execute("SHOW STATUS LIKE %s", (name,))
                found = cursor.fetchone()
        except pymysql.err.Error:
            return None
        return None if found is None else str(found[1])

    def connect(self) -> "pymysql.Connection[pymysql.cursors.Cursor]":
        return pymysql.connect(
            host="127.0.0.1",
            port=self.port,
            user="root",
            autocommit=True,
            connect_timeout=5,
            ssl_disabled=True,
        )


class Galera:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.nodes = [Node(folder / f"node{number}", number) for number in range(NODES)]

    def start(self) -> None:
        install_into(self._folder / "empty")
        group = [node.group_port for node in self.nodes]
        for node in self.nodes:
            node.install(self._folder / "empty", group)
            node.start(first=node is self.nodes[0])

    def create(self, name: str) -> None:
        with self.nodes[0].connect() as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")

    def url(self, name: str, *, preferred: int = 0) -> str:
        """All nodes, beginning with node `preferred`."""
        order = [self.nodes[(preferred + offset) % NODES] for offset in range(NODES)]
        hosts = "&".join(f"host=127.0.0.1:{node.port}" for node in order)
        return f"mysql+pymysql://root@/{name}?charset=utf8mb4&{hosts}"

    def whole(self) -> bool:
        return all(
            node.ready() and node.status("wsrep_cluster_size") == str(NODES) for node in self.nodes
        )


@contextmanager
def running_galera() -> Iterator[Galera]:
    """Raises MariaDBMissing. Stands in half a minute."""
    for needed in ("mariabackup", "socat"):
        program(needed)
    _library()
    folder = Path(tempfile.mkdtemp(prefix="visits-galera-"))
    cluster = Galera(folder)
    try:
        cluster.start()
        yield cluster
    finally:
        for node in cluster.nodes:
            node.kill()
        shutil.rmtree(folder, ignore_errors=True)


def _library() -> str:
    found = next((one for one in LIBRARIES if Path(one).exists()), None)
    if found is None:
        raise MariaDBMissing("Galera is not installed: apt-get install galera-4")
    return found
