"""The small interface behind which a face is checked. An engine answers or is down; it never guesses."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from shared.models.faces import FaceCheckStatus


@dataclass(frozen=True)
class Order:
    """What an engine is given. The keys name copies in COS that nobody outside can overwrite.

    `mirrored`: the clip shows left and right exchanged.
    """

    challenge: list[str]
    clip_key: str
    photo_key: str
    clip: bytes = field(repr=False)
    photo: bytes = field(repr=False)
    mirrored: bool = False


@dataclass(frozen=True)
class Verdict:
    """`reasons` are codes of shared.reasons. `frames` are JPEGs, the best first; `vectors` packed templates of
    at least three good frames, or none. `scores` and `thresholds` by name, as the engine calls them."""

    status: FaceCheckStatus
    reasons: list[str]
    engine: str
    version: str
    scores: dict[str, float | None] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    code: str | None = None
    request_id: str | None = None
    frames: list[bytes] = field(default_factory=list, repr=False)
    vectors: list[bytes] = field(default_factory=list, repr=False)


class EngineDown(Exception):
    """No answer about the person at all. `page`: it stays so until somebody of the operations staff acts."""

    def __init__(self, engine: str, code: str, *, page: bool = False) -> None:
        self.engine, self.code, self.page = engine, code, page
        super().__init__(f"{engine}: {code}")


# Raises EngineDown. Whatever is wrong with clip or photo is a Verdict.
Engine: TypeAlias = Callable[[Order], Verdict]
