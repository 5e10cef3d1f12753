from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.sample_people import made_up_id_number
from shared.rules.id_number import check_digit, is_minor, is_valid, normalise

numbers = st.builds(
    lambda born, order: made_up_id_number(f"{born:%Y%m%d}", order),
    st.dates(date(1900, 1, 1), date(2026, 12, 31)),
    st.integers(0, 999),
)


def test_the_standards_own_example() -> None:
    """GB 11643-1999, appendix: 11010519491231002X and 440524188001010014."""
    assert is_valid("11010519491231002X")
    assert is_valid("440524188001010014")


@given(numbers)
def test_a_right_number_is_taken(number: str) -> None:
    assert is_valid(number)


@given(numbers, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_any_one_changed_character_is_refused(number: str, place: int, other: str) -> None:
    changed = number[:place] + other + number[place + 1 :]
    assert is_valid(changed) is (changed == number)


@given(numbers, st.integers(0, 15))
def test_two_neighbours_changed_over_are_refused(number: str, place: int) -> None:
    changed = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert is_valid(changed) is (changed == number)


@pytest.mark.parametrize(
    "number",
    [
        "",
        "11010519491231002",
        "11010519491231002XX",
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２X",
        "11010519491231002X\n",
        "110105194912310O2X",
        "010105194912310021",
    ],
)
def test_what_only_looks_like_a_number_is_refused(number: str) -> None:
    assert not is_valid(number)


@pytest.mark.parametrize("born", ["19490229", "20230229", "20261301", "20260431", "20260100"])
def test_a_day_that_never_was_is_refused(born: str) -> None:
    first_17 = f"110105{born}002"
    assert not is_valid(first_17 + check_digit(first_17))


def test_people_write_it_in_their_own_way() -> None:
    assert normalise(" 11010519491231002x ") == "11010519491231002X"


def test_an_adult_is_eighteen_on_the_birthday() -> None:
    number = made_up_id_number("20081201", 1)
    assert is_minor(number, date(2026, 11, 30))
    assert not is_minor(number, date(2026, 12, 1))


def test_who_was_born_on_a_leap_day_is_of_age_on_the_first_of_march() -> None:
    number = made_up_id_number("20080229", 1)
    assert is_minor(number, date(2026, 2, 28))
    assert not is_minor(number, date(2026, 3, 1))
