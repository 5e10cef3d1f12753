"""The generated client compiles, and walks a family's whole way under Node against the running gateway."""

import itertools
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from local import sample_clips
from local.cloud.cos import Quiet
from local.journey.runner import GatewayProcess
from local.sample_people import LIN, SON
from shared.ids import ID_LENGTH

ROOT = Path(__file__).parents[2]
PARTS = ROOT / "clients" / "officer_h5" / "node_modules"


def node(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """With the Node that builds the officers' page, in its folder."""
    return subprocess.run(
        ["bash", "tools/node.sh", *command],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture
def compiled(tmp_path: Path) -> Path:
    if not PARTS.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("CI builds the officers' page first")
        pytest.skip("needs TypeScript of clients/officer_h5: `make page`")
    project = str(ROOT / "miniprogram_api_spec" / "client")
    done = node("npx", "tsc", "--project", project, "--outDir", str(tmp_path / "client"))
    assert done.returncode == 0, done.stdout
    return tmp_path / "client"


@pytest.fixture
def camera() -> Iterator[str]:
    """What a telephone's camera would give: a photo of the ID card, a clip with the movements asked for."""

    takes = itertools.count()

    @Request.application
    def answer(request: Request) -> Response:
        if request.path == "/photo":
            return Response(sample_clips.id_photo(sample_clips.astronaut()))
        actions: list[Any] = json.loads(request.get_data())
        clip = sample_clips.challenge_clip(sample_clips.astronaut(), actions, take=next(takes))
        return Response(clip)

    server = make_server("127.0.0.1", 0, answer, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_family_walks_its_whole_way(compiled: Path, gateway: GatewayProcess, camera: str) -> None:
    done = node(
        "node",
        str(compiled / "journey.js"),
        BASE=gateway.url,
        HELPER=camera,
        OPENID=LIN.openid,
        PHONE=LIN.phone,
        NAME=LIN.name,
        ID_NUMBER=LIN.id_number,
        RESIDENT_NAME=SON.name,
        RESIDENT_NUMBER=SON.number,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    given = json.loads(done.stdout)
    assert given["room_id"].startswith("visit-")
    assert len(given["room_id"]) == len("visit-") + ID_LENGTH
    assert given["user_sig"]
