"""An example for every request and answer, made from its schema: the same each time, and in the words of the field.

Made-up people only (local.sample_people); moments lie in one week of December 2026.
"""

import re
from typing import Any

ID = "01kb2m7e4v9x0q3t5w8y1z6a2c"
MOMENT = "2026-12-04T06:00:00Z"
BY_FORMAT = {"date-time": MOMENT, "date": "2026-12-04", "time": "14:00:00"}
BY_PATTERN = {
    r"^[0-9a-z]{26}$": ID,
    r"^(\d{4}-\d{2}|[0-9a-z]{26})$": "2026-11",
    r"^[A-Za-z0-9]{8}$": "K7QM2XHP",
    r"^[A-Za-z0-9][A-Za-z0-9/_.-]{0,200}$": f"proofs/{ID}/1.jpg",
    r"^[0-9]{6}$": "123456",
    r"^\d{6}$": "123456",
    r"^[A-Za-z0-9_.:-]{1,64}$": "V000123",
}
BY_NAME: dict[str, Any] = {
    "Idempotency-Key": ID,
    "ends_at": "2026-12-04T06:30:00Z",
    "closes_at": "16:00:00",
    "valid_to": "2026-12-31",
    "name": "林若云",
    "relative_name": "林若云",
    "owner_name": "林若云",
    "id_number": "990000196803121022",
    "owner_id_number": "990000196803121022",
    "resident_name": "林小舟",
    "resident_number": "20260117",
    "ward_name": "一大队",
    "kinship": "母亲",
    "number": "13900000001",
    "tail": "0001",
    "number_tail": "0001",
    "phone_tail": "0001",
    "code": "0a1b2c3d4e5f",
    "phone_code": "9f8e7d6c5b4a",
    "token": "WyIwMWtiMm03ZTR2OXgwcTN0NXc4eTF6NmEyYyIsMF0.aTGk4A.h3Qm",
    "version": "2026-11",
    "reason": "资料齐全，予以通过",
    "because": "资料齐全，予以通过",
    "hint": "请按提示完成人脸核验。",
    "next_step": "face",
    "text": "远程会见：本周可用 1 次",
    "title": "录像未按时生成",
    "key": "proofs/01kb2m7e4v9x0q3t5w8y1z6a2c/1.jpg",
    "proof_key": "proofs/01kb2m7e4v9x0q3t5w8y1z6a2c/1.jpg",
    "id_photo_key": "id-photos/01kb2m7e4v9x0q3t5w8y1z6a2c/1.jpg",
    "url": "https://visits-1250000000.cos.ap-guangzhou.myqcloud.com/…",
    "content_type": "image/jpeg",
    "expires_in": 600,
    "username": "wang",
    "password": "demo-Password-1",
    "recording_key": "onsite-recordings/01kb2m7e4v9x0q3t5w8y1z6a2c/H000981.mp3",
    "record_id": "V000123",
    "visit_id": ID,
    "delivery_id": "D20261204-0001",
    "call_id": "C20261204-0001",
    "checked_by": "窗口 03",
    "room_id": f"visit-{ID}",
    "user_id": f"fam_{ID}",
    "user_sig": "eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwoYQ…",
    "private_map_key": "eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwoYQ…",
    "sdk_app_id": 1400000000,
    "places_left": 1,
    "capacity": 2,
    "count": 1,
    "limit": 100,
    "after": 0,
    "weekday": 4,
    "treatment_level": 1,
    "left": 1,
    "used": 0,
    "more": 1,
    "photo_jpeg_base64": "/9j/4AAQSkZJRgABAQAAAQABAAD/2Q==",
    "return_to": "/",
    "action": "acknowledge",
    "watermark": "王警官 2026-12-04 14:00",
}


def example(schema: dict[str, Any], schemas: dict[str, Any], name: str = "") -> Any:
    """For a schema that may point into `schemas`; `name`: the field's."""
    if "$ref" in schema:
        return example(schemas[schema["$ref"].rsplit("/", 1)[1]], schemas, name)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return BY_NAME[name] if BY_NAME.get(name) in schema["enum"] else schema["enum"][0]
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return example(schema[several][0], schemas, name)
    if "allOf" in schema:
        parts = [example(one, schemas, name) for one in schema["allOf"]]
        return {key: value for part in parts for key, value in part.items()}
    return _of_type(schema, schemas, name)


def _of_type(schema: dict[str, Any], schemas: dict[str, Any], name: str) -> Any:
    kind = schema.get("type")
    if kind == "object":
        fields = schema.get("properties", {})
        return {one: example(field, schemas, one) for one, field in fields.items()}
    if kind == "array":
        one = example(schema.get("items", {}), schemas, name.removesuffix("s"))
        return [one] * max(1, schema.get("minItems", 1))
    if kind in ("integer", "number"):
        return _number(schema, name)
    if kind == "boolean":
        return bool(schema.get("default", True))
    return _text(schema, name) if kind == "string" else {}


def _number(schema: dict[str, Any], name: str) -> float:
    known = BY_NAME.get(name)
    if isinstance(known, int) and schema.get("minimum", known) <= known <= schema.get(
        "maximum", known
    ):
        return known
    return int(max(1, schema.get("minimum", 1)))


def _text(schema: dict[str, Any], name: str) -> str:
    known, pattern = BY_NAME.get(name), schema.get("pattern")
    if isinstance(known, str) and (pattern is None or re.search(pattern, known)):
        return known
    if pattern in BY_PATTERN:
        return BY_PATTERN[pattern]
    if "format" in schema:
        return BY_FORMAT[schema["format"]]
    if name == "id" or name.endswith("_id"):
        return ID
    return "示例"[: schema.get("maxLength", 2)]
