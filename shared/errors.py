"""What can go wrong in a use case, as named errors. `shared.http.problems` is the only place that knows HTTP.

Every error carries *all* its reasons: a family should mend them in one go.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.reasons import REASONS


@dataclass(frozen=True)
class Reason:
    """`code` is stable and English, for programs; `text` is Chinese, for people, and says what to do next."""

    code: str
    text: str
    field: str | None = None


def reason(code: str, field: str | None = None, **values: object) -> Reason:
    """The catalogue's reason `code`, its text filled with `values`. KeyError if the catalogue lacks it."""
    return Reason(code, REASONS[code].format(**values), field)


@dataclass
class UseCaseError(Exception):
    reasons: list[Reason]
    details: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, code: str, field: str | None = None, **values: object) -> "UseCaseError":
        return cls([reason(code, field, **values)])

    @property
    def code(self) -> str:
        return self.reasons[0].code

    def __str__(self) -> str:
        return ", ".join(one.code for one in self.reasons)


class BadInput(UseCaseError):
    """The request itself is wrong; sending it again unchanged is pointless."""


class NotSignedIn(UseCaseError):
    """No session, or one that is over."""


class NotAllowed(UseCaseError):
    """Signed in, but this role may not do this."""


class NotFound(UseCaseError):
    """It does not exist, or not for this person: the two must look the same."""


class Conflict(UseCaseError):
    """Somebody else was first, or the thing is no longer in the state this needs."""


class Refused(UseCaseError):
    """A rule of the site or of the law says no. `details` may carry ways out, such as other slots."""


class TooMany(UseCaseError):
    """A limit on tries or requests."""


class Unavailable(UseCaseError):
    """Something outside could not be reached; nothing was decided, and trying again later is right."""


def raise_if_any(
    reasons: Sequence[Reason], error: type[UseCaseError] = Refused, **details: Any
) -> None:
    if reasons:
        raise error(list(reasons), details)
