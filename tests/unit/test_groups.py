"""Routes load in groups: a request must reach what it would reach if all were loaded."""

from importlib import import_module

import pytest
from werkzeug.routing import Map

from shared.http.groups import Groups
from tests.unit.test_light_functions import FUNCTIONS


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_group_takes_what_is_meant_for_a_later_one(function: str) -> None:
    groups: Groups = import_module(f"functions.{function}.handler").routes
    maps = [groups.group(number).url_map for number in range(len(groups.modules))]
    whole = groups.whole().url_map.bind("here")
    for rule in groups.whole().url_map.iter_rules():
        path = whole.build(rule.endpoint, dict.fromkeys(rule.arguments, "x"), append_unknown=False)
        method = next(iter((rule.methods or set()) - {"OPTIONS", "HEAD"}))
        assert _first(maps, path, method) == whole.match(path, method=method)[0], path


def _first(maps: list[Map], path: str, method: str) -> object:
    bound = [one.bind("here") for one in maps]
    found = next(one for one in bound if one.test(path, method=method))
    return found.match(path, method=method)[0]
