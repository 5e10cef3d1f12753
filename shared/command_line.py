"""How an operator's command ends where it cannot go on: a line that says what to do, in place of a traceback."""

import sys
from collections.abc import Callable
from typing import NoReturn

from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from shared.clients.errors import ProviderError
from shared.errors import UseCaseError
from shared.settings import settings

CANNOT_GO_ON = 2


def run(main: Callable[[], int | None]) -> NoReturn:
    """Exits with what `main` returns."""
    try:
        settings()
    except ValueError as error:
        _stop(f"设置有误，请改正后再执行（部署手册第 3 步）：{error}")
    try:
        sys.exit(main())
    except UseCaseError as error:
        _stop(explained(error))
    except (OperationalError, ProgrammingError) as error:
        _stop(_of_database(error))
    except ProviderError as error:
        _stop(f"外部服务连不上，或者拒绝了请求（{error}）。请核对设置里的地址、密钥和权限。")


def explained(error: UseCaseError) -> str:
    """Its reasons; of a database that is away the cause, since the reason's own text is for families."""
    if isinstance(error.__cause__, DBAPIError):
        return _of_database(error.__cause__)
    return "\n".join(one.text for one in error.reasons)


def _of_database(error: DBAPIError) -> str:
    return (
        f"数据库连不上，或者还没有建表：{error.orig}\n"
        "请在载入了设置的终端里执行（部署手册第 3 步）；新库先执行 alembic upgrade head。"
    )


def _stop(text: str) -> NoReturn:
    sys.stderr.write(f"{text}\n")
    sys.exit(CANNOT_GO_ON)
