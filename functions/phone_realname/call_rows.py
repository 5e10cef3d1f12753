"""One call record as the phone system writes it, in JSON or in a line of CSV: the same values, the same reasons."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shared.clock import SHANGHAI, now, read_moment
from shared.errors import Reason, reason
from shared.http.fields import COS_KEY
from shared.models.calls import CallDirection, CallResult

COLUMNS = {
    "话单编号": "call_id",
    "戒毒人员编号": "resident_number",
    "号码": "number",
    "方向": "direction",
    "结果": "result",
    "开始时间": "started_at",
    "时长秒": "seconds",
    "录音文件": "recording_key",
    "更新时间": "changed_at",
}
DIRECTIONS = {
    "呼出": CallDirection.OUTGOING,
    "呼入": CallDirection.INCOMING,
    **{one.value: one for one in CallDirection},
}
RESULTS = {
    "已接通": CallResult.ANSWERED,
    "未接": CallResult.NO_ANSWER,
    "占线": CallResult.BUSY,
    "失败": CallResult.FAILED,
    **{one.value: one for one in CallResult},
}
LONGEST_S = 86_400
# Clocks of two systems may differ by this much.
AHEAD = timedelta(minutes=5)
FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")


@dataclass(frozen=True)
class CallRow:
    """`changed_at`: how new the record is by its system's clock; where it says nothing, when the call was over."""

    call_id: str
    resident_number: str = field(repr=False)
    number: str = field(repr=False)
    direction: CallDirection
    result: CallResult
    started_at: datetime
    seconds: int
    recording_key: str | None
    changed_at: datetime

    @property
    def ends_at(self) -> datetime:
        return self.started_at + timedelta(seconds=self.seconds)


def recordings_prefix(site_id: str) -> str:
    """Where the phone system may put the recordings of a site."""
    return f"phone-recordings/{site_id}/"


def read_row(given: Mapping[str, Any], *, site_id: str) -> CallRow | list[Reason]:
    """The call, or everything that is wrong with the row."""
    text = {name: _text(given.get(name)) for name in COLUMNS.values()}
    values: dict[str, Any] = {name: read(text[name]) for name, (read, _) in READERS.items()}
    wrong = [
        reason(code, name, column=COLUMN_OF[name])
        for name, (_, code) in READERS.items()
        if values[name] is None and (text[name] or name not in OPTIONAL)
    ]
    key = values["recording_key"]
    if key is not None and not key.startswith(recordings_prefix(site_id)):
        prefix = recordings_prefix(site_id)
        wrong.append(reason("recording_key_foreign", "recording_key", prefix=prefix))
    if wrong:
        return wrong
    over = values["started_at"] + timedelta(seconds=values["seconds"])
    return CallRow(**{**values, "changed_at": values["changed_at"] or over})


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _moment(text: str) -> datetime | None:
    """ISO 8601, or as a spreadsheet writes it; without an offset local time; never ahead of the clock."""
    moment = _iso(text) or next(filter(None, (_parsed(text, one) for one in FORMATS)), None)
    if moment is None:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    return moment if moment <= now() + AHEAD else None


def _iso(text: str) -> datetime | None:
    try:
        return read_moment(text)
    except ValueError:
        return None


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text.replace("/", "-"), form)
    except ValueError:
        return None


def _seconds(text: str) -> int | None:
    known = text.isascii() and text.isdigit() and len(text) < 7 and int(text) <= LONGEST_S
    return int(text) if known else None


def _up_to(most: int) -> Callable[[str], str | None]:
    return lambda text: text if 1 <= len(text) <= most else None


def _digits(text: str) -> str | None:
    return text if text.isascii() and text.isdigit() and 3 <= len(text) <= 20 else None


def _key(text: str) -> str | None:
    return text if COS_KEY.fullmatch(text) else None


READERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "call_id": (_up_to(64), "call_id_invalid"),
    "resident_number": (_up_to(32), "csv_value_invalid"),
    "number": (_digits, "call_number_invalid"),
    "direction": (DIRECTIONS.get, "csv_value_invalid"),
    "result": (RESULTS.get, "csv_value_invalid"),
    "started_at": (_moment, "call_time_invalid"),
    "seconds": (_seconds, "call_seconds_invalid"),
    "recording_key": (_key, "csv_value_invalid"),
    "changed_at": (_moment, "call_time_invalid"),
}
OPTIONAL = {"recording_key", "changed_at"}
COLUMN_OF = {name: column for column, name in COLUMNS.items()}
