"""Who acts: always taken from the sign-in or the trigger, never from the request's own words."""

from dataclasses import dataclass, field
from typing import Literal

from shared.models.officers import Role


@dataclass(frozen=True)
class Actor:
    kind: Literal["relative", "officer", "system", "terminal"]
    id: str
    site_id: str | None = None
    roles: frozenset[Role] = field(default_factory=frozenset)
    ward_ids: frozenset[str] = field(default_factory=frozenset)  # empty: the whole site


SYSTEM = Actor("system", "system")
