"""Many decisions in one request: each in a transaction of its own, each with its own outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from functions.approve.queue.kinds import kind_of
from shared.actors import Actor
from shared.errors import BadInput, UseCaseError


@dataclass(frozen=True)
class Decision:
    kind: str
    id: str
    approve: bool
    reason: str | None


def decide_many(*, actor: Actor, decisions: Sequence[Decision]) -> list[dict[str, Any]]:
    """In the order given. One that somebody else decided meanwhile stops no other."""
    return [{"kind": one.kind, "id": one.id, **_outcome(actor, one)} for one in decisions]


def decide_one(*, actor: Actor, decision: Decision) -> str:
    """The new status. Raises BadInput for a refusal without a reason, and whatever its kind raises."""
    if not decision.approve and not decision.reason:
        raise BadInput.of("reason_required", "reason")
    return kind_of(decision.kind).decide(
        actor=actor, row_id=decision.id, approve=decision.approve, reason=decision.reason
    )


def _outcome(actor: Actor, decision: Decision) -> dict[str, Any]:
    try:
        return {"done": True, "status": decide_one(actor=actor, decision=decision), "errors": []}
    except UseCaseError as error:
        return {"done": False, "status": None, "errors": error.reasons}
