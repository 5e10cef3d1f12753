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
def faces(tencent_engine: None, world: World) -> Faces:
    for one in world.rows(Relative):  # another test may have erased it: COS outlives a test
        assert one.id_photo_key is not None
        storage.write(one.id_photo_key, card(hopper), "image/jpeg")
    return Faces(world)
