"""The two cookies of the officers' page. No script reads them, and no other site's page can send them."""

from flask import Response, request

from functions.approve.session.sessions import LONGEST
from functions.approve.session.wecom_state import GOOD_FOR
from shared.errors import NotSignedIn
from shared.settings import settings

SESSION, STATE = "officer_session", "officer_state"
PATH = "/approve/v1/session"
# A form of another site cannot set a header; SameSite alone would do in every browser of this decade.
PAGE_HEADER = "X-Visits-Page"


def keep_session(response: Response, value: str) -> None:
    _set(response, SESSION, value, int(LONGEST.total_seconds()))


def keep_state(response: Response, nonce: str) -> None:
    _set(response, STATE, nonce, int(GOOD_FOR.total_seconds()))


def drop_session(response: Response) -> None:
    _set(response, SESSION, "", 0)


def session_value() -> str:
    return request.cookies.get(SESSION, "")


def state_nonce() -> str:
    return request.cookies.get(STATE, "")


def require_session() -> None:
    """For routes that the cookie alone opens. Raises NotSignedIn."""
    if not session_value() or PAGE_HEADER not in request.headers:
        raise NotSignedIn.of("not_signed_in")


def _set(response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path=PATH,
        httponly=True,
        samesite="Strict",
        secure=settings().stage != "development",
    )
