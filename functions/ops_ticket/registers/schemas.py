"""Requests and answers of the registers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints

from shared.http.fields import Answer, Body, Id
from shared.models.places import DeviceKind, DeviceStatus
from shared.models.registers import AntivirusState, DeviceEventKind, SubscriptionKind
from shared.models.tickets import TicketStatus

Short = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Note = Annotated[str, StringConstraints(min_length=2, max_length=500)]
Money = Annotated[Decimal, Field(ge=0, le=100_000_000, decimal_places=2)]
Amount = Annotated[float, Field(ge=0, le=1e12)]


class DevicePath(Body):
    device_id: Id


class RegisterDevice(Body):
    kind: DeviceKind
    name: Short
    serial_number: Annotated[str, StringConstraints(max_length=64)] | None = None
    terminal_id: Id | None = None


class SetDeviceStatus(Body):
    status: DeviceStatus
    note: Note


class RegisteredDevice(Answer):
    """`terminal`: the visit terminal's name; null for a device of the whole site."""

    id: str
    kind: DeviceKind
    name: str | None
    serial_number: str | None
    terminal_id: str | None
    terminal: str | None
    status: DeviceStatus
    note: str | None
    tested_at: datetime | None


class RegisteredDevices(Answer):
    devices: list[RegisteredDevice]


class DeviceEventAnswer(Answer):
    kind: DeviceEventKind
    note: str | None
    made_by: str
    made_by_name: str | None
    happened_at: datetime


class DeviceDetail(RegisteredDevice):
    history: list[DeviceEventAnswer]


class SubscriptionPath(Body):
    subscription_id: Id


class StoreSubscription(Body):
    """`fee` in yuan."""

    kind: SubscriptionKind
    name: Short
    owner: Short
    fee: Money
    starts_on: date
    expires_on: date
    unit: Annotated[str, StringConstraints(max_length=16)] | None = None
    quota: Annotated[float, Field(gt=0, le=1e12)] | None = None


class StoreReading(Body):
    """What of the quota is used by now; `balance` of the account in yuan."""

    used: Amount | None = None
    balance: Money | None = None


class SubscriptionAnswer(Answer):
    """`fee` and `balance` in cents. `used_up_on`: where a straight line through the last 30 days meets the quota."""

    id: str
    kind: SubscriptionKind
    name: str
    owner: str
    fee: int
    starts_on: date
    expires_on: date
    unit: str | None
    quota: float | None
    used: float | None
    balance: int | None
    days_left: int
    used_up_on: date | None


class Subscriptions(Answer):
    subscriptions: list[SubscriptionAnswer]


class MachineState(Body):
    machine: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,64}$")]
    state: AntivirusState
    threats: Annotated[int, Field(ge=0, le=1_000_000)]
    definitions_on: date


class ReportAntivirus(Body):
    machines: Annotated[list[MachineState], Field(min_length=1, max_length=500)]


class AntivirusTaken(Answer):
    """`tickets`: how many this report opened."""

    tickets: int


class MachineAnswer(Answer):
    machine: str
    state: AntivirusState
    threats: int
    definitions_on: date
    since: datetime
    reported_at: datetime


class Machines(Answer):
    machines: list[MachineAnswer]


class TrainingPath(Body):
    training_id: Id


class PlanTraining(Body):
    topic: Short
    place: Short
    planned_on: date


class RecordTraining(Body):
    people: Annotated[int, Field(ge=1, le=1000)]
    record: Annotated[str, StringConstraints(min_length=2, max_length=4000)]


class TrainingAnswer(Answer):
    id: str
    topic: str
    place: str
    planned_on: date
    people: int | None
    record: str | None
    done_at: datetime | None


class Trainings(Answer):
    trainings: list[TrainingAnswer]


class PersonDayChange(Answer):
    """A small change, and what it takes of the year."""

    ticket_id: str
    title: str
    status: TicketStatus
    days: float


class PersonDays(Answer):
    """In person-days of this year. `used` is `reserved` (signed off, not done yet) and `committed` (worked)."""

    year: int
    allowed: float
    used: float
    reserved: float
    committed: float
    left: float
    changes: list[PersonDayChange]
