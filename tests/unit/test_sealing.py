import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shared.database import engine
from shared.models.people import Relative
from shared.sealing import SealBroken, blind_index, seal, unseal
from shared.settings import settings

PLAIN = "林若云".encode()
SEALED_BYTES = 1 + len("dev1") + 12 + len(PLAIN) + 16


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    yield monkeypatch
    monkeypatch.undo()
    settings.cache_clear()


def use_keys(environment: pytest.MonkeyPatch, keys: dict[str, str], key_id: str) -> None:
    environment.setenv("SEALING_KEYS", json.dumps(keys))
    environment.setenv("SEALING_KEY_ID", key_id)
    settings.cache_clear()


@given(st.binary(max_size=300))
def test_what_was_sealed_comes_back(plain: bytes) -> None:
    sealed = seal(plain, context="relative.name")
    assert unseal(sealed, context="relative.name") == plain
    assert len(plain) < 4 or plain not in sealed


def test_the_same_value_is_never_sealed_the_same_way() -> None:
    sealed = {seal(PLAIN, context="relative.name") for _ in range(200)}
    assert len(sealed) == 200


@pytest.mark.parametrize("place", range(SEALED_BYTES))
def test_one_altered_byte_is_refused(place: int) -> None:
    sealed = bytearray(seal(PLAIN, context="relative.name"))
    assert len(sealed) == SEALED_BYTES
    sealed[place] ^= 1
    with pytest.raises(SealBroken):
        unseal(bytes(sealed), context="relative.name")


@pytest.mark.parametrize("length", [0, 1, 5, 17, 20, SEALED_BYTES - 1])
def test_a_shortened_value_is_refused(length: int) -> None:
    with pytest.raises(SealBroken):
        unseal(seal(PLAIN, context="relative.name")[:length], context="relative.name")


def test_a_value_cannot_be_moved_to_another_column() -> None:
    with pytest.raises(SealBroken):
        unseal(seal(PLAIN, context="relative.name"), context="resident.name")


def test_an_old_key_still_opens_what_it_closed(keys: pytest.MonkeyPatch) -> None:
    old, new = {"k1": "00" * 16}, {"k1": "00" * 16, "k2": "11" * 16}
    use_keys(keys, old, "k1")
    sealed = seal(PLAIN, context="relative.name")
    use_keys(keys, new, "k2")
    assert unseal(sealed, context="relative.name") == PLAIN
    assert seal(PLAIN, context="relative.name")[1:3] == b"k2"
    use_keys(keys, {"k2": "11" * 16}, "k2")
    with pytest.raises(SealBroken):
        unseal(sealed, context="relative.name")


def test_a_blind_index_finds_equal_values_of_one_column_only(keys: pytest.MonkeyPatch) -> None:
    index = blind_index("13900000001", context="phone")
    assert len(index) == 32
    assert blind_index("13900000001", context="phone") == index
    assert blind_index("13900000002", context="phone") != index
    assert blind_index("13900000001", context="openid") != index
    keys.setenv("BLIND_INDEX_KEY", "another key of some length, for this test")
    settings.cache_clear()
    assert blind_index("13900000001", context="phone") != index


def test_a_row_moved_by_hand_cannot_be_read(database: str) -> None:
    """Whoever writes to the table past the product can neither alter a value nor move it."""
    with Session(engine()) as session, session.begin():
        session.add(Relative(openid="openid-1", name="林若云", phone="13900000001"))
    with Session(engine()) as session, session.begin():
        session.execute(text("UPDATE relative SET name = phone"))
    with Session(engine()) as session, session.begin(), pytest.raises(SealBroken):
        session.scalars(select(Relative)).all()
