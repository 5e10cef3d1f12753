"""Every kind of thing that waits for an officer. A new kind is one module with these three functions, named here."""

from typing import Protocol

from sqlalchemy.orm import Session

from functions.approve.queue import (
    face_reviews,
    family_phones,
    flagged_visits,
    manual_checks,
    relationship_requests,
    visit_requests,
)
from functions.approve.queue.card import Card
from functions.approve.queue.items import Item
from shared.actors import Actor
from shared.errors import NotFound


class Kind(Protocol):
    @property
    def KIND(self) -> str: ...

    def waiting(self, session: Session, actor: Actor) -> list[Item]:
        """What waits within the actor's scope, at most items.SHOWN."""

    def card(self, session: Session, actor: Actor, row_id: str) -> Card:
        """Raises NotFound outside the scope."""

    def decide(self, *, actor: Actor, row_id: str, approve: bool, reason: str | None) -> str:
        """One transaction; gives the new status. Raises NotFound, Conflict, BadInput, Refused."""


MODULES: tuple[Kind, ...] = (
    visit_requests,
    relationship_requests,
    manual_checks,
    flagged_visits,
    face_reviews,
    family_phones,
)
KINDS = {one.KIND: one for one in MODULES}


def kind_of(name: str) -> Kind:
    if name not in KINDS:
        raise NotFound.of("not_found")
    return KINDS[name]
