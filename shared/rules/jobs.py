"""When a timer of the system counts as dead."""

from datetime import timedelta

from shared.rules.job_periods import EVERY_S


def silent_after() -> dict[str, timedelta]:
    """By job: three runs missed, and never sooner than two minutes."""
    return {job: timedelta(seconds=max(3 * every, 120)) for job, every in EVERY_S.items()}
