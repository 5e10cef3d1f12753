"""HTTP routes of `phone_realname`."""

from typing import Any

from flask_openapi3 import APIBlueprint

from functions.phone_realname import schemas
from functions.phone_realname.check_phone import check_phone
from shared.http.access import actor, relatives
from shared.http.app import make_app

app = make_app(__name__, "phone_realname")
api = APIBlueprint("phone_realname", __name__, url_prefix="/phone/v1")


@api.post("/checks", responses={200: schemas.PhoneChecked})
@relatives
def post_check(body: schemas.CheckPhone) -> Any:
    return check_phone(actor=actor(), phone_code=body.phone_code)


app.register_api(api)
