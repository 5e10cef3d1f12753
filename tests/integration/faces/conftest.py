from collections.abc import Iterator

import pytest

from shared.clients import storage
from shared.models.people import Relative
from shared.settings import settings
from tests.integration.emulator import Emulator
from tests.integration.faces.engines import card, hopper
from tests.integration.faces.steps import Faces
from tests.integration.world import World


@pytest.fixture
def tencent_engine(wired: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The vendor's engine: what it says is told to the emulated FaceID, and costs no computing."""
    monkeypatch.setenv("FACE_ENGINE", "tencent")
    settings.cache_clear()


@pytest.fixture
def faces(tencent_engine: None, world: World) -> Iterator[Faces]:
    """COS outlives a test: photos that are erased in one must lie there for the next."""
    keys = [one.id_photo_key for one in world.rows(Relative) if one.id_photo_key is not None]
    _put_photos(keys)
    yield Faces(world)
    _put_photos(keys)


def _put_photos(keys: list[str]) -> None:
    for key in keys:
        storage.write(key, card(hopper), "image/jpeg")
