"""What must not be loaded by accident, in a process of its own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
HEAVY = {"numpy", "dlib", "cv2", "onnxruntime", "PIL"}


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}; import sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_the_package_and_the_challenge_are_light() -> None:
    light = "import shared.faces, shared.faces.thresholds, shared.faces.models"
    assert not loaded_by(light) & HEAVY
    assert not loaded_by("import functions.verify_face.local_engine.challenge") & HEAVY


def test_models_load_without_the_package_that_ends_the_process() -> None:
    loaded = loaded_by("from shared.faces import models; models.landmarks_5()")
    assert "dlib" in loaded
    assert not loaded & {"face_recognition_models", "face_recognition", "pkg_resources"}


def test_faces_know_nothing_of_the_backend() -> None:
    loaded = loaded_by("import shared.faces.people, shared.faces.quality")
    assert not loaded & {"flask", "sqlalchemy", "functions"}
