"""The figures that judge the engine, on made distances whose right answer is known."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import face_scores
from benchmarks.face_folder import read_folder, stem
from benchmarks.face_scores import Scores, held_out, strangers


def folder(place: Path, *rows: str) -> Path:
    (place / "pairs.csv").write_text("\n".join(["file_a,file_b,same", *rows]))
    return place


def test_people_are_put_together_by_labels_and_by_names(tmp_path: Path) -> None:
    made = read_folder(folder(tmp_path, "ann_1.jpg,ann_2.jpg,1", "ann_3.jpg,bob_1.jpg,0"))
    assert sorted(map(sorted, made.people.values())) == [
        ["ann_1.jpg", "ann_2.jpg", "ann_3.jpg"],
        ["bob_1.jpg"],
    ]


def test_names_that_contradict_the_labels_count_for_nothing(tmp_path: Path) -> None:
    made = read_folder(folder(tmp_path, "img_1.jpg,img_2.jpg,1", "img_2.jpg,img_3.jpg,0"))
    assert sorted(map(len, made.people.values())) == [1, 2]


@pytest.mark.parametrize("name", ["faces/df00_img7.jpg", "faces/df00_img.png"])
def test_stem(name: str) -> None:
    assert stem(name) == "faces/df00_img"


def test_shares_at_the_threshold() -> None:
    scores = Scores(np.array([0.1, 0.2, 0.3, np.inf]), np.array([0.25, 0.5, 0.6, np.inf]))
    report = scores.report(0.25)
    assert (report["far"], report["frr"], report["accuracy"]) == (0.25, 0.5, 0.625)
    assert report["eer"] == 0.25
    assert report["best_accuracy"] == 0.75


def test_no_pair_of_one_kind_is_no_figure() -> None:
    report = Scores(np.array([0.1]), np.array([])).report(0.3)
    assert (report["far"], report["eer"], report["frr"]) == (None, None, 0.0)


def test_a_threshold_chosen_on_some_people_is_judged_on_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Strangers among the first stand 1 and more apart; among the others one pair stands nearer than that."""
    monkeypatch.setattr(face_scores, "ALLOWED", 0.0)
    made = read_folder(
        folder(tmp_path, "ann_1.jpg,bob_1.jpg,0", "cy_1.jpg,cy_2.jpg,1", "cy_1.jpg,dan_1.jpg,0")
    )
    places = {"ann_1": 0.0, "bob_1": 1.0, "cy_1": 5.0, "cy_2": 5.5, "dan_1": 5.9}
    looks = {f"{name}.jpg": {"alone": np.array([at])} for name, at in places.items()}
    some = strangers(made, looks, ["ann_1.jpg", "bob_1.jpg"])
    others = strangers(made, looks, ["cy_1.jpg", "cy_2.jpg", "dan_1.jpg"])
    found = held_out(looks, some, list(made.pairs[1:]), others)
    assert found is not None
    assert (found["threshold"], found["far"], found["frr"]) == (1.0, 1.0, 0.0)
    assert found["everybody_far"] == 1.0
