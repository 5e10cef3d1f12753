"""Write miniprogram_api_spec/openapi.json from the six apps' routes, and the client from it: `make spec`."""

import json
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from server.functions import PREFIXES
from tools.spec.complete import (
    PROBLEM_SCHEMAS,
    SECURITY,
    complete,
    describe_fields,
    share_responses,
)
from tools.spec.written import write_down

FILE = Path(__file__).parent.parent / "miniprogram_api_spec" / "openapi.json"


# Read by the front end's developers, in the order in which families and officers come upon them.
TAGS = {
    "booking": "家属：登录、登记、亲属关系、预约、会见；与普通会见系统的交换",
    "verify_face": "家属：人脸核验",
    "phone_realname": "家属：手机号实名核验与亲情电话；与亲情电话系统的交换",
    "approve": "民警：审核、时段、值守、录像",
    "ops_ticket": "工单与运维",
    "monitor_hook": "TRTC 回调",
}


@cache
def specification() -> dict[str, Any]:
    """One document for all functions; each app's own parts are merged by path and by schema name."""
    merged: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "远程视频会见",
            "version": "1",
            "description": "约定、时序图和客户端见本目录的 README。",
        },
        "servers": [{"url": "http://127.0.0.1:8800", "description": "本机演示（make run）"}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": {},
        "components": {"schemas": {**PROBLEM_SCHEMAS}, "securitySchemes": SECURITY},
    }
    for function in PREFIXES.values():
        _add(merged, function)
    share_responses(merged)
    return merged


def _add(merged: dict[str, Any], function: str) -> None:
    app = import_module(f"functions.{function}.handler").routes.whole()
    document = write_down(app)
    schemas = document["components"]["schemas"]
    schemas.pop("ValidationErrorModel", None)  # the framework's own; ours is Problem
    describe_fields(schemas)
    complete(document, function, app, schemas)
    merged["paths"].update(document["paths"])
    for name, schema in schemas.items():
        if merged["components"]["schemas"].setdefault(name, schema) != schema:
            raise ValueError(f"two different schemas are called {name}")


def text() -> str:
    return json.dumps(specification(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> int:
    from tools import make_client

    FILE.write_text(text())
    make_client.FILE.write_text(make_client.text())
    print(f"{FILE.name}: {len(specification()['paths'])} paths")
    return 0


if __name__ == "__main__":
    sys.exit(main())
