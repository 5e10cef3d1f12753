"""Tencent Cloud API v3: requests whose fields exist, failures with names (cloud-facts 0, 5)."""

from collections.abc import Mapping
from typing import Any

from shared.clients.errors import ProviderError, ProviderRefused, ProviderUnavailable
from shared.settings import settings

LATER = ("ClientNetworkError", "ServerNetworkError", "InternalError", "RequestLimitExceeded")
# What the SDK makes of an answer it cannot read: the name of a Python error.
UNREADABLE = {"AttributeError", "JSONDecodeError", "KeyError", "TypeError", "ValueError"}


def request(model_class: Any, **fields: Any) -> Any:
    """A filled request; dicts, alone or in lists, become nested models. TypeError: unknown field.

    The SDK would send `Bogus` as `Ogus` without a word.
    """
    return _filled(model_class(), fields)


def _filled(model: Any, fields: Mapping[str, Any]) -> Any:
    unknown = sorted(set(fields) - {name[1:] for name in vars(model)})
    if unknown:
        raise TypeError(f"{type(model).__name__} has no field {', '.join(unknown)}")
    for name, value in fields.items():
        setattr(model, name, _value(model, name, value))
    return model


def _value(model: Any, name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return _filled(_nested(model, name, {}), value)
    if isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value):
        return [_filled(_nested(model, name, [{}])[0], item) for item in value]
    return list(value) if isinstance(value, tuple) else value


def _nested(model: Any, name: str, empty: Any) -> Any:
    """An empty instance of what the field holds: only the SDK's own reader knows its class."""
    trial = type(model)()
    trial._deserialize({name: empty})
    made = getattr(trial, name)
    if made == empty:
        raise TypeError(f"{type(model).__name__}.{name} holds no nested fields")
    return made


def call(provider: str, client_class: Any, message: Any, *, total_s: float | None = None) -> Any:
    """Send `message` to the action it is named after; the typed answer. Raises ProviderError."""
    answer, failure = _outcome(provider, client_class, message, total_s)
    if failure is not None:
        raise failure  # outside the `except`: the SDK's error holds the URL or the whole answer
    return answer


def _outcome(
    provider: str, client_class: Any, message: Any, total_s: float | None
) -> tuple[Any, ProviderError | None]:
    from tencentcloud.common.exception import TencentCloudSDKException

    action = type(message).__name__.removesuffix("Request")
    try:
        return getattr(_client(client_class, total_s), action)(message), None
    except TencentCloudSDKException as error:
        return None, named(provider, str(error.get_code()))


def named(provider: str, code: str) -> ProviderError:
    """The error for an API code. Limits a day are a no: nothing retries for that long."""
    if code in UNREADABLE:
        return ProviderUnavailable(provider, "bad_answer")
    rate = code.startswith("LimitExceeded") and "Daily" not in code
    later = rate or code.startswith(LATER)
    return ProviderUnavailable(provider, code) if later else ProviderRefused(provider, code)


def field(provider: str, answer: Any, name: str) -> Any:
    """A field the answer must have; ProviderUnavailable when it is missing or empty."""
    value = getattr(answer, name)
    if value in (None, "", []):
        raise ProviderUnavailable(provider, "bad_answer")
    return value


def _client(client_class: Any, total_s: float | None) -> Any:
    from tencentcloud.common.credential import Credential
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile

    from shared.clients.transport import LimitedSession

    chosen = settings()
    profile = HttpProfile(
        protocol=chosen.tencent_protocol,
        endpoint=chosen.tencent_endpoint or None,
    )
    who = Credential(
        chosen.tencent_secret_id, chosen.tencent_secret_key, chosen.tencent_session_token or None
    )
    client = client_class(who, chosen.tencent_region, ClientProfile(httpProfile=profile))
    session = LimitedSession(total_s)
    session.hooks["response"].append(_plain_content_type)
    client.request.conn._session = session
    return client


def _plain_content_type(response: Any, **_: Any) -> None:
    # The SDK looks for an error only under this exact value: with a charset behind it, a refusal
    # would come back as a successful, empty answer (cloud-facts 0.1).
    if response.headers.get("Content-Type", "").startswith("application/json"):
        response.headers["Content-Type"] = "application/json"
