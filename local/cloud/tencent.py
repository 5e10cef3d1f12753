"""Tencent Cloud API v3: one address for all products, the action in a header (cloud-facts 5)."""

import json
from collections.abc import Mapping

from flask import Blueprint, request
from werkzeug.wrappers import Response

from . import tc3
from .calls import PRODUCTS, tencent_answer, tencent_error
from .fields import Action, Wrong, check


def blueprint(
    products: Mapping[str, Mapping[str, Action]], secrets: Mapping[str, str]
) -> Blueprint:
    pages = Blueprint("tencent", __name__)

    @pages.post("/")
    def call() -> Response:
        try:
            return tencent_answer(_called(products, secrets))
        except (Wrong, tc3.Refused) as error:
            return tencent_error(error.code, str(error))

    return pages


def _called(
    products: Mapping[str, Mapping[str, Action]], secrets: Mapping[str, str]
) -> dict[str, object]:
    if request.headers.get("Content-Type") != "application/json":
        raise Wrong("UnsupportedProtocol", "Content-Type must be exactly application/json")
    body = request.get_data()
    service = tc3.verify(request.headers, body, secrets)
    action = _action(products, service)
    try:
        given = json.loads(body)
    except ValueError:
        raise Wrong("InvalidParameter", "The body is not JSON.") from None
    if not isinstance(given, dict):
        raise Wrong("InvalidParameter", "The body is not an object.")
    check(given, action.shape)
    return action.work(given)


def _action(products: Mapping[str, Mapping[str, Action]], service: str) -> Action:
    product = PRODUCTS.get(request.headers.get("X-TC-Version", ""))
    if product is None or service not in products:
        raise Wrong("NoSuchVersion", "No product has this version here.")
    if product != service:
        raise Wrong("AuthFailure.SignatureFailure", f"signed for {service}, called {product}")
    name = request.headers.get("X-TC-Action", "")
    if name not in products[product]:
        raise Wrong("InvalidAction", f"The action `{name}` is not found.")
    return products[product][name]
