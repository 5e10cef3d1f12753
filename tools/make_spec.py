"""Write miniprogram_api_spec/openapi.json from the six apps' routes: `make spec`."""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from local.functions import PREFIXES

FILE = Path(__file__).parent.parent / "miniprogram_api_spec" / "openapi.json"


def specification() -> dict[str, Any]:
    """One document for all functions; each app's own parts are merged by path and by schema name."""
    merged: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "远程视频会见", "version": "1"},
        "paths": {},
        "components": {"schemas": {}},
    }
    for function in PREFIXES.values():
        _add(merged, function)
    return merged


def _add(merged: dict[str, Any], function: str) -> None:
    document = import_module(f"functions.{function}.routes").app.api_doc
    merged["paths"].update(document["paths"])
    schemas = merged["components"]["schemas"]
    for name, schema in document["components"]["schemas"].items():
        if schemas.setdefault(name, schema) != schema:
            raise ValueError(f"two different schemas are called {name}")


def text() -> str:
    return json.dumps(specification(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> int:
    FILE.write_text(text())
    print(f"{FILE.name}: {len(specification()['paths'])} paths")
    return 0


if __name__ == "__main__":
    sys.exit(main())
