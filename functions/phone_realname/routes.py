"""HTTP routes of `phone_realname`: families, officers (`/desk`), and the centre's phone system."""

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint

from functions.phone_realname import schemas
from functions.phone_realname.ask_family_phone import Owner, ask_family_phone
from functions.phone_realname.check_costs import show_check_costs
from functions.phone_realname.check_phone import check_phone, list_checks
from functions.phone_realname.decide_family_phone import approve_family_phone, end_family_phone
from functions.phone_realname.family_phones import (
    list_family_phones,
    remove_family_phone,
    shown,
)
from functions.phone_realname.import_calls import ask_import, import_calls
from functions.phone_realname.phone_feed import export_csv, read_feed
from functions.phone_realname.show_family_phones import show_family_phones
from functions.phone_realname.take_calls import take_delivery
from functions.phone_realname.take_numbers import take_numbers
from shared.http.access import actor, officers, relatives
from shared.http.app import make_app
from shared.http.deliveries import systems
from shared.models.officers import Role
from shared.models.phones import FamilyPhoneStatus
from shared.models.systems import SystemKind

app = make_app(__name__, "phone_realname")
api = APIBlueprint("phone_realname", __name__, url_prefix="/phone/v1")

deciders = officers(Role.WARD_OFFICER, Role.VISIT_OFFICER, Role.SUPERVISOR)
desk = officers(Role.VISIT_OFFICER, Role.SUPERVISOR)
ledger = officers(Role.SUPERVISOR, Role.OPS_ENGINEER, Role.OPS_LEAD)
phone_systems = systems(SystemKind.PHONE)


@api.post("/checks", responses={200: schemas.PhoneChecked})
@relatives
def post_check(body: schemas.CheckPhone) -> Any:
    return schemas.PhoneChecked.of(check_phone(actor=actor(), phone_code=body.phone_code))


@api.get("/checks", responses={200: schemas.PhoneChecks})
@relatives
def get_checks() -> Any:
    return schemas.PhoneChecks.of({"checks": list_checks(relative_id=actor().id)})


@api.post("/family-phones", responses={201: schemas.FamilyPhoneAnswer})
@relatives
def post_family_phone(body: schemas.AskFamilyPhone) -> Any:
    given = body.model_dump(include={"relationship_id", "number", "kinship"})
    owner = Owner.of(body.owner_name, body.owner_id_number, body.owner_consents)
    asked = ask_family_phone(actor=actor(), **given, owner=owner)
    return schemas.FamilyPhoneAnswer.of(shown(asked)), 201


@api.get("/family-phones", responses={200: schemas.FamilyPhones})
@relatives
def get_family_phones() -> Any:
    return schemas.FamilyPhones.of({"phones": list_family_phones(relative_id=actor().id)})


@api.post("/family-phones/<phone_id>/remove", responses={200: schemas.FamilyPhoneAnswer})
@relatives
def post_remove(path: schemas.PhonePath) -> Any:
    removed = remove_family_phone(actor=actor(), phone_id=path.phone_id)
    return schemas.FamilyPhoneAnswer.of(removed)


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


@api.get("/feed", responses={200: schemas.PhoneFeedPage})
@phone_systems
def get_feed(query: schemas.AfterPhonePlace) -> Any:
    return schemas.PhoneFeedPage.of(read_feed(actor=actor(), **query.model_dump()))


@api.post("/calls", responses={200: schemas.CallReport})
@phone_systems
def post_calls(body: schemas.DeliverCalls) -> Any:
    return schemas.CallReport.of(take_delivery(actor=actor(), count=body.count, calls=body.calls))


@api.post("/numbers", responses={200: schemas.NumberReport})
@phone_systems
def post_numbers(body: schemas.DeliverNumbers) -> Any:
    return schemas.NumberReport.of(
        take_numbers(actor=actor(), count=body.count, numbers=body.numbers)
    )


app.register_api(api)
