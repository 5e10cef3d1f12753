"""Requests and answers of the queue."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from shared.http.fields import Answer, Body, Id, ReasonText
from shared.models.flags import FlagKind
from shared.models.people import RelationshipStatus, ResidentStatus
from shared.models.phones import PhoneCheckResult
from shared.models.visits import VisitStatus
from shared.rules.quota import Period
from shared.rules.review import Urgency

KindName = Literal[
    "visit", "relationship", "manual_check", "flagged_visit", "face_review", "family_phone"
]


class Person(Answer):
    id: str
    name: str
    kinship: str


class QueueItem(Answer):
    """One thing to decide by `due_at`. `first_approved_by`: an officer has approved it, a second one must too;
    `waits_for_other`: that officer is who asks. `needs_basis`: approving it needs a reason, how it was checked by hand."""

    kind: KindName
    id: str
    asked_at: datetime
    due_at: datetime
    urgency: Urgency
    starts_at: datetime | None
    resident_name: str
    resident_number: str
    ward_name: str
    relative_name: str
    kinship: str
    people: list[Person]
    flags: list[FlagKind] = []
    first_approved_by: str | None = None
    waits_for_other: bool
    needs_basis: bool = False


class Queue(Answer):
    items: list[QueueItem]


class ItemPath(Body):
    kind: KindName
    item_id: Id


class CardResident(Answer):
    id: str
    name: str
    number: str
    ward_name: str
    status: ResidentStatus
    treatment_level: int


class CardPerson(Person):
    minor: bool
    phone_checked_at: datetime | None
    face_checked_at: datetime | None
    relationship_status: RelationshipStatus | None


class CardQuota(Answer):
    """`used` of `count` contacts over `channels` in the week or month; the next one begins at `again_at`."""

    channels: list[str]
    per: Period
    count: int
    used: int
    again_at: datetime


class PastVisit(Answer):
    id: str
    starts_at: datetime
    status: VisitStatus
    reason: str | None
    excused_at: datetime | None


class CardPhone(Answer):
    """The number that is asked for; `own`: the relative's own. `check`: of name, ID number and number."""

    number: str | None
    own: bool
    owner_name: str | None
    check: PhoneCheckResult | None
    check_reason: str | None


class Refusal(Answer):
    kind: Literal["visit", "relationship"]
    at: datetime | None
    reason: str | None
    by: str | None


class Card(Answer):
    """`pictures` are labels; the links come from `…/pictures`, and asking for them is on record."""

    resident: CardResident
    people: list[CardPerson]
    quota: list[CardQuota]
    history: list[PastVisit]
    refusals: list[Refusal]
    pictures: list[str]
    phone: CardPhone | None


class LabelledPicture(Answer):
    label: str
    url: str
    expires_in: int


class CardPictures(Answer):
    pictures: list[LabelledPicture]


class Decide(Body):
    """A refusal needs a reason; so does any decision on a manual check or a flagged visit."""

    approve: bool
    reason: ReasonText | None = None


class DecideItem(Decide):
    kind: KindName
    id: Id


class DecideMany(Body):
    decisions: Annotated[list[DecideItem], Field(min_length=1, max_length=50)]


class OutcomeReason(Answer):
    code: str
    text: str
    field: str | None = None


class Outcome(Answer):
    kind: KindName
    id: str
    done: bool
    status: str | None
    errors: list[OutcomeReason]


class Outcomes(Answer):
    outcomes: list[Outcome]


class DecidedItem(Answer):
    status: str


class ReasonTemplates(Answer):
    """Ready-made reasons by kind of item; `end` and `warn` are for the live desk."""

    templates: dict[str, list[str]]
