"""What holds for the project as a whole."""

from tools import make_spec


def test_the_specification_is_fresh() -> None:
    assert make_spec.FILE.read_text() == make_spec.text(), "run `make spec`"
