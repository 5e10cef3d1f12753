"""PhoneVerification's result codes (cloud-facts 2): what they mean and what they cost."""

from dataclasses import dataclass

from shared.models.phones import PhoneCheckResult

MATCH, MISMATCH, NOT_CHECKED = (
    PhoneCheckResult.MATCH,
    PhoneCheckResult.MISMATCH,
    PhoneCheckResult.NOT_CHECKED,
)


@dataclass(frozen=True)
class Meaning:
    result: PhoneCheckResult
    reason: str | None
    billed: bool
    try_again_later: bool = False


RESULTS = {
    "0": Meaning(MATCH, None, billed=True),
    "-4": Meaning(MISMATCH, "phone_mismatch", billed=True),
    "-6": Meaning(NOT_CHECKED, "phone_number_refused", billed=False),
    "-7": Meaning(NOT_CHECKED, "phone_id_number_refused", billed=False),
    "-8": Meaning(NOT_CHECKED, "phone_name_refused", billed=False),
    "-9": Meaning(NOT_CHECKED, "phone_no_record", billed=False),
    "-11": Meaning(NOT_CHECKED, "phone_check_later", billed=False, try_again_later=True),
    "-12": Meaning(NOT_CHECKED, "phone_check_tomorrow", billed=False, try_again_later=True),
    "-13": Meaning(NOT_CHECKED, "phone_segment_unsupported", billed=False),
}
UNKNOWN = Meaning(NOT_CHECKED, "phone_check_later", billed=False, try_again_later=True)


def meaning(result_code: str) -> Meaning:
    """A code nobody documented is "not checked", never a mismatch."""
    return RESULTS.get(result_code, UNKNOWN)
