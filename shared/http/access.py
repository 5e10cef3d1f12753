"""Every route says who may call it; a route that says nothing answers nobody.

@api.post("/visits")
@relatives
def request_visit(body: ...): ...
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import current_app, g, request

from shared.actors import Actor
from shared.errors import NotAllowed, NotSignedIn
from shared.http.sessions import read_token
from shared.models.officers import Role

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """`check` gives the actor, or None for a route that needs no person; raises to refuse."""

    name: str
    check: Callable[[], Actor | None]


def _declare(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


def officers(*roles: Role) -> Callable[[View], View]:
    """Officers with at least one of `roles`."""

    def check() -> Actor:
        actor = read_token("officer", _bearer())
        if not actor.roles & set(roles):
            raise NotAllowed.of("not_allowed")
        return actor

    return _declare(Access("officer", check))


def checked_by(name: str, check: Callable[[], Actor | None]) -> Callable[[View], View]:
    """Machines that sign each request. `check` raises NotSignedIn, or gives who it is."""
    return _declare(Access(name, check))


relatives: Callable[[View], View] = _declare(
    Access("relative", lambda: read_token("relative", _bearer()))
)


def _either() -> Actor:
    """A relative's token and an officer's are signed apart, so that one never passes for the other."""
    try:
        return read_token("relative", _bearer())
    except NotSignedIn:
        return read_token("officer", _bearer())


people: Callable[[View], View] = _declare(Access("people", _either))
public: Callable[[View], View] = _declare(Access("public", lambda: None))


def guard() -> None:
    """Before every request: fail closed when the route declares no access."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return  # 404 and 405 are the framework's to answer
    access: Access | None = getattr(view, "access", None)
    if access is None:
        raise RuntimeError("a route without declared access")
    g.actor = access.check()


def actor() -> Actor:
    """Whoever is signed in. Only in routes that need a person."""
    signed_in: Actor = g.actor
    return signed_in


def _bearer() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn.of("not_signed_in")
    return token
