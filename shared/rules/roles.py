"""Which roles one person may hold together."""

from collections.abc import Collection

from shared.models.officers import ADMINISTRATORS, Role


def exclude_each_other(roles: Collection[Role]) -> bool:
    """The system, security and audit administrators are three people."""
    return len(ADMINISTRATORS & set(roles)) > 1
