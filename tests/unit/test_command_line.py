"""What an operator is told when a command cannot go on."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from shared.clients.errors import ProviderUnavailable
from shared.command_line import CANNOT_GO_ON, run
from shared.errors import NotFound, Unavailable
from shared.settings import Settings


def without_tables() -> int:
    with create_engine("sqlite://").connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM visit")))


def away() -> int:
    try:
        return without_tables()
    except DBAPIError as error:  # as in_transaction says it
        raise Unavailable.of("try_later") from error


def bucket_away() -> int:
    raise ProviderUnavailable("cos", "no_connection")


def refused() -> int:
    raise NotFound.of("not_found")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (without_tables, ["no such table: visit", "alembic upgrade head"]),
        (away, ["no such table: visit"]),
        (bucket_away, ["cos: no_connection"]),
        (refused, ["没有找到"]),
    ],
)
def test_it_says_what_to_do_in_place_of_a_traceback(
    command: object, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(command)  # type: ignore[arg-type]
    assert ended.value.code == CANNOT_GO_ON
    told = capsys.readouterr().err
    assert all(one in told for one in words), told


def test_a_setting_that_lacks_is_named_and_none_is_shown() -> None:
    with pytest.raises(ValueError, match="SESSION_KEY") as refused:
        Settings(stage="production", wechat_secret="a-real-one", sms_sign_name="shown?")
    assert "a-real-one" not in str(refused.value)
    assert "shown?" not in str(refused.value)
