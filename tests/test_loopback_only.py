"""The guard of all other tests, tested."""

import socket

import pytest
import requests

from tests import loopback_only


@pytest.mark.parametrize(
    "host", ["192.0.2.1", "example.invalid", "10.0.0.1", "2001:db8::1", "0.0.0.0"]
)
def test_no_other_address_is_reached(host: str) -> None:
    with pytest.raises(loopback_only.OutsideAddress):
        socket.create_connection((host, 80), timeout=1)
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://[{host}]/" if ":" in host else f"http://{host}/", timeout=1)
    assert set(loopback_only.attempts) == {host}
    loopback_only.attempts.clear()  # or this test would fail for it


def test_an_attempt_that_is_caught_still_fails_the_test(pytester: pytest.Pytester) -> None:
    pytester.makeconftest("from tests.conftest import _loopback_only")
    pytester.makepyfile(
        """
        import socket, contextlib
        def test_it():
            with contextlib.suppress(Exception):
                socket.create_connection(("192.0.2.1", 80), timeout=1)
        """
    )
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=1, errors=1)
    loopback_only.attempts.clear()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1.2.3"])
def test_loopback_is_reached(host: str) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        with pytest.raises(ConnectionRefusedError) as refused:  # nobody listens
            socket.create_connection((host, server.getsockname()[1]), timeout=1)
    assert not isinstance(refused.value, loopback_only.OutsideAddress)
