"""Administrators: places, accounts, rights, residents."""

from typing import Any

from functions.approve.administration import officers, places, residents, rights, schemas
from functions.approve.administration.list_residents import list_residents
from functions.approve.session.schemas import NamedRow
from functions.approve.terminals.keys import issue_key, revoke_key
from functions.approve.who import (
    administrators_of_people,
    keepers_of_terminals,
    security_administrators,
    system_administrators,
    whoever_sees_residents,
    whoever_sees_terminals,
    whoever_sees_wards,
)
from shared.http.access import actor
from shared.http.blueprint import Blueprint

api = Blueprint("administration", __name__, url_prefix="/approve/v1")


@api.post("/sites", responses={201: schemas.SiteMade})
@system_administrators
def post_site(body: schemas.NewSite) -> Any:
    new = [officers.NewOfficer(**one.model_dump()) for one in body.administrators]
    return places.add_site(actor=actor(), name=body.name, administrators=new), 201


@api.get("/wards", responses={200: schemas.Wards})
@whoever_sees_wards
def get_wards() -> Any:
    return schemas.Wards.of({"wards": places.list_wards(actor=actor())})


@api.post("/wards", responses={201: NamedRow})
@system_administrators
def post_ward(body: schemas.Named) -> Any:
    return NamedRow.of(places.add_ward(actor=actor(), name=body.name)), 201


@api.get("/terminals", responses={200: schemas.Terminals})
@whoever_sees_terminals
def get_terminals() -> Any:
    return schemas.Terminals.of({"terminals": places.list_terminals(actor=actor())})


@api.post("/terminals", responses={201: schemas.TerminalState})
@system_administrators
def post_terminal(body: schemas.Named) -> Any:
    return schemas.TerminalState.of(places.add_terminal(actor=actor(), name=body.name)), 201


@api.post("/terminals/<terminal_id>/status", responses={200: schemas.TerminalState})
@keepers_of_terminals
def post_terminal_status(path: schemas.TerminalPath, body: schemas.ChangeTerminal) -> Any:
    changed = places.change_terminal(
        actor=actor(), terminal_id=path.terminal_id, **body.model_dump()
    )
    return schemas.TerminalState.of(changed)


@api.post("/terminals/<terminal_id>/key", responses={201: schemas.KeyIssued})
@system_administrators
def post_terminal_key(path: schemas.TerminalPath) -> Any:
    return {"key": issue_key(actor=actor(), terminal_id=path.terminal_id)}, 201


@api.post("/terminals/<terminal_id>/key/revoke", responses={200: schemas.TerminalState})
@system_administrators
def post_terminal_key_revoke(path: schemas.TerminalPath, body: schemas.RevokeKey) -> Any:
    revoked = revoke_key(actor=actor(), terminal_id=path.terminal_id, reason=body.reason)
    return schemas.TerminalState.of(revoked)


@api.get("/officers", responses={200: schemas.Officers})
@administrators_of_people
def get_officers() -> Any:
    return schemas.Officers.of({"officers": officers.list_officers(actor=actor())})


@api.post("/officers", responses={201: schemas.OfficerMade})
@system_administrators
def post_officer(body: schemas.NewOfficerBody) -> Any:
    new = officers.NewOfficer(**body.model_dump())
    return officers.add_officer(actor=actor(), new=new), 201


@api.post("/officers/<officer_id>/active", responses={200: schemas.OfficerAnswer})
@system_administrators
def post_officer_active(path: schemas.OfficerPath, body: schemas.ActivateOfficer) -> Any:
    changed = officers.activate_officer(
        actor=actor(), officer_id=path.officer_id, **body.model_dump()
    )
    return schemas.OfficerAnswer.of(changed)


@api.post("/officers/<officer_id>/rights", responses={200: schemas.RightsSet})
@security_administrators
def post_officer_rights(path: schemas.OfficerPath, body: schemas.SetRights) -> Any:
    given = rights.set_rights(actor=actor(), officer_id=path.officer_id, **body.model_dump())
    return schemas.RightsSet.of(given)


@api.post("/officers/<officer_id>/reset", responses={200: schemas.OfficerMade})
@security_administrators
def post_officer_reset(path: schemas.OfficerPath, body: schemas.ResetSignIn) -> Any:
    return rights.reset_sign_in(actor=actor(), officer_id=path.officer_id, **body.model_dump())


@api.get("/residents", responses={200: schemas.ListedResidents})
@whoever_sees_residents
def get_residents(query: schemas.WhichResidents) -> Any:
    return schemas.ListedResidents.of(list_residents(actor=actor(), **query.model_dump()))


@api.post("/residents", responses={201: schemas.ResidentMade})
@system_administrators
def post_resident(body: schemas.NewResidentBody) -> Any:
    new = residents.NewResident(**body.model_dump())
    return {"id": residents.add_resident(actor=actor(), new=new)}, 201


@api.post("/residents/import", responses={200: schemas.ResidentsImported})
@system_administrators
def post_residents_import(body: schemas.ImportResidents) -> Any:
    report = residents.import_residents(actor=actor(), file=body.file)
    return schemas.ResidentsImported.of(report)
