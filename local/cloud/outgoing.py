"""HTTP from the emulated cloud to us. A proxy of the environment is never asked: all of it is loopback."""

import requests


def get(url: str, *, timeout: float) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, timeout=timeout)


def post(url: str, body: bytes, headers: dict[str, str], *, timeout: float) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.post(url, data=body, headers=headers, timeout=timeout)
