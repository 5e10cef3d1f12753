"""The page on the PC of a visit room, signed in by its device key: `Authorization: Device KEY`."""

from typing import Any

from functions.approve.desk.schemas import DeskPass
from functions.approve.terminals import at_the_terminal, schemas
from functions.approve.terminals.keys import by_device_key
from functions.approve.terminals.show_terminal import show_terminal
from shared.http.access import actor
from shared.http.blueprint import Blueprint

api = Blueprint("terminals", __name__, url_prefix="/approve/v1")


@api.get("/terminal", responses={200: schemas.TerminalPage})
@by_device_key
def get_terminal() -> Any:
    return schemas.TerminalPage.of(show_terminal(actor=actor()))


@api.post("/terminal/device-test", responses={200: schemas.DeviceList})
@by_device_key
def post_device_test(body: schemas.TerminalTest) -> Any:
    results = [at_the_terminal.TestResult(**one.model_dump()) for one in body.results]
    devices = at_the_terminal.store_test(actor=actor(), results=results)
    return schemas.DeviceList.of({"devices": devices})


@api.post("/terminal/visits/<visit_id>/join", responses={200: DeskPass})
@by_device_key
def post_terminal_join(path: schemas.TerminalVisitPath) -> Any:
    given = at_the_terminal.join_at_terminal(actor=actor(), visit_id=path.visit_id)
    return DeskPass.of(given)


@api.post("/terminal/visits/<visit_id>/told", responses={200: schemas.ToldAtTerminal})
@by_device_key
def post_terminal_told(path: schemas.TerminalVisitPath) -> Any:
    visit = at_the_terminal.read_at_terminal(actor=actor(), visit_id=path.visit_id)
    return schemas.ToldAtTerminal.of(visit)


@api.post("/terminal/help", responses={200: schemas.HelpAsked})
@by_device_key
def post_terminal_help() -> Any:
    return {"id": at_the_terminal.call_for_help(actor=actor())}
