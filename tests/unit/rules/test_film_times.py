"""What TRTC says of a film's times is taken only where it can be true."""

from datetime import datetime, timedelta, timezone

import pytest

from shared.rules.film_times import believed

BEGINS = datetime(2026, 12, 4, 6, 0, tzinfo=timezone.utc)
CLOSES, NOW = BEGINS + timedelta(minutes=30), BEGINS + timedelta(minutes=20)


def at(minutes: float) -> int:
    return int((BEGINS + timedelta(minutes=minutes)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("said", "span"),
    [
        ((at(1), at(10)), (1, 10)),
        ((at(-5), at(19)), (-5, 19)),
        ((at(1), at(21)), (1, 20)),  # their clock is ahead: it has ended by now
        ((at(10), at(1)), None),
        ((at(1), at(1)), None),
        ((at(21), at(22)), None),
        ((at(-24 * 60), at(10)), None),
        ((at(1), at(24 * 60)), None),
        ((at(1) // 1000, at(10) // 1000), None),  # seconds
        ((0, 0), None),
        ((-(10**30), 10**30), None),
    ],
)
def test_what_cannot_be_is_not_believed(
    said: tuple[int, int], span: tuple[float, float] | None
) -> None:
    found = believed(said, begins=BEGINS, closes=CLOSES, moment=NOW)
    if span is None:
        assert found is None
    else:
        assert found is not None
        minutes = [(one - BEGINS).total_seconds() / 60 for one in vars(found).values()]
        assert minutes == list(span)
