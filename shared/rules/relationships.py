"""Whether a tie between relative and resident holds at a moment: by its time stamps, the timers only tidy."""

from datetime import datetime

from shared.models.people import RelationshipStatus


def stands(
    status: RelationshipStatus,
    suspended_until: datetime | None,
    expires_at: datetime | None,
    *,
    at: datetime,
) -> bool:
    if expires_at is not None and expires_at <= at:
        return False
    if status is RelationshipStatus.SUSPENDED:
        return suspended_until is not None and suspended_until <= at
    return status is RelationshipStatus.APPROVED
