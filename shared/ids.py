"""Public ids: 26 lower-case letters and digits, 80 random bits behind a time stamp, never a row's number.

Short enough for TRTC, whose user ids end at 32 bytes, with a prefix of up to 6 characters.
"""

from ulid import ULID

ID_LENGTH = 26


def new_id() -> str:
    return str(ULID()).lower()
