"""HTTP routes of the registers."""

from typing import Any

from functions.ops_ticket.person_days import show_person_days
from functions.ops_ticket.registers import antivirus, devices, schemas, subscriptions, trainings
from shared.http.access import actor, officers
from shared.http.blueprint import Blueprint
from shared.http.deliveries import systems
from shared.http.fields import IdempotencyHeader
from shared.models.systems import SystemKind
from shared.rules.ticket_flow import ALL, OPS

api = Blueprint("ops_registers", __name__, url_prefix="/ops/v1")
staff, writers = officers(*ALL), officers(*OPS)


@api.get("/devices", responses={200: schemas.RegisteredDevices})
@staff
def get_devices() -> Any:
    return schemas.RegisteredDevices.of({"devices": devices.list_devices(actor=actor())})


@api.post("/devices", responses={201: schemas.RegisteredDevice})
@writers
def post_device(body: schemas.RegisterDevice, header: IdempotencyHeader) -> Any:
    given, key = devices.NewDevice(**body.model_dump()), header.idempotency_key
    made = devices.register_device(actor=actor(), given=given, idempotency_key=key)
    return schemas.RegisteredDevice.of(made), 201


@api.get("/devices/<device_id>", responses={200: schemas.DeviceDetail})
@staff
def get_device(path: schemas.DevicePath) -> Any:
    return schemas.DeviceDetail.of(devices.show_device(actor=actor(), device_id=path.device_id))


@api.post("/devices/<device_id>/status", responses={200: schemas.RegisteredDevice})
@writers
def post_device_status(
    path: schemas.DevicePath, body: schemas.SetDeviceStatus, header: IdempotencyHeader
) -> Any:
    wanted, key = {"device_id": path.device_id, **body.model_dump()}, header.idempotency_key
    done = devices.set_status(actor=actor(), **wanted, idempotency_key=key)
    return schemas.RegisteredDevice.of(done)


@api.get("/subscriptions", responses={200: schemas.Subscriptions})
@staff
def get_subscriptions() -> Any:
    found = subscriptions.list_subscriptions(actor=actor())
    return schemas.Subscriptions.of({"subscriptions": found})


@api.post("/subscriptions", responses={201: schemas.SubscriptionAnswer})
@writers
def post_subscription(body: schemas.StoreSubscription, header: IdempotencyHeader) -> Any:
    key = header.idempotency_key
    made = subscriptions.store_subscription(actor=actor(), given=_given(body), idempotency_key=key)
    return schemas.SubscriptionAnswer.of(made), 201


@api.post("/subscriptions/<subscription_id>", responses={200: schemas.SubscriptionAnswer})
@writers
def post_subscription_change(
    path: schemas.SubscriptionPath, body: schemas.StoreSubscription, header: IdempotencyHeader
) -> Any:
    """A renewal too: with the new day warnings begin anew."""
    done = subscriptions.store_subscription(
        actor=actor(),
        given=_given(body),
        subscription_id=path.subscription_id,
        idempotency_key=header.idempotency_key,
    )
    return schemas.SubscriptionAnswer.of(done)


@api.post("/subscriptions/<subscription_id>/reading", responses={200: schemas.SubscriptionAnswer})
@writers
def post_reading(path: schemas.SubscriptionPath, body: schemas.StoreReading) -> Any:
    balance = None if body.balance is None else int(body.balance * 100)
    done = subscriptions.store_reading(
        actor=actor(), subscription_id=path.subscription_id, used=body.used, balance=balance
    )
    return schemas.SubscriptionAnswer.of(done)


def _given(body: schemas.StoreSubscription) -> subscriptions.Given:
    return subscriptions.Given(**{**body.model_dump(), "fee": int(body.fee * 100)})


@api.post("/antivirus", responses={200: schemas.AntivirusTaken})
@systems(SystemKind.ANTIVIRUS)
def post_antivirus(body: schemas.ReportAntivirus) -> Any:
    said = [antivirus.Said(**one.model_dump()) for one in body.machines]
    return schemas.AntivirusTaken.of({"tickets": antivirus.take_states(system=actor(), said=said)})


@api.get("/antivirus", responses={200: schemas.Machines})
@staff
def get_antivirus() -> Any:
    return schemas.Machines.of({"machines": antivirus.list_machines(actor=actor())})


@api.get("/trainings", responses={200: schemas.Trainings})
@staff
def get_trainings() -> Any:
    return schemas.Trainings.of({"trainings": trainings.list_trainings(actor=actor())})


@api.post("/trainings", responses={201: schemas.TrainingAnswer})
@writers
def post_training(body: schemas.PlanTraining, header: IdempotencyHeader) -> Any:
    wanted, key = body.model_dump(), header.idempotency_key
    made = trainings.plan_training(actor=actor(), **wanted, idempotency_key=key)
    return schemas.TrainingAnswer.of(made), 201


@api.post("/trainings/<training_id>", responses={200: schemas.TrainingAnswer})
@writers
def post_training_record(
    path: schemas.TrainingPath, body: schemas.RecordTraining, header: IdempotencyHeader
) -> Any:
    wanted, key = {"training_id": path.training_id, **body.model_dump()}, header.idempotency_key
    done = trainings.record_training(actor=actor(), **wanted, idempotency_key=key)
    return schemas.TrainingAnswer.of(done)


@api.get("/person-days", responses={200: schemas.PersonDays})
@staff
def get_person_days() -> Any:
    return schemas.PersonDays.of(show_person_days(actor=actor()))
