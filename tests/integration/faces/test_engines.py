"""The contract of both engines: the same situations, the same answers; and every word of the vendor's."""

import inspect
from typing import Any

import pytest
from tencentcloud.faceid.v20180301 import errorcodes

from functions.verify_face import faceid_results as results
from functions.verify_face.engine import EngineDown
from shared.models.faces import FaceCheckStatus as Status
from shared.reasons import REASONS
from tests.integration.emulator import Emulator
from tests.integration.faces import engines as make
from tests.integration.faces.engines import Local, Tencent, astronaut, clip, hopper

ENGINES = [Local, Tencent]


@pytest.fixture(params=ENGINES, ids=lambda one: one.name)
def engine(
    request: pytest.FixtureRequest, wired: Emulator, monkeypatch: pytest.MonkeyPatch
) -> Local:
    chosen: type[Local] = request.param
    return chosen(wired, monkeypatch)


# --- the contract --------------------------------------------------------------------------------


def test_the_person_of_the_card_passes_with_all_that_explains_it(engine: Local) -> None:
    verdict = engine.check(clip(astronaut), said="Success", sim=88.5)
    assert (verdict.status, verdict.reasons) == (Status.PASSED, [])
    assert verdict.engine == engine.name
    assert verdict.version
    assert any(isinstance(one, float) for one in verdict.scores.values())
    assert verdict.thresholds
    assert verdict.frames
    assert all(frame.startswith(b"\xff\xd8") for frame in verdict.frames)
    assert len(verdict.vectors) >= 3
    assert {len(one) for one in verdict.vectors} == {512}


def other_person() -> dict[str, Any]:
    return {"video": clip(hopper), "said": "CompareLowSimilarity", "sim": 21.0}


def nobody() -> dict[str, Any]:
    return {"video": make.room(), "said": "SilentFaceDetectFail"}


def two_people() -> dict[str, Any]:
    return {"video": make.room(astronaut, hopper), "said": "SilentMultiFaceFail"}


def other_actions() -> dict[str, Any]:
    return {"video": clip(astronaut, ("blink", "left")), "said": "ActionOpenMouth"}


def print_of_her() -> dict[str, Any]:
    return {"video": clip(astronaut, ("still", "still")), "said": "LivessDetectFake"}


def unreadable() -> dict[str, Any]:
    return {"video": b"no film at all"}


def cut_off() -> dict[str, Any]:
    return {"video": clip(astronaut)[:3000]}


def too_short() -> dict[str, Any]:
    return {"video": make.grey(1)}


def too_long() -> dict[str, Any]:
    return {"video": make.grey(25)}


def card_without_a_face() -> dict[str, Any]:
    return {
        "video": clip(astronaut),
        "photo": make.blank_card(),
        "said": "LifePhotoDetectNoFaces",
    }


def card_with_two_faces() -> dict[str, Any]:
    photo = make.sample_clips.room_frame([astronaut(), hopper()])
    return {"video": clip(astronaut), "photo": photo, "said": "LifePhotoDetectFaces"}


def in_between() -> dict[str, Any]:
    return {"video": clip(astronaut), "photo": make.in_between(), "said": "Success", "sim": 65.0}


@pytest.mark.parametrize(
    ("situation", "status", "reason"),
    [
        (other_person, Status.REFUSED, "not_same_person"),
        (print_of_her, Status.REFUSED, ("no_movement", "not_alive")),
        (nobody, Status.ASK_AGAIN, "no_face"),
        (two_people, Status.ASK_AGAIN, "two_people"),
        (other_actions, Status.ASK_AGAIN, "action_missed"),
        (unreadable, Status.ASK_AGAIN, "clip_unreadable"),
        (cut_off, Status.ASK_AGAIN, "clip_unreadable"),
        (too_short, Status.ASK_AGAIN, "clip_too_short"),
        (too_long, Status.ASK_AGAIN, "clip_too_long"),
        (card_without_a_face, Status.ASK_AGAIN, "no_face_in_photo"),
        (card_with_two_faces, Status.ASK_AGAIN, "several_faces_in_photo"),
        (in_between, Status.REVIEW, "not_sure_same_person"),
    ],
)
def test_the_same_situation_gets_the_same_answer(
    engine: Local, situation: Any, status: Status, reason: str | tuple[str, ...]
) -> None:
    verdict = engine.check(**situation())
    assert verdict.status is status
    assert set(verdict.reasons) & ({reason} if isinstance(reason, str) else set(reason))
    assert all(one in REASONS for one in verdict.reasons)
    assert bool(verdict.vectors) == (status is Status.REVIEW)


