"""Resident identity card numbers: GB 11643-1999."""

import re
from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"  # ISO 7064 MOD 11-2, indexed by the weighted sum modulo 11
ADULT_YEARS = 18


def normalise(text: str) -> str:
    return text.strip().upper()


def is_valid(number: str) -> bool:
    """Eighteen characters, ASCII digits only, a day that exists, and the right check digit."""
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", number):
        return False
    if check_digit(number[:17]) != number[17]:
        return False
    try:
        birth_date(number)
    except ValueError:
        return False
    return True


def check_digit(first_17: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(first_17, WEIGHTS, strict=True))
    return CHECK_DIGITS[total % 11]


def birth_date(number: str) -> date:
    """Raises ValueError for a day that never was."""
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def is_minor(number: str, on: date) -> bool:
    born = birth_date(number)
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return years < ADULT_YEARS
