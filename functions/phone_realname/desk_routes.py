"""HTTP routes of `phone_realname` for officers."""

from typing import Any

from flask import Response

from functions.phone_realname import schemas
from functions.phone_realname.check_costs import show_check_costs
from functions.phone_realname.decide_family_phone import approve_family_phone, end_family_phone
from functions.phone_realname.import_calls import ask_import, import_calls
from functions.phone_realname.phone_feed import export_csv
from functions.phone_realname.show_family_phones import show_family_phones
from shared.http.access import actor, officers
from shared.http.blueprint import Blueprint
from shared.http.deliveries import systems
from shared.models.officers import Role
from shared.models.phones import FamilyPhoneStatus
from shared.models.systems import SystemKind

api = Blueprint("desk", __name__, url_prefix="/phone/v1")

deciders = officers(Role.WARD_OFFICER, Role.VISIT_OFFICER, Role.SUPERVISOR)
desk = officers(Role.VISIT_OFFICER, Role.SUPERVISOR)
ledger = officers(Role.SUPERVISOR, Role.OPS_ENGINEER, Role.OPS_LEAD)
phone_systems = systems(SystemKind.PHONE)


@api.get("/desk/family-phones", responses={200: schemas.DeskPhones})
@deciders
def get_desk_phones(query: schemas.ShowPhones) -> Any:
    return schemas.DeskPhones.of(show_family_phones(actor=actor(), **query.model_dump()))


@api.post("/desk/family-phones/<phone_id>/approve", responses={200: schemas.DecidedPhone})
@deciders
def post_approve(path: schemas.PhonePath, body: schemas.ApprovePhone) -> Any:
    approved = approve_family_phone(actor=actor(), phone_id=path.phone_id, basis=body.basis)
    return schemas.DecidedPhone.of(approved)


@api.post("/desk/family-phones/<phone_id>/reject", responses={200: schemas.DecidedPhone})
@deciders
def post_reject(path: schemas.PhonePath, body: schemas.PhoneReason) -> Any:
    return _end(path.phone_id, FamilyPhoneStatus.REJECTED, body.reason)


@api.post("/desk/family-phones/<phone_id>/block", responses={200: schemas.DecidedPhone})
@deciders
def post_block(path: schemas.PhonePath, body: schemas.PhoneReason) -> Any:
    return _end(path.phone_id, FamilyPhoneStatus.BLOCKED, body.reason)


def _end(phone_id: str, to: FamilyPhoneStatus, reason: str) -> Any:
    ended = end_family_phone(actor=actor(), phone_id=phone_id, to=to, reason=reason)
    return schemas.DecidedPhone.of(ended)


@api.get("/desk/family-phones.csv")
@desk
def get_phones_csv() -> Any:
    name = {"Content-Disposition": 'attachment; filename="family-phones.csv"'}
    return Response(export_csv(actor=actor()), content_type="text/csv; charset=utf-8", headers=name)


@api.get("/desk/checks", responses={200: schemas.CheckCosts})
@ledger
def get_check_costs(query: schemas.CostPeriod) -> Any:
    return schemas.CheckCosts.of(show_check_costs(actor=actor(), **query.model_dump()))


@api.post("/desk/calls/upload", responses={200: schemas.CallUpload})
@desk
def post_import_place() -> Any:
    return ask_import(actor=actor())


@api.post("/desk/calls/import", responses={200: schemas.CallReport})
@desk
def post_import(body: schemas.CallFile) -> Any:
    return schemas.CallReport.of(import_calls(actor=actor(), key=body.key))
