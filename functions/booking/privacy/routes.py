"""HTTP routes for a person's own data: a copy, and the end."""

from typing import Any

from functions.booking.privacy import schemas
from functions.booking.privacy.erase_data import erase_data
from functions.booking.privacy.export_data import export_data
from functions.booking.privacy.same_person import require_same_wechat
from shared.http.access import actor, relatives
from shared.http.blueprint import Blueprint

api = Blueprint("privacy", __name__, url_prefix="/booking/v1/privacy")


@api.post("/export", responses={200: schemas.Export})
@relatives
def post_export(body: schemas.AskExport) -> Any:
    require_same_wechat(relative_id=actor().id, code=body.code)
    return schemas.Export.of(export_data(actor=actor(), relative_id=actor().id, reason=None))


@api.post("/erase", responses={200: schemas.Erased})
@relatives
def post_erase(body: schemas.AskErasure) -> Any:
    require_same_wechat(relative_id=actor().id, code=body.code)
    erased = erase_data(
        actor=actor(), relative_id=actor().id, reason=None, confirmed=body.confirmed
    )
    return schemas.Erased.of(erased)
