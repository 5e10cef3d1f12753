"""A relative's whole registration through the handlers, with the real face engine."""

import itertools
from typing import Any

from local import sample_clips
from local.sample_people import SampleRelative, SampleResident
from shared.rules.consents import VERSIONS
from tests.integration.world import World

TAKES = itertools.count()


def register(world: World, person: SampleRelative, resident: SampleResident) -> str:
    """From the first sign-in to an approved relationship; gives the token."""
    token = world.sign_in(person.openid)
    give_consents(world, token)
    prove_identity(world, token, person)
    asked = {"openid": person.openid, "phone": person.phone}
    code = world.emulator.ask("/local/wechat/phone_codes", asked)["code"]
    done(world, "/phone/v1/checks", {"phone_code": code}, token)
    checked = check_face(world, token, purpose="registration")
    assert checked["status"] == "passed", checked
    tie = done(
        world,
        "/booking/v1/relationships",
        {
            "resident_number": resident.number,
            "resident_name": resident.name,
            "kinship": "儿子",
        },
        token,
        expect=201,
    )
    done(world, f"/approve/v1/relationships/{tie['id']}/approve", {}, world.officer("wang"))
    return token


def give_consents(world: World, token: str) -> None:
    consents = [{"purpose": one.value, "version": VERSIONS[one]} for one in VERSIONS]
    done(world, "/booking/v1/consents", {"consents": consents}, token)


def prove_identity(world: World, token: str, person: SampleRelative) -> None:
    asked = {"purpose": "id_photo", "content_type": "image/jpeg"}
    place = done(world, "/booking/v1/uploads", asked, token)
    world.upload(place, sample_clips.id_photo(sample_clips.astronaut()))
    identity = {
        "name": person.name,
        "id_number": person.id_number,
        "id_photo_key": place["key"],
    }
    answer = world.call("PUT", "/booking/v1/identity", identity, token=token)
    assert answer.status == 200, answer.text


def check_face(world: World, token: str, **body: str) -> dict[str, Any]:
    """A clip of the astronaut that does what was asked."""
    check = done(world, "/verify-face/v1/checks", body, token, expect=201)
    clip = sample_clips.challenge_clip(sample_clips.astronaut(), check["actions"], take=next(TAKES))
    world.upload(check, clip)
    return done(world, f"/verify-face/v1/checks/{check['id']}/submit", {}, token)


def done(
    world: World, path: str, body: dict[str, Any], token: str, *, expect: int = 200
) -> dict[str, Any]:
    answer = world.post(path, body, token=token)
    assert answer.status == expect, answer.text
    given: dict[str, Any] = answer.json
    return given
