"""The E-certificate flow, and the card's own text, through HTTP and the emulated FaceID."""

import base64
from typing import Any

import pytest

from functions.verify_face import faceid_results as results
from functions.verify_face.eid_check import judge
from functions.verify_face.engine import EngineDown
from local.sample_people import GUO
from shared.clients import faceid
from shared.models.faces import FaceCheckStatus as Status
from tests.integration.emulator import Emulator
from tests.integration.faces.engines import card, hopper
from tests.integration.faces.steps import Faces, codes, configure
from tests.integration.problems import assert_problem
from tests.integration.world import Answer


@pytest.fixture
def eid(faces: Faces, monkeypatch: pytest.MonkeyPatch) -> Faces:
    configure(monkeypatch, eid_merchant_id="merchant-1")
    return faces


def finish(eid: Faces, token: str, **text: Any) -> None:
    frames = [base64.b64encode(card(hopper)).decode()]
    body = {"token": token, "text": text, "frames": frames}
    eid.world.emulator.ask("/local/faceid/eid", body)


def through(eid: Faces, **text: Any) -> dict[str, Any]:
    started = eid.start(method="eid")
    finish(eid, started["eid_token"], **text)
    answer = eid.submit(started["id"])
    assert answer.status == 200, answer.text
    decided: dict[str, Any] = answer.json
    return decided


def test_not_offered_where_nobody_subscribed(faces: Faces) -> None:
    body = {"purpose": "registration", "method": "eid"}
    refused = faces.world.post("/verify-face/v1/checks", body, token=faces.token)
    assert_problem(refused, 422, "field_invalid")


def test_from_token_to_pass(eid: Faces) -> None:
    started = eid.start(method="eid")
    assert (started["method"], started["url"], started["actions"]) == ("eid", None, [])
    finish(eid, started["eid_token"], ErrCode=0)
    decided = eid.submit(started["id"]).json
    assert (decided["status"], decided["reasons"]) == ("passed", [])
    row = eid.row(started["id"])
    assert row.engine == "tencent faceid-2018-03-01 Eid"
    assert row.evidence["scores"] == {"similarity": 88.5}
    assert len(row.evidence["frame_keys"]) == 1


def test_still_on_the_vendor_s_page(eid: Faces) -> None:
    started = eid.start(method="eid")
    finish(eid, started["eid_token"], ErrCode=17)
    assert_problem(eid.submit(started["id"]), 409, "eid_not_finished")
    finish(eid, started["eid_token"], ErrCode=0)
    assert eid.submit(started["id"]).json["status"] == "passed"


def test_the_result_of_another_check_does_not_count(eid: Faces) -> None:
    decided = through(eid, ErrCode=0, Extra="0" * 26)
    assert decided["status"] == "review"
    assert codes(decided) == ["engine_down_review"]


@pytest.mark.parametrize("code", sorted(set(results.EID) - {0, 17}))
def test_every_return_code_on_the_wire(wired: Emulator, code: int) -> None:
    """Whatever the vendor says but 0, nobody passes."""
    token = faceid.eid_token(merchant_id="m", name=GUO.name, id_number=GUO.id_number, extra="c")
    wired.ask("/local/faceid/eid", {"token": token, "text": {"ErrCode": code}})
    meaning = results.EID[code]
    if meaning.status is Status.COULD_NOT_CHECK:
        with pytest.raises(EngineDown) as down:
            judge("c", token)
        assert down.value.page is meaning.page
        return
    verdict = judge("c", token)
    assert verdict.status is meaning.status is not Status.PASSED
    assert (verdict.reasons, verdict.vectors) == ([meaning.reason], [])


def test_a_refusal_by_the_vendor_s_page(eid: Faces) -> None:
    decided = through(eid, ErrCode=2016)
    assert (decided["status"], codes(decided)) == ("refused", ["not_same_person"])


@pytest.mark.parametrize("code", [9999, -1])
def test_a_code_nobody_knows_is_no_answer(eid: Faces, code: int) -> None:
    assert through(eid, ErrCode=code)["status"] == "review"


def test_no_token_uses_up_no_try(eid: Faces) -> None:
    eid.world.emulator.fail("faceid.GetEidToken")
    body = {"purpose": "registration", "method": "eid"}
    answer = eid.world.post("/verify-face/v1/checks", body, token=eid.token)
    assert_problem(answer, 503, "face_check_later")
    assert eid.start(method="eid")["tries_left"] == 5


def test_the_result_cannot_be_asked_for(eid: Faces) -> None:
    started = eid.start(method="eid")
    eid.world.emulator.fail("faceid.GetEidResult")
    assert eid.submit(started["id"]).json["status"] == "review"


# --- the card's own text -------------------------------------------------------------------------

SAME = {"Name": GUO.name, "IdCard": GUO.id_number}


@pytest.fixture
def reading(faces: Faces, monkeypatch: pytest.MonkeyPatch) -> Faces:
    configure(monkeypatch, card_reading="faceid")
    faces.says("Success", 90.0)
    return faces


@pytest.mark.parametrize(
    ("card_says", "status", "reasons", "text"),
    [
        (SAME, "passed", [], "same"),
        ({**SAME, "Name": "郭志明"}, "refused", ["card_name_differs"], "different"),
        (
            {"Name": "郭志明", "IdCard": "99000019601109212X"},
            "refused",
            ["card_name_differs", "card_number_differs"],
            "different",
        ),
        ({**SAME, "Result": "-1"}, "refused", ["phone_identity_mismatch"], "same"),
        ({**SAME, "Result": "-2"}, "ask_again", ["card_unreadable"], "same"),
        ({**SAME, "Result": "-4"}, "passed", [], "same"),  # the authority is away; the text agrees
        ({**SAME, "Warnings": "-9101|-9103"}, "review", ["card_suspicious"], "same"),
        ({**SAME, "Warnings": "-9107"}, "passed", [], "same"),
    ],
)
def test_what_the_card_says_against_what_was_typed(
    reading: Faces, card_says: dict[str, str], status: str, reasons: list[str], text: str
) -> None:
    reading.world.emulator.ask("/local/faceid/card", card_says)
    decided = reading.check()
    assert (decided["status"], codes(decided), decided["card_text"]) == (status, reasons, text)


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        ("FailedOperation.ImageNoIdCard", "ask_again", "card_not_found"),
        ("FailedOperation.OcrFailed", "ask_again", "card_unreadable"),
        ("InternalError", "review", "engine_down_review"),
        ("UnauthorizedOperation.Arrears", "review", "engine_down_review"),
    ],
)
def test_a_card_that_nobody_could_read_is_no_pass(
    reading: Faces, code: str, status: str, reason: str
) -> None:
    reading.world.emulator.fail("faceid.IdCardOCRVerification", "error", code=code)
    decided = reading.check()
    assert (decided["status"], codes(decided), decided["card_text"]) == (status, [reason], "unread")


def test_nobody_pays_for_reading_the_card_of_a_stranger(reading: Faces) -> None:
    reading.says("CompareLowSimilarity", 10.0)
    reading.world.emulator.fail("faceid.IdCardOCRVerification")
    assert reading.check()["status"] == "refused"
    assert len(reading.world.emulator.ask("/local/faults")["faults"]) == 1


def test_switched_off_the_answer_says_so(faces: Faces) -> None:
    faces.says("Success", 90.0)
    assert faces.check()["card_text"] == "not_used"


def test_answers_are_the_same_twice(reading: Faces) -> None:
    reading.world.emulator.ask("/local/faceid/card", SAME)
    decided = reading.check()
    again: Answer = reading.submit(decided["id"])
    assert again.json == decided
