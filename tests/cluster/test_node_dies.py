"""Eight workers book on a Galera cluster of three; one node is killed and comes back, then another (issue 8, item 7)."""

from collections.abc import Iterator

import pytest

from benchmarks import cluster
from local.galera import Galera, running_galera
from tests.databases import or_skip, using


@pytest.fixture(scope="module")
def galera() -> Iterator[Galera]:
    with or_skip(running_galera()) as started:
        yield started


def test_nothing_is_lost_or_sold_twice_and_nobody_sees_an_error(galera: Galera) -> None:
    with using(galera.url(cluster.NAME)):
        report = cluster.measure(galera, kills=2)
    assert report["acknowledged"] > 100
    assert (report["lost"], report["oversold"]) == (0, 0)
    assert (report["errors"], report["problems"]) == (0, [])
    assert report["nodes_agree"]
    assert report["broken_invariants"] == []
    assert report["longest_pause_s"] < 15
