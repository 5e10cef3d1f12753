from datetime import date, datetime, time, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from shared.clock import SHANGHAI
from shared.rules.timetable import Opening, slots_of

days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
openings = st.builds(
    Opening,
    weekday=st.integers(0, 6),
    opens_at=st.times(),
    closes_at=st.times(),
    valid_from=days,
    valid_to=st.none() | days,
)
lengths = st.integers(10, 120).map(lambda minutes: timedelta(minutes=minutes))


@given(openings, days, st.integers(0, 40), lengths)
def test_slots_lie_within_the_opening_and_never_overlap(
    opening: Opening, first: date, span: int, length: timedelta
) -> None:
    last = first + timedelta(days=span)
    before = None
    for start, end in slots_of(opening, first=first, last=last, length=length):
        local_start, local_end = start.astimezone(SHANGHAI), end.astimezone(SHANGHAI)
        day = local_start.date()
        assert end - start == length
        assert start.tzinfo is timezone.utc
        assert day.weekday() == opening.weekday
        assert max(first, opening.valid_from) <= day <= min(last, opening.valid_to or last)
        assert local_start >= datetime.combine(day, opening.opens_at, SHANGHAI)
        assert local_end <= datetime.combine(day, opening.closes_at, SHANGHAI)
        assert before is None or start >= before
        before = end


def tuesdays(opens: str, closes: str, **changed: date | None) -> list[str]:
    opening = Opening(
        weekday=1,
        opens_at=time.fromisoformat(opens),
        closes_at=time.fromisoformat(closes),
        valid_from=changed.get("valid_from") or date(2026, 12, 1),
        valid_to=changed.get("valid_to"),
    )
    made = slots_of(
        opening, first=date(2026, 12, 1), last=date(2026, 12, 14), length=timedelta(minutes=30)
    )
    return [f"{start.astimezone(SHANGHAI):%m-%d %H:%M}" for start, _ in made]


def test_only_whole_slots_are_made() -> None:
    assert tuesdays("14:00", "15:00") == [
        "12-01 14:00",
        "12-01 14:30",
        "12-08 14:00",
        "12-08 14:30",
    ]
    assert tuesdays("14:00", "14:59") == ["12-01 14:00", "12-08 14:00"]
    assert tuesdays("14:00", "14:29") == []


def test_the_first_and_the_last_valid_day_count() -> None:
    assert tuesdays("14:00", "14:30", valid_to=date(2026, 12, 8)) == ["12-01 14:00", "12-08 14:00"]
    assert tuesdays("14:00", "14:30", valid_to=date(2026, 12, 7)) == ["12-01 14:00"]
    assert tuesdays("14:00", "14:30", valid_from=date(2026, 12, 2)) == ["12-08 14:00"]


def test_an_hour_before_eight_is_the_day_before_in_utc() -> None:
    assert tuesdays("00:00", "00:30") == ["12-01 00:00", "12-08 00:00"]
