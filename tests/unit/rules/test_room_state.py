"""The room's state is a pure function of its events: order and repetition change nothing."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.room_state import EFFECTS, OURS, PRESENT, ROBOT_GONE, RoomFact, fold

MOTHER, SON = "fam_1", "res_1"


def fact(kind: int, at: int, *, user: str = MOTHER, task: str = "", **payload: Any) -> RoomFact:
    group = next(g for g, k in EFFECTS if k == kind)
    info: dict[str, Any] = {"UserId": user, "TaskId": task, "Payload": payload}
    if group in (1, 2):
        info = {"UserId": user, **payload}
    return RoomFact(group, kind, at, f"{kind}-{at}-{user}-{task}", info)


VISIT = [
    fact(101, 1_000),
    fact(103, 1_001, Reason=1),
    fact(201, 1_100),
    fact(103, 2_000, user=SON, Reason=1),
    fact(301, 2_100, user="rec_1", task="t1", Status=0),
    fact(1001, 2_200, user="cut_1", task="s1", Status=0),
    fact(104, 5_000, Reason=2),  # a drop
    fact(103, 6_000, Reason=3),  # and back again
    fact(104, 9_000, Reason=1),
    fact(104, 9_001, user=SON, Reason=1),
    fact(102, 9_002, user=""),
    fact(302, 9_100, user="rec_1", task="t1", LeaveCode=2),
    fact(1002, 9_101, user="cut_1", task="s1", LeaveCode=2),
    fact(310, 9_500, user="rec_1", task="t1", Status=0, FileList=["a.mp4"]),
    fact(310, 9_600, user="rec_1", task="t1", Status=0, FileMessage=[{"FileName": "b.mp4"}]),
    fact(
        310,
        9_700,
        user="rec_1",
        task="t1",
        FileMessage=[
            {"FileName": "b.mp4", "StartTimeStamp": "7000", "EndTimeStamp": 9_100},
            {"FileName": "b.mp4", "StartTimeStamp": None, "EndTimeStamp": 9_100},
        ],
    ),
    RoomFact(99, 9901, 9_800, "x", {"New": [1]}),
]


def test_a_page_in_the_room_opens_it_when_every_callback_is_lost() -> None:
    said = RoomFact(OURS, PRESENT, 500, "p", {"UserId": MOTHER})
    state = fold([said])
    assert (state.opened_ms, state.inside()) == (500, [MOTHER])
    assert fold([said, *VISIT]).inside() == []


def test_the_whole_story() -> None:
    state = fold(VISIT)
    mother = state.people[MOTHER]
    assert (state.opened_ms, state.dismissed_ms, state.inside()) == (1_000, 9_002, [])
    assert (mother.first_ms, mother.entries, mother.sends) == (1_000, 2, [])
    assert set(state.people) == {MOTHER, SON}
    assert (state.live_tasks("record"), state.ended_tasks("record")) == ([], ["t1"])
    assert state.files == {"t1": ["a.mp4", "b.mp4"]}
    assert state.film_ms == {("t1", "b.mp4"): (7_000, 9_100)}
    assert "film_ms" not in state.as_json(), "older versions write and compare what is kept"
    assert (state.problems, state.events, state.others) == ([], len(VISIT), 1)


@given(st.permutations(VISIT))
def test_any_order_tells_the_same(shuffled: list[RoomFact]) -> None:
    assert fold(shuffled) == fold(VISIT)


@given(st.integers(1, len(VISIT)), st.randoms(use_true_random=False))
def test_events_one_by_one_in_any_order_end_in_the_same_state(
    cut: int, chance: random.Random
) -> None:
    """Worked through in two batches, or in one: the second looks at all of them again."""
    shuffled = chance.sample(VISIT, len(VISIT))
    fold(shuffled[:cut])
    assert fold([*shuffled[:cut], *shuffled[cut:]]).as_json() == fold(VISIT).as_json()


@pytest.mark.parametrize("lost", range(4))
def test_any_sign_of_a_person_opens_the_room(lost: int) -> None:
    """The first ones may be lost; whoever sends or leaves was there."""
    left = VISIT[lost:]
    state = fold(left)
    # The resident alone does not open it: a family may never come.
    assert state.opened_ms == next(one.at_ms for one in left if one.user == MOTHER)
    assert {MOTHER, SON} <= set(state.people)


@pytest.mark.parametrize("kind", sorted({kind for _, kind in EFFECTS}))
@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"Status": "1", "LeaveCode": "99"},
        {"Status": None, "FileList": 1, "FileMessage": "x"},
        {"FileList": "a.m3u8", "FileName": ["b.ts"]},
        {"FileMessage": [None, {}, {"FileName": 3}]},
        {"Status": 10**30},
        {"Status": [1]},
    ],
)
def test_whatever_is_signed_is_understood_or_left(kind: int, payload: dict[str, Any]) -> None:
    assert fold([fact(kind, 1, task="t", **payload)]).events == 1


@pytest.mark.parametrize(
    ("event", "problem"),
    [
        (fact(301, 1, task="t", Status=1), "record_start_failed"),
        (fact(303, 1, task="t", Status=1), "record_upload_refused"),
        (fact(305, 1, task="t", LeaveCode=1), "record_upload_incomplete"),
        (fact(305, 1, task="t", Status=1), "record_upload_incomplete"),
        (fact(306, 1, task="t", Status=0), "record_failover"),
        (fact(308, 1, task="t", Code=1), "record_upload_error"),
        (fact(309, 1, task="t", Url="x"), "download_image_error"),
        (fact(310, 1, task="t", Status=2), "record_files_incomplete"),
        (fact(311, 1, task="t", Status=1), "vod_failed"),
        (fact(1001, 1, task="s", Status=1), "slice_start_failed"),
        (fact(1006, 1, task="s", Code=1), "slice_upload_error"),
    ],
)
def test_what_went_wrong_has_a_name(event: RoomFact, problem: str) -> None:
    assert fold([event]).problems == [problem]


def test_files_left_on_the_server_that_came_after_all_are_no_problem() -> None:
    assert fold([fact(305, 1, task="t", LeaveCode=2)]).problems == []
    assert fold([fact(305, 1, task="t", Status=0)]).problems == []


def test_hls_files_are_known() -> None:
    events = [
        fact(304, 1, task="t", FileList="room.m3u8"),
        fact(307, 2, task="t", FileName="room_1.ts"),
    ]
    assert fold(events).hls_files == ["room.m3u8", "room_1.ts"]


def test_a_failed_robot_is_no_live_one() -> None:
    state = fold([fact(301, 1, task="t", Status=1), fact(301, 2, task="u", Status=0)])
    assert (state.live_tasks("record"), state.ended_tasks("record")) == (["u"], ["t"])


def test_a_robot_found_gone_is_no_live_one_whatever_is_told_of_it_and_when() -> None:
    gone = RoomFact(OURS, ROBOT_GONE, 60, "g", {"TaskId": "t", "Kind": "record"})
    start, stop = fact(301, 1, task="t", Status=0), fact(302, 50, task="t", LeaveCode=3)
    late = fact(302, 70, task="t", LeaveCode=3)
    for events in ([gone], [gone, start], [late, gone, start], [gone, stop], [stop, start, gone]):
        state = fold(events)
        assert (state.live_tasks("record"), state.ended_tasks("record")) == ([], ["t"])
        assert state.problems == ([] if stop in events else ["record_robot_gone"])


def test_who_is_heard_again_has_not_fallen_out() -> None:
    """The event of the new entry may come first or never."""
    fell = [
        fact(103, 1_000, user=SON),
        fact(201, 1_100, user=SON),
        fact(104, 2_000, user=SON, Reason=2),
    ]
    person = fold([*fell, fact(204, 2_050, user=SON)]).people[SON]
    assert (person.inside, person.left_reason, person.left_ms) == (False, 2, 2_000)
    for more in (fact(203, 3_000, user=SON), fact(103, 3_000, user=SON)):
        person = fold([*fell, more]).people[SON]
        assert (person.inside, person.left_reason, person.left_ms) == (True, None, None)