def test_an_engine_that_is_down_says_so_and_nothing_else(engine: Local) -> None:
    engine.is_down()
    with pytest.raises(EngineDown) as down:
        engine.check(clip(astronaut))
    assert down.value.engine == engine.name


# --- the vendor's words, one by one --------------------------------------------------------------

DOCUMENTED = sorted(
    value.removeprefix("FailedOperation.")
    for name, value in inspect.getmembers(errorcodes)
    if name.startswith("FAILEDOPERATION_")
)
# Where the score has a say beside the word.
BY_SCORE = {"Success", "CompareLowSimilarity"}


def test_every_documented_failure_is_in_the_table_with_a_chinese_reason() -> None:
    assert len(DOCUMENTED) > 60
    assert set(DOCUMENTED) <= set(results.CLIP)
    meanings = [*results.CLIP.values(), *results.EID.values()]
    passes = [one for one in meanings if one.status is Status.PASSED]
    assert passes == [results.CLIP["Success"], results.EID[0]]
    assert all(one.reason in REASONS for one in meanings if one.status is not Status.PASSED)


@pytest.fixture
def tencent(wired: Emulator, monkeypatch: pytest.MonkeyPatch) -> Tencent:
    return Tencent(wired, monkeypatch)


def assert_means(tencent: Tencent, meaning: results.Meaning, **said: Any) -> None:
    if meaning.status is Status.COULD_NOT_CHECK:
        with pytest.raises(EngineDown) as down:
            tencent.check(make.grey(3), **said)
        assert down.value.page is meaning.page
        return
    verdict = tencent.check(make.grey(3), **said)
    assert (verdict.status, verdict.reasons) == (meaning.status, [meaning.reason])
    assert verdict.status is not Status.PASSED


@pytest.mark.parametrize("code", sorted(set(results.CLIP) - BY_SCORE))
def test_each_failure_on_the_wire_as_a_result_and_as_an_error(
    tencent: Tencent, wired: Emulator, code: str
) -> None:
    meaning = results.CLIP[code]
    assert_means(tencent, meaning, said=code)
    wired.fail("faceid.LivenessCompare", "error", code=f"FailedOperation.{code}")
    assert_means(tencent, meaning)


@pytest.mark.parametrize(
    ("code", "page"),
    [
        ("UnauthorizedOperation.Arrears", True),
        ("UnauthorizedOperation.Nonactivated", True),
        ("UnauthorizedOperation.ChargeStatusException", True),
        ("RequestLimitExceeded", False),
        ("InternalError", False),
        ("InvalidParameterValue", False),
        ("AuthFailure.SignatureExpire", False),
        ("FailedOperation.NewWordOfTheVendor", False),
    ],
)
def test_what_is_not_the_person_s_doing_is_no_answer_about_the_person(
    tencent: Tencent, wired: Emulator, code: str, page: bool
) -> None:
    wired.fail("faceid.LivenessCompare", "error", code=code)
    with pytest.raises(EngineDown) as down:
        tencent.check(make.grey(3))
    assert down.value.page is page


@pytest.mark.parametrize("kind", ["http500", "drop_answer"])
def test_no_answer_on_the_wire_is_no_answer(tencent: Tencent, wired: Emulator, kind: str) -> None:
    wired.fail("faceid.LivenessCompare", kind)
    with pytest.raises(EngineDown):
        tencent.check(make.grey(3))


@pytest.mark.parametrize(
    ("said", "sim", "status"),
    [
        ("Success", 70.0, Status.PASSED),
        ("Success", 69.9, Status.REVIEW),  # the word alone lets nobody in
        ("Success", 60.0, Status.REVIEW),
        ("Success", 59.9, Status.REFUSED),
        ("CompareLowSimilarity", 69.9, Status.REVIEW),
        ("CompareLowSimilarity", 59.9, Status.REFUSED),
        ("CompareLowSimilarity", 88.0, Status.REFUSED),  # nor the score alone
    ],
)
def test_word_and_score_must_agree(tencent: Tencent, said: str, sim: float, status: Status) -> None:
    assert tencent.check(make.grey(3), said=said, sim=sim).status is status


def test_success_without_a_score_is_no_pass(tencent: Tencent, wired: Emulator) -> None:
    wired.ask("/local/faceid/liveness", {"Result": "Success", "Sim": None})
    with pytest.raises(EngineDown):
        tencent.check(make.grey(3))


def test_the_clip_cannot_be_fetched(tencent: Tencent, monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendor downloads it: an address that gives nothing is our failure, not the person's."""
    monkeypatch.setattr(
        "tests.integration.faces.engines.kept", lambda _data, suffix: f"gone.{suffix}"
    )
    with pytest.raises(EngineDown, match="DownLoadError"):
        tencent.check(make.grey(3))
