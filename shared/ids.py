"""Public ids: 26 lower-case letters and digits, 80 random bits behind a time stamp, never a row's number.

Short enough for TRTC, whose user ids end at 32 bytes, with a prefix of up to 6 characters.
"""

from datetime import datetime

from ulid import ULID

ID_LENGTH = 26


def new_id() -> str:
    return str(ULID()).lower()


def first_id_of(moment: datetime) -> str:
    """No id made at `moment` or later is less."""
    return str(ULID.from_datetime(moment)).lower()[:10] + "0" * 16
