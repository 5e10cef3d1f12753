from hypothesis import given
from hypothesis import strategies as st

from shared.models.phones import PhoneCheckResult
from shared.reasons import REASONS
from shared.rules.phone_results import RESULTS, meaning

MATCH, MISMATCH = PhoneCheckResult.MATCH, PhoneCheckResult.MISMATCH


@given(st.text(max_size=20) | st.integers(-99, 99).map(str))
def test_only_the_documented_codes_accuse_or_clear_anybody(code: str) -> None:
    means = meaning(code)
    assert (means.result is MISMATCH) == (code == "-4")
    assert (means.result is MATCH) == (code == "0")


def test_a_code_nobody_documented_is_tried_again_and_may_have_cost_something() -> None:
    means = meaning("-99")
    assert (means.result, means.billed) == (PhoneCheckResult.NOT_CHECKED, None)
    assert means.try_again_later


def test_only_match_and_mismatch_are_billed() -> None:
    """cloud-facts 2: the others are free of charge."""
    assert {code for code, means in RESULTS.items() if means.billed} == {"0", "-4"}


def test_every_refusal_has_a_text_of_its_own() -> None:
    reasons = [means.reason for means in RESULTS.values() if means.reason]
    assert len(reasons) == len(set(reasons)) == len(RESULTS) - 1
    assert set(reasons) <= set(REASONS)
