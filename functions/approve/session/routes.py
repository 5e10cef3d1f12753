"""Signing in, staying signed in, signing out."""

from typing import Any

from flask import Response, jsonify

from functions.approve.session import cookies, schemas, sessions, wecom_state
from functions.approve.session.show_me import show_me
from functions.approve.session.sign_in import Credentials, sign_in_by_password, sign_in_by_wecom
from functions.approve.who import anybody
from shared.http.access import actor, checked_by, public
from shared.http.blueprint import Blueprint

api = Blueprint("session", __name__, url_prefix="/approve/v1")

by_cookie = checked_by("officer_cookie", cookies.require_session)


@api.get("/session/wecom", responses={200: schemas.Authorize})
@public
def get_session_wecom(query: schemas.ReturnTo) -> Any:
    asked = wecom_state.ask(return_to=query.return_to)
    response = jsonify(schemas.Authorize.of({"url": asked.url}))
    cookies.keep_state(response, asked.nonce)
    return response


@api.post("/session/wecom", responses={200: schemas.OfficerSession})
@public
def post_session_wecom(body: schemas.SignInByWeCom) -> Any:
    nonce = cookies.state_nonce()
    return _signed_in(sign_in_by_wecom(code=body.code, state=body.state, nonce=nonce))


@api.post("/session/password", responses={200: schemas.OfficerSession})
@public
def post_session_password(body: schemas.SignInByPassword) -> Any:
    return _signed_in(sign_in_by_password(given=Credentials(**body.model_dump())))


@api.post("/session/refresh", responses={200: schemas.OfficerSession})
@by_cookie
def post_session_refresh() -> Any:
    return schemas.OfficerSession.of(sessions.renew(cookie=cookies.session_value()))


@api.post("/session/end", responses={204: None})
@by_cookie
def post_session_end() -> Any:
    sessions.end(cookie=cookies.session_value())
    response = Response(status=204)
    cookies.drop_session(response)
    return response


@api.post("/session/end-everywhere", responses={204: None})
@anybody
def post_session_end_everywhere() -> Any:
    sessions.end_everywhere(actor=actor())
    response = Response(status=204)
    cookies.drop_session(response)
    return response


@api.get("/me", responses={200: schemas.Me})
@anybody
def get_me() -> Any:
    return schemas.Me.of(show_me(actor=actor()))


def _signed_in(signed_in: sessions.SignedIn) -> Response:
    response = jsonify(schemas.OfficerSession.of(signed_in.answer))
    cookies.keep_session(response, signed_in.cookie)
    return response
