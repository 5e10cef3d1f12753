"""Requests and answers of `approve`."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, Field, StringConstraints

from functions.approve.queue.schemas import CardQuota, CardResident
from shared.http.fields import Answer, Body, Id, ReasonText
from shared.models.people import RelationshipStatus, ResidentStatus
from shared.rules.quota import Channel, Period


class ManualCheckPath(Body):
    check_id: Id


class ResidentPath(Body):
    resident_id: Id


class ChangeResident(Body):
    status: ResidentStatus
    reason: ReasonText


class ResidentState(Answer):
    id: str
    status: ResidentStatus


class Suspend(Body):
    until: AwareDatetime
    reason: ReasonText


class SetExpiry(Body):
    """`expires_at`: None takes the end away."""

    expires_at: AwareDatetime | None
    reason: ReasonText


class RelationshipExpiry(Answer):
    id: str
    expires_at: datetime | None


class AdjustQuota(Body):
    """`more`: how many contacts more over `channel` in the week or month around `at`; negative: fewer."""

    channel: Channel
    at: AwareDatetime
    more: Annotated[int, Field(ge=-10, le=10)]
    reason: ReasonText


class QuotaAdjusted(Answer):
    id: str


class RelationshipPath(Body):
    relationship_id: Id


class VisitPath(Body):
    visit_id: Id


class Because(Body):
    """The reason an officer gives; a family sees it when something is refused or ended."""

    reason: ReasonText


class Decided(Answer):
    id: str
    status: str
    reason: str | None


class ResidentTold(Answer):
    id: str
    resident_told_at: datetime


class QuotaRuleText(Body):
    """At most `count` contacts over `channels` in one `per`. `levels`: treatment levels; empty: all."""

    channels: Annotated[list[Channel], Field(min_length=1)]
    per: Period
    count: Annotated[int, Field(ge=0, le=100)]
    levels: list[Annotated[int, Field(ge=1, le=9)]] = []


class ChangeSiteRules(Body):
    """`rules`: name and new value of those that change; `quota` replaces all quota rules. `version`: the one seen."""

    version: Annotated[int, Field(ge=0)]
    rules: Annotated[dict[str, int], Field(max_length=50)] = {}
    quota: Annotated[list[QuotaRuleText], Field(min_length=1, max_length=10)] | None = None
    reason: ReasonText


class SiteRule(Answer):
    name: str
    label: str
    value: int
    default: int
    lowest: int
    highest: int


class RuleChanged(Answer):
    name: str
    label: str
    before: int
    after: int


class SiteRulesChange(Answer):
    version: int
    changed_at: datetime
    changed_by: str
    reason: str | None
    changed: list[RuleChanged]
    quota_changed: bool


class SiteRulesAnswer(Answer):
    version: int
    rules: list[SiteRule]
    quota: list[QuotaRuleText]
    changes: list[SiteRulesChange]


class Picture(Answer):
    url: str
    expires_in: int


class Proofs(Answer):
    pictures: list[Picture]


class AuditItem(Answer):
    """`actor_name`: of an officer; a relative is an id alone."""

    id: str
    happened_at: datetime
    actor_kind: str
    actor_id: str | None
    actor_name: str | None
    action: str
    subject_kind: str
    subject_id: str
    reason: str | None
    details: dict[str, Any]


class AuditTrail(Answer):
    """The newest first. `next`: what to give as `before` for the page after it, null on the last one."""

    events: list[AuditItem]
    next: str | None


class AuditVerdict(Answer):
    """`broken`: numbers of the seals that do not fit their rows. `head`: the newest seal, to be noted elsewhere."""

    seals: int
    rows: int
    broken: list[int]
    head: str


class AuditFilters(Body):
    """Without `subject_id` and `since`: the last seven days. `since` inclusive, `until` exclusive."""

    subject_id: Id | None = None
    kind: Annotated[str, StringConstraints(min_length=1, max_length=32)] | None = None
    actor_id: Id | None = None
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    before: Annotated[str, StringConstraints(max_length=64)] | None = None


class ResidentTie(Answer):
    id: str
    relative_name: str
    kinship: str
    status: RelationshipStatus
    reason: str | None
    asked_at: datetime
    suspended_until: datetime | None
    expires_at: datetime | None


class QuotaAdjustment(Answer):
    """`more`: how many contacts more in the week or month around `at`; negative: fewer."""

    channel: Channel
    at: datetime
    more: int
    reason: str | None
    made_at: datetime
    made_by: str


class ResidentRecord(Answer):
    resident: CardResident
    relationships: list[ResidentTie]
    quota: list[CardQuota]
    adjustments: list[QuotaAdjustment]
