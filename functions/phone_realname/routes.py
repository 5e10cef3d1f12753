"""HTTP routes of `phone_realname` for families."""

from typing import Any

from functions.phone_realname import schemas
from functions.phone_realname.ask_family_phone import Owner, ask_family_phone
from functions.phone_realname.check_phone import check_phone, list_checks
from functions.phone_realname.family_phones import (
    list_family_phones,
    remove_family_phone,
    shown,
)
from shared.http.access import actor, officers, relatives
from shared.http.blueprint import Blueprint
from shared.http.deliveries import systems
from shared.models.officers import Role
from shared.models.systems import SystemKind

api = Blueprint("phone_realname", __name__, url_prefix="/phone/v1")

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
