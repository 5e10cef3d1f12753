"""Payloads of every trigger, as the vendor documents them (cloud-facts 1.1 to 1.4, 7.2, 7.3).

TRTC's are whole function-URL events: the body is signed with the development key and talks of VISIT at RECORDED_AT.
"""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
VISIT, RELATIVE = "01kbbk7v00visit00000000001", "01kbbk7v00relative00000001"
TASK = "-m1f0c5e2a9b7d4+8e3a61c0d2.."
# CallbackTs of every recorded callback is a minute later than the first event.
RECORDED_AT = datetime(2026, 12, 1, 14, 1, 5, tzinfo=timezone(timedelta(hours=8)))


def load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return loaded


def names(prefix: str = "") -> list[str]:
    return sorted(path.stem for path in FOLDER.glob(f"{prefix}*.json"))
