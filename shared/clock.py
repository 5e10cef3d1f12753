"""The one clock. UTC inside, Asia/Shanghai at the edges; `local/` and tests may put another in its place."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from math import ceil
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def system_time() -> datetime:
    return datetime.now(timezone.utc)


_source: Callable[[], datetime] = system_time


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _source()


def use(source: Callable[[], datetime]) -> None:
    """Replace the clock of this process. `source` must give aware UTC times."""
    global _source
    _source = source


def is_moved() -> bool:
    """A person moves a demonstration's clock."""
    return abs(now() - system_time()) > timedelta(minutes=1)


def seconds_until(moment: datetime) -> int:
    """Whole seconds left, rounded up; 0 once it has come."""
    return max(0, ceil((moment - now()).total_seconds()))


def read_moment(text: str) -> datetime:
    """ISO 8601 with an offset; Python 3.10 alone does not read a final Z. Raises ValueError."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def in_shanghai(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI)


def chinese_short(moment: datetime) -> str:
    """For an SMS, whose parameters are short: `11月29日14:30`."""
    local = in_shanghai(moment)
    return f"{local.month}月{local.day}日{local:%H:%M}"


def chinese(moment: datetime) -> str:
    """A moment as people here read it: `11月29日（周日）14:30`."""
    local = in_shanghai(moment)
    return f"{local.month}月{local.day}日（周{'一二三四五六日'[local.weekday()]}）{local:%H:%M}"
