"""Requests and answers of signing in."""

from typing import Annotated

from pydantic import StringConstraints

from shared.http.fields import Answer, Body

Text = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ReturnTo(Body):
    """A path within the page, such as `/queue`."""

    return_to: Annotated[str, StringConstraints(max_length=200)] = "/"


class Authorize(Answer):
    """Where to send the browser; WeCom sends it back to the page with `code` and `state`."""

    url: str


class SignInByWeCom(Body):
    code: Text
    state: Annotated[str, StringConstraints(min_length=1, max_length=1000)]


class SignInByPassword(Body):
    """`code` from the authenticator app. Who lacks `code` or `new_password` is told by a 422 with the codes
    `totp_needed`, `totp_setup` (with `totp.secret` and `totp.uri` for the QR code) or `password_change_needed`."""

    username: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    password: Text
    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")] | None = None
    new_password: Text | None = None


class OfficerSession(Answer):
    """`token` goes into the Authorization header and is good for `expires_in` seconds; renew it before."""

    token: str
    officer_id: str
    roles: list[str]
    expires_in: int
    return_to: str


class NamedRow(Answer):
    id: str
    name: str


class Me(Answer):
    """`wards` is empty for an officer who sees the whole site."""

    id: str
    name: str
    roles: list[str]
    site: NamedRow
    wards: list[NamedRow]
