"""HTTP routes of `booking`: signing in and registering."""

from typing import Any

from functions.booking import schemas
from functions.booking.ask_manual_check import ask_manual_check
from functions.booking.give_consents import give_consents
from functions.booking.prove_identity import ask_upload, prove_identity
from functions.booking.recover_account import recover_account
from functions.booking.registration import show_registration
from functions.booking.sign_in import sign_in
from shared.http.access import actor, public, relatives
from shared.http.blueprint import Blueprint

api = Blueprint("account", __name__, url_prefix="/booking/v1")


@api.post("/session", responses={200: schemas.FamilySession})
@public
def post_session(body: schemas.SignIn) -> Any:
    return sign_in(code=body.code)


@api.get("/registration", responses={200: schemas.Registration})
@relatives
def get_registration() -> Any:
    return show_registration(relative_id=actor().id)


@api.post("/consents", responses={200: schemas.Registration})
@relatives
def post_consents(body: schemas.GiveConsents) -> Any:
    consents = {one.purpose: one.version for one in body.consents}
    return give_consents(actor=actor(), consents=consents)


@api.post("/uploads", responses={200: schemas.Upload})
@relatives
def post_upload(body: schemas.AskUpload) -> Any:
    return ask_upload(relative_id=actor().id, **body.model_dump())


@api.put("/identity", responses={200: schemas.Registration})
@relatives
def put_identity(body: schemas.Identity) -> Any:
    return prove_identity(actor=actor(), **body.model_dump())


@api.post("/recovery", responses={200: schemas.FamilySession})
@relatives
def post_recovery(body: schemas.RecoverAccount) -> Any:
    return recover_account(actor=actor(), **body.model_dump())


@api.post("/manual-checks", responses={201: schemas.ManualCheckAnswer})
@relatives
def post_manual_check(body: schemas.AskManualCheck) -> Any:
    asked = ask_manual_check(actor=actor(), **body.model_dump())
    return schemas.ManualCheckAnswer.of(asked), 201
