"""What WeChat and WeCom share: one way to ask, one list of error codes, one life of a token."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from shared.clients.access_tokens import Fetch, access_token, forget
from shared.clients.errors import ProviderError, ProviderRefused, ProviderUnavailable

T = TypeVar("T")

TOKEN_OVER = {"40001", "40014", "42001"}  # invalid credential, invalid token, token expired
# Busy, quota of the day, rate of one API, concurrency, WeCom's "send too fast" (cloud-facts 9, 10).
LATER = {"-1", "45009", "45011", "45033", "130101"}


def with_token(provider: str, fetch: Fetch, call: Callable[[str], T]) -> T:
    """`call(token)`; once more with a new token when the provider calls the shared one over."""
    token = access_token(provider, fetch)
    try:
        return call(token)
    except ProviderRefused as error:
        if error.code not in TOKEN_OVER:
            raise
    forget(provider, token)
    return call(access_token(provider, fetch))


def prepared(client: Any, base_url: str) -> Any:
    """Turn a fresh wechatpy client to `base_url` and our session.

    Give the client its token and `auto_retry=False`: its own retry fetches from a fixed production
    address, without a time limit, and again without end as long as the answer is 40001.
    """
    from shared.clients.transport import LimitedSession

    client._http = LimitedSession()
    client.API_BASE_URL = base_url
    if hasattr(client, "wxa"):
        client.wxa.API_BASE_URL = base_url  # a second, separate constant there
    return client


def ask(provider: str, url: str, params: Mapping[str, str]) -> dict[str, Any]:
    """GET without a token: the answer, its errcode checked. Raises ProviderError."""
    from shared.clients.transport import LimitedSession

    def call() -> Any:
        response = LimitedSession().get(url, params=dict(params))
        response.raise_for_status()
        return response.json()

    return checked(provider, call)


def checked(provider: str, call: Callable[[], Any]) -> dict[str, Any]:
    """The answer of `call`, a GET or POST by requests or wechatpy. Raises ProviderError."""
    # Outside every `except`: the errors beneath carry URLs with tokens, and must not hang on ours.
    answer, failure = _outcome(provider, call)
    if failure is None and not isinstance(answer, dict):  # wechatpy hands over what it cannot read
        failure = ProviderUnavailable(provider, "bad_answer")
    if failure is None and answer.get("errcode") not in (None, 0, "0"):
        failure = _by_errcode(provider, answer["errcode"])
    if failure is not None:
        raise failure
    return dict(answer)


def _outcome(provider: str, call: Callable[[], Any]) -> tuple[Any, ProviderError | None]:
    import requests
    from wechatpy.exceptions import WeChatClientException

    try:
        return call(), None
    except WeChatClientException as error:
        if error.errcode is not None:
            return None, _by_errcode(provider, error.errcode)
        return None, _by_status(provider, error.response.status_code)
    except requests.HTTPError as error:
        return None, _by_status(provider, error.response.status_code)
    except requests.Timeout:
        return None, ProviderUnavailable(provider, "timeout")
    except requests.JSONDecodeError:
        return None, ProviderUnavailable(provider, "bad_answer")
    except requests.RequestException:
        return None, ProviderUnavailable(provider, "no_connection")
    except (ValueError, TypeError):  # an errcode that is no number
        return None, ProviderUnavailable(provider, "bad_answer")


def _by_errcode(provider: str, errcode: object) -> ProviderError:
    if not str(errcode).lstrip("-").isdecimal():
        return ProviderUnavailable(provider, "bad_answer")
    kind = ProviderUnavailable if str(errcode) in LATER else ProviderRefused
    return kind(provider, errcode)


def _by_status(provider: str, status: int) -> ProviderError:
    kind = ProviderUnavailable if status >= 500 or status == 429 else ProviderRefused
    return kind(provider, f"http_{status}")


def field(provider: str, answer: Mapping[str, Any], *path: str) -> Any:
    """What stands at `path` in an answer; ProviderUnavailable when the provider left it out."""
    value: Any = answer
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    if value in (None, ""):
        raise ProviderUnavailable(provider, "bad_answer")
    return value


def token_of(provider: str, answer: Mapping[str, Any]) -> tuple[str, int]:
    """Token and lifetime in seconds of a token answer, the same in both APIs."""
    token = field(provider, answer, "access_token")
    return str(token), int(field(provider, answer, "expires_in"))
