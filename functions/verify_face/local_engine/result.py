"""What a check answers, complete enough to be explained later. Picklable, for worker processes."""

from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Literal, TypeAlias

from shared.faces import thresholds as t

if TYPE_CHECKING:
    from shared.faces.describe import Descriptor

Outcome: TypeAlias = Literal["pass", "refuse", "review", "ask_again"]

ENGINE = "local"
RULES_VERSION = "2"
TIMED_OUT = "check_timed_out"

THRESHOLDS = {
    "accept_distance": t.ACCEPT_DISTANCE,
    "refuse_distance": t.REFUSE_DISTANCE,
    "same_clip_distance": t.SAME_CLIP_DISTANCE,
    "blink_ratio": t.BLINK_RATIO,
    "mouth_open_ratio": t.MOUTH_OPEN_RATIO,
    "turn_side": t.TURN_SIDE,
    "turn_range": t.TURN_RANGE,
}


def engine_version() -> str:
    """The rules' own version and dlib's."""
    try:
        return f"{RULES_VERSION} dlib-{version('dlib-bin')}"
    except PackageNotFoundError:
        return f"{RULES_VERSION} dlib"


@dataclass(frozen=True, eq=False)
class ClipResult:
    """`distance` is None when nobody was compared. `templates` (each shape (128,), L2-normalised,
    at least 3) only with pass and review; `frames` are JPEG, at most 5, without metadata.
    `measured` holds further figures by name (seconds, shares, distances)."""

    outcome: Outcome
    reasons: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    distance: float | None = None
    measured: dict[str, float] = field(default_factory=dict)
    frames: list[bytes] = field(default_factory=list)
    templates: "list[Descriptor]" = field(default_factory=list)
    thresholds: dict[str, float] = field(default_factory=lambda: dict(THRESHOLDS))
    engine: str = ENGINE
    engine_version: str = field(default_factory=engine_version)
