"""Pure: made-up signals, no pictures."""

from random import Random

import pytest

from functions.verify_face.local_engine.challenge import ACTIONS, Action, draw, parse
from functions.verify_face.local_engine.movements import Look, movements
from functions.verify_face.local_engine.presence import judge
from shared.faces.signals import Signals, mirrored

STILL = Signals(eyes=0.30, mouth=0.05, nose=0.0)
DOING = {
    "blink": Signals(0.12, 0.05, 0.0),
    "mouth": Signals(0.30, 0.70, 0.0),
    "left": Signals(0.30, 0.05, 0.45),
    "right": Signals(0.30, 0.05, -0.45),
}
STEP = 0.08


def looks_of(*actions: str, tilt: float = 0.0) -> list[Look]:
    """Each action for half a second, a second of stillness around it."""
    shown = [STILL] * 12
    for action in actions:
        shown += [DOING.get(action, STILL)] * (3 if action == "blink" else 6) + [STILL] * 12
    moved = [Signals(one.eyes, one.mouth, one.nose + tilt) for one in shown]
    return [Look(n * STEP, one) for n, one in enumerate(moved)]


def reasons(looks: list[Look], *challenge: Action) -> tuple[str, ...]:
    return judge(looks, challenge).reasons


@pytest.mark.parametrize("seed", range(24))
def test_whatever_is_drawn_and_done_passes(seed: int) -> None:
    challenge = draw(Random(seed))
    assert judge(looks_of(*challenge), challenge).reasons == ()


def test_wrong_order_is_missed() -> None:
    found = judge(looks_of("right", "mouth"), ("mouth", "right"))
    assert found.reasons == ("action_missed",)
    assert found.missed == ("right",)


def test_mirrored_turns_are_the_other_way() -> None:
    turned = [Look(look.at, mirrored(look.signals)) for look in looks_of("left", "blink")]
    assert reasons(turned, "right", "blink") == ()
    assert reasons(turned, "left", "blink") == ("turned_other_way",)


def test_a_still_picture_does_nothing() -> None:
    assert reasons(looks_of("still"), "blink", "left") == ("action_missed", "no_movement")


def test_no_looks_at_all() -> None:
    assert reasons([], "blink", "left") == ("action_missed", "no_movement")


def test_a_recording_of_everything_does_not_pass_every_order() -> None:
    everything = looks_of("left", "right", "mouth", "left", "right", "mouth")
    assert reasons(everything, "right", "left") == ("extra_action",)


def test_own_blinks_and_repeated_actions_are_allowed() -> None:
    looks = looks_of("blink", "left", "left", "blink", "mouth")
    assert reasons(looks, "left", "mouth") == ()


def test_a_camera_at_the_side_does_not_turn_a_head() -> None:
    assert reasons(looks_of("left", "right", tilt=0.2), "left", "right") == ()


def test_a_tilted_print_makes_no_turn() -> None:
    # Measured: a print reaches a range of 0.30.
    swung = [Look(n * STEP, Signals(0.3, 0.05, 0.15 * (-1) ** (n // 10))) for n in range(60)]
    assert movements(swung) == []


def test_a_print_with_an_open_mouth_opens_nothing() -> None:
    assert movements([Look(n * STEP, DOING["mouth"]) for n in range(60)]) == []


def test_eyes_that_stay_closed_are_no_blink() -> None:
    closed = [STILL] * 15 + [DOING["blink"]] * 45
    assert movements([Look(n * STEP, one) for n, one in enumerate(closed)]) == []


def test_one_wrong_look_is_no_turn() -> None:
    shown = [STILL] * 20 + [DOING["left"]] + [STILL] * 20
    assert movements([Look(n * STEP, one) for n, one in enumerate(shown)]) == []


@pytest.mark.parametrize(
    "challenge", [(), ("blink",), ("blink", "blink"), ("blink", "jump"), ACTIONS]
)
def test_impossible_challenges(challenge: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="challenge"):
        parse(challenge)


def test_every_order_is_drawn() -> None:
    random = Random(1)
    assert len({tuple(draw(random)) for _ in range(500)}) == 24
