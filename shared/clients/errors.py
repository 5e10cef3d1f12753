"""How a call outside can fail: a provider's name and a short code, no secret, nobody's data."""

import re

# What providers use as codes. Anything else (a message, a URL, a number of a person) must not pass.
CODE = re.compile(r"-?[0-9]{1,7}|[A-Za-z][A-Za-z_]*[0-9]{0,4}(\.[A-Za-z][A-Za-z0-9]*)*")
LONGEST_CODE = 80


class ProviderError(Exception):
    """`code` is the provider's or ours: `timeout`, `no_connection`, `http_503`, `bad_answer`."""

    def __init__(self, provider: str, code: object) -> None:
        self.provider = provider
        self.code = _harmless(str(code))
        super().__init__(provider, self.code)

    def __str__(self) -> str:
        return f"{self.provider}: {self.code}"


class ProviderUnavailable(ProviderError):
    """No answer, no sensible one, or "later". Try again; it may have happened all the same."""


class ProviderRefused(ProviderError):
    """A clear no: the same call again gives the same answer."""


def _harmless(code: str) -> str:
    good = len(code) <= LONGEST_CODE and CODE.fullmatch(code)
    return code if good else "unknown"
