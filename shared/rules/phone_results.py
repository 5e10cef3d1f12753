"""PhoneVerification's result codes (cloud-facts 2): what they mean, what they cost, what a family is told."""

from dataclasses import dataclass, replace

from shared.models.phones import PhoneCheckResult

MATCH, MISMATCH, NOT_CHECKED = (
    PhoneCheckResult.MATCH,
    PhoneCheckResult.MISMATCH,
    PhoneCheckResult.NOT_CHECKED,
)


@dataclass(frozen=True)
class Meaning:
    """`next_day`: trying again before the next local day is pointless. `billed` None: nobody knows."""

    result: PhoneCheckResult
    reason: str | None
    billed: bool | None
    try_again_later: bool = False
    next_day: bool = False


RESULTS = {
    "0": Meaning(MATCH, None, billed=True),
    "-4": Meaning(MISMATCH, "phone_mismatch", billed=True),
    "-6": Meaning(NOT_CHECKED, "phone_number_refused", billed=False),
    "-7": Meaning(NOT_CHECKED, "phone_id_number_refused", billed=False),
    "-8": Meaning(NOT_CHECKED, "phone_name_refused", billed=False),
    "-9": Meaning(NOT_CHECKED, "phone_no_record", billed=False),
    "-11": Meaning(NOT_CHECKED, "phone_check_later", billed=False, try_again_later=True),
    "-12": Meaning(
        NOT_CHECKED, "phone_check_tomorrow", billed=False, try_again_later=True, next_day=True
    ),
    "-13": Meaning(NOT_CHECKED, "phone_segment_unsupported", billed=False),
}
UNKNOWN = Meaning(NOT_CHECKED, "phone_check_later", billed=None, try_again_later=True)

# The three elements of a relative's own: only that name and ID number do not go together is told apart. Whether
# the number's owner has this name or this ID number is not: the identity is not proven yet, so it may be another's.
OWN_DETAILS = {"NameIdCardMismatch": "phone_identity_mismatch"}
OTHER_PERSON = "phone_mismatch_other_person"


def meaning(result_code: str, detail: str | None = None, *, own: bool = True) -> Meaning:
    """A code nobody documented is "not checked", never a mismatch. `detail`: the answer's ResultDetail.

    `own` False: the elements are another person's, and no detail may be told.
    """
    means = RESULTS.get(result_code, UNKNOWN)
    if means.result is not MISMATCH:
        return means
    own_reason = OWN_DETAILS.get(detail or "", means.reason)
    return replace(means, reason=own_reason if own else OTHER_PERSON)
