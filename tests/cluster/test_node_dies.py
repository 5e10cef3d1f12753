"""Eight workers book on a Galera cluster of three; one node is killed and comes back, then another (issue 8, item 7)."""

import os
from collections.abc import Iterator

import pytest

from benchmarks import cluster
from local.galera import Galera, running_galera
from local.mariadb import MariaDBMissing
from tests.databases import using


@pytest.fixture(scope="module")
def galera() -> Iterator[Galera]:
    made = running_galera()
    try:
        started = made.__enter__()
    except MariaDBMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI needs a cluster: {missing}")
        pytest.skip(f"not run on a cluster: {missing}")
    try:
        yield started
    finally:
        made.__exit__(None, None, None)


def test_nothing_is_lost_or_sold_twice_and_nobody_sees_an_error(galera: Galera) -> None:
    with using(galera.url(cluster.NAME)):
        report = cluster.measure(galera, kills=2)
    assert report["acknowledged"] > 100
    assert (report["lost"], report["oversold"]) == (0, 0)
    assert (report["errors"], report["problems"]) == (0, [])
    assert report["nodes_agree"]
    assert report["broken_invariants"] == []
    assert report["longest_pause_s"] < 15
