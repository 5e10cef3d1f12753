"""Requests and answers of the administrators."""

from typing import Annotated

from pydantic import Field, StringConstraints

from functions.approve.session.schemas import NamedRow
from functions.approve.terminals.schemas import DeviceAnswer
from shared.http.fields import Answer, Body, Id, ReasonText
from shared.models.officers import Role
from shared.models.people import ResidentStatus
from shared.models.places import TerminalStatus

Title = Annotated[str, StringConstraints(min_length=1, max_length=100)]
PersonName = Annotated[str, StringConstraints(min_length=1, max_length=50)]
Username = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{2,64}$")]
WecomUserId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._@-]{1,64}$")]


class Named(Body):
    name: Title


class NewOfficerBody(Body):
    """At least one of `username` (password and app) and `wecom_user_id` (inside WeCom)."""

    name: PersonName
    username: Username | None = None
    wecom_user_id: WecomUserId | None = None


class NewSite(Named):
    """`administrators`: the first system and the first security administrator, in this order."""

    administrators: Annotated[list[NewOfficerBody], Field(min_length=2, max_length=2)]


class OfficerMade(Answer):
    """`password` is shown this once; the first sign-in must change it."""

    id: str
    username: str | None
    password: str | None


class SiteMade(Answer):
    id: str
    officers: list[OfficerMade]


class Wards(Answer):
    wards: list[NamedRow]


class TerminalAnswer(Answer):
    """`takes_visits`: working, and none of its devices broken."""

    id: str
    name: str
    status: TerminalStatus
    takes_visits: bool
    has_key: bool
    devices: list[DeviceAnswer]


class Terminals(Answer):
    terminals: list[TerminalAnswer]


class TerminalPath(Body):
    terminal_id: Id


class ChangeTerminal(Body):
    status: TerminalStatus
    reason: ReasonText


class RevokeKey(Body):
    reason: ReasonText


class TerminalState(Answer):
    id: str
    name: str
    status: TerminalStatus


class KeyIssued(Answer):
    """Shown this once: put it into the terminal's page."""

    key: str


class OfficerAnswer(Answer):
    id: str
    name: str
    username: str | None
    wecom_user_id: str | None
    active: bool
    has_totp: bool
    roles: list[Role]
    ward_ids: list[str]


class Officers(Answer):
    officers: list[OfficerAnswer]


class OfficerPath(Body):
    officer_id: Id


class ActivateOfficer(Body):
    active: bool
    reason: ReasonText


class SetRights(Body):
    """All of them from now on; no wards: the whole site."""

    roles: Annotated[list[Role], Field(max_length=8)]
    ward_ids: Annotated[list[Id], Field(max_length=50)] = []
    reason: ReasonText


class RightsSet(Answer):
    id: str
    roles: list[Role]
    ward_ids: list[str]


class ResetSignIn(Body):
    password: bool
    totp: bool
    reason: ReasonText


class NewResidentBody(Body):
    number: Annotated[str, StringConstraints(min_length=1, max_length=32)]
    name: PersonName
    ward_id: Id


class WhichResidents(Body):
    """`person`: a whole name or a number. `before`: the `next` of the page before."""

    ward_id: Id | None = None
    person: PersonName | None = None
    before: Id | None = None


class ListedResident(Answer):
    id: str
    name: str
    number: str
    ward_name: str
    status: ResidentStatus


class ListedResidents(Answer):
    residents: list[ListedResident]
    next: str | None


class ResidentMade(Answer):
    id: str


class ImportResidents(Body):
    """`file`: a CSV file in base 64 with the columns 编号, 姓名, 大队; UTF-8 or GBK."""

    file: Annotated[str, StringConstraints(min_length=1, max_length=900_000)]


class ImportReason(Answer):
    code: str
    text: str
    field: str | None = None


class ImportProblem(Answer):
    """`line` as a spreadsheet numbers it."""

    line: int
    number: str
    reasons: list[ImportReason]


class ResidentsImported(Answer):
    added: int
    changed: int
    unchanged: int
    problems: list[ImportProblem]
