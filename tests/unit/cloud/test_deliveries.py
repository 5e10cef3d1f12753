"""The queue of callbacks: retried, repeated, shuffled, lost, given up."""

from collections import Counter

from .harness import Receiver, Served, until

EVENT = {"EventGroupId": 3, "EventType": 399, "EventInfo": {"TaskId": "t"}}


def send(served: Served, kind: int = 399) -> None:
    served.post("/local/trtc/rooms/visit-1/events", {**EVENT, "EventType": kind})


def states(served: Served) -> list[str]:
    return [row["state"] for row in served.get("/local/callbacks", line="trtc")["deliveries"]]


def test_a_refused_callback_comes_again_unchanged(served: Served, receiver: Receiver) -> None:
    receiver.status = 500
    send(served)
    until(lambda: len(receiver.got) >= 2)
    receiver.status = 200
    until(lambda: states(served) == ["done"])
    assert len({body for _, body in receiver.got}) == 1
    assert receiver.events[0]["EventInfo"]["RoomId"] == "visit-1"


def test_after_a_minute_of_retries_it_is_given_up(served: Served, receiver: Receiver) -> None:
    receiver.status = 500
    send(served)
    until(lambda: states(served) == ["given_up"])
    assert len(receiver.got) == 8  # at once, at once again, then six times ten seconds (here 0.05)


def test_copies_losses_and_chance_order(served: Served, receiver: Receiver) -> None:
    served.post("/local/callbacks", {"duplicate": 1, "shuffle": True, "drop": [398]})
    for kind in (397, 398, 399):
        send(served, kind)
    until(lambda: len(receiver.got) == 4)
    assert Counter(receiver.types()) == {397: 2, 399: 2}
    served.post("/local/callbacks", {})
    send(served, 398)
    until(lambda: 398 in receiver.types())


def test_a_function_that_fails_is_called_again(served: Served) -> None:
    calls = []

    def fails_once(event: object) -> None:
        calls.append(event)
        if len(calls) == 1:
            raise RuntimeError("the function died")

    served.cloud._on_object_created = fails_once
    served.cloud.cos.put("a.jpg", b"x", "image/jpeg")
    until(lambda: len(calls) == 2)
    assert calls[0] == calls[1]
