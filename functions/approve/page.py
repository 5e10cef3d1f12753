"""The officers' page as `make page` built it. It goes into the package; COS behind the same host may give it out as well."""

import mimetypes
from pathlib import Path

from flask import Response

from shared.errors import NotFound
from shared.http.access import public
from shared.http.blueprint import Blueprint
from shared.http.fields import Body

BUILT = Path(__file__).parents[2] / "clients" / "officer_h5" / "dist"
# Scripts only from our own files; pictures, films and calls also from COS and TRTC, whose hosts the site chooses.
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src * data: blob:; media-src * blob:; connect-src *; worker-src 'self' blob:; font-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# No part of the API: it stays out of the specification.
api = Blueprint("page", __name__, url_prefix="/approve/page", documented=False)


class AssetPath(Body):
    name: str


@api.get("/")
@public
def page() -> Response:
    return _file("index.html")


@api.get("/assets/<name>")
@public
def page_asset(path: AssetPath) -> Response:
    return _file(f"assets/{path.name}")


def _file(name: str) -> Response:
    if not (BUILT / name).is_file():
        raise NotFound.of("not_found")
    # Read at once: SCF's answer is text, never a stream.
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    found = Response((BUILT / name).read_bytes(), mimetype=kind)
    found.headers["Content-Security-Policy"] = POLICY
    found.headers["X-Frame-Options"] = "DENY"
    found.headers["Referrer-Policy"] = "no-referrer"
    return found
