"""What officers may set, and what the settings say by default."""

from dataclasses import fields

from shared.rules.site_rules import SiteRules
from shared.rules.site_rules_form import SETTABLE, problems_in

# Set by whoever installs it: how often frames are taken is TRTC's business and its costs.
NOT_FOR_OFFICERS = {"frame_seconds"}


def test_every_rule_can_be_set_and_has_a_name() -> None:
    rules = {one.name for one in fields(SiteRules)} - {"quota"} - NOT_FOR_OFFICERS
    assert rules == set(SETTABLE)
    assert len({bounds.label for bounds in SETTABLE.values()}) == len(SETTABLE)


def test_the_defaults_are_within_the_bounds() -> None:
    usual = SiteRules()
    assert problems_in({name: getattr(usual, name) for name in SETTABLE}, usual) == []


def test_the_bounds_themselves_may_be_set_and_nothing_beyond() -> None:
    for name, bounds in SETTABLE.items():
        wide = SiteRules(book_days_ahead_min=0, book_days_ahead_max=60)
        for value, good in (
            (bounds.lowest - 1, False),
            (bounds.lowest, True),
            (bounds.highest, True),
            (bounds.highest + 1, False),
        ):
            found = [one.code for one in problems_in({name: value}, wide)]
            assert ("rule_out_of_bounds" in found) is not good, (name, value)
