"""The presence challenge's words. Imports nothing heavy, so that the routes can use it.

`left` and `right` are the person's own. It stops prints and cuts a fixed recording to one order in
24; it does not stop a live injection or a deepfake.
"""

from collections.abc import Sequence
from random import Random
from typing import Literal, TypeAlias, cast, get_args

Action: TypeAlias = Literal["blink", "mouth", "left", "right"]

ACTIONS: tuple[Action, ...] = get_args(Action)
SHORTEST, LONGEST = 2, 3


def draw(random: Random, length: int = LONGEST) -> list[Action]:
    """A random order; give secrets.SystemRandom() outside tests."""
    return random.sample(ACTIONS, length)


def parse(challenge: Sequence[str]) -> tuple[Action, ...]:
    """Raises ValueError unless it is two or three different actions."""
    known = all(action in ACTIONS for action in challenge)
    fits = SHORTEST <= len(challenge) <= LONGEST
    if not (known and fits and len(set(challenge)) == len(challenge)):
        raise ValueError("a challenge is two or three different actions")
    return tuple(cast(Action, action) for action in challenge)
