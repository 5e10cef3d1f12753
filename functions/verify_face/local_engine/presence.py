"""Did the person do what was asked, in that order? Pure: numbers in, a judgement out.

A presence challenge, no proof: prints fail it, a live injection or a deepfake does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from functions.verify_face.local_engine.challenge import Action
from functions.verify_face.local_engine.movements import Look, Movement, movements

ACTION_MISSED = "action_missed"
EXTRA_ACTION = "extra_action"
NO_MOVEMENT = "no_movement"
TURNED_OTHER_WAY = "turned_other_way"
OTHER_SIDE: dict[Action, Action] = {"left": "right", "right": "left"}


@dataclass(frozen=True)
class Presence:
    """`reasons` is empty when the challenge was met. `missed` holds the actions not found in their
    place, `done` every movement found, in order of time."""

    reasons: tuple[str, ...]
    missed: tuple[Action, ...]
    done: tuple[Movement, ...]


def judge(looks: Sequence[Look], challenge: Sequence[Action]) -> Presence:
    """`no_movement` (a print, a still) comes together with `action_missed`."""
    done = movements(looks)
    missed = _missed(done, challenge)
    reasons: list[str] = []
    if missed:
        exchanged = not _missed(_exchanged(done), challenge)
        reasons.append(TURNED_OTHER_WAY if exchanged else ACTION_MISSED)
    elif _deliberate([one.action for one in done]) != _deliberate(challenge):
        reasons.append(EXTRA_ACTION)
    if not done:
        reasons.append(NO_MOVEMENT)
    return Presence(tuple(reasons), missed, tuple(done))


def _missed(done: Sequence[Movement], challenge: Sequence[Action]) -> tuple[Action, ...]:
    missed, after = [], -1.0
    for action in challenge:
        places = [one.middle for one in done if one.action == action and one.middle > after]
        if places:
            after = places[0]
        else:
            missed.append(action)
    return tuple(missed)


def _exchanged(done: Sequence[Movement]) -> list[Movement]:
    """As if the person, or the recorder, had taken the left for the right."""
    return [replace(one, action=OTHER_SIDE.get(one.action, one.action)) for one in done]


def _deliberate(actions: Sequence[Action]) -> list[Action]:
    """Without blinks, which come by themselves, and without immediate repetitions.

    A recording that runs through every action again and again contains every order; only the exact
    sequence may pass.
    """
    kept: list[Action] = []
    for action in actions:
        if action != "blink" and kept[-1:] != [action]:
            kept.append(action)
    return kept
