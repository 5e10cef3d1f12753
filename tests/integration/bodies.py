"""A request that a route would take, made from its own specification: whoever is refused is not refused for its shape."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
BY_FORMAT = {
    "date": "2026-12-20",
    "date-time": "2026-12-20T10:00:00+08:00",
    "time": "09:00:00",
}
TEXT, WORD = "示例理由文字", "close"


class Bodies:
    """`ids`: what stands in fields of that name (`visit_id`, `ward_ids`), also where the route could do without."""

    def __init__(self, document: Mapping[str, Any], ids: Mapping[str, str]) -> None:
        self._document, self._ids = document, ids

    def body(self, method: str, rule: str) -> Any:
        """None for a route that takes none."""
        content = self._operation(method, rule).get("requestBody", {}).get("content", {})
        return self._value("", content["application/json"]["schema"]) if content else None

    def query(self, method: str, rule: str) -> dict[str, Any]:
        return {
            one["name"]: self._value(one["name"], one["schema"])
            for one in self._operation(method, rule).get("parameters", [])
            if one["in"] == "query" and (one.get("required") or one["name"] in self._ids)
        }

    def path_value(self, method: str, rule: str, name: str) -> Any:
        for one in self._operation(method, rule).get("parameters", []):
            if one["in"] == "path" and one["name"] == name:
                return self._value(name, one["schema"])
        raise AssertionError(f"{rule} does not specify {name}")

    def names_ids(self, method: str, rule: str) -> bool:
        """Whether the body can point at a record."""
        return any(one in str(self.body(method, rule)) for one in self._ids.values())

    def _operation(self, method: str, rule: str) -> Mapping[str, Any]:
        path = rule.replace("<", "{").replace(">", "}")
        found: Mapping[str, Any] = self._document["paths"][path][method.lower()]
        return found

    def _value(self, name: str, schema: Schema) -> Any:
        schema = self._resolved(schema)
        if name in self._ids:
            return self._ids[name]
        if schema.get("enum"):
            return schema["enum"][0]
        if "const" in schema:
            return schema["const"]
        kind = schema.get("type")
        if kind == "object" or "properties" in schema:
            return self._object(schema)
        if kind == "array":
            one = name.removesuffix("s")
            return [self._value(one, schema["items"])] * max(1, schema.get("minItems", 1))
        if kind in ("integer", "number"):
            return max(1, schema.get("minimum", 1))
        if kind == "boolean":
            return True
        if schema.get("pattern", "").startswith("^[a-z_]"):
            return WORD
        return BY_FORMAT.get(schema.get("format", ""), TEXT)

    def _object(self, schema: Schema) -> dict[str, Any]:
        required = schema.get("required", [])
        return {
            name: self._value(name, one)
            for name, one in schema.get("properties", {}).items()
            if name in required or name in self._ids or name.removesuffix("s") in self._ids
        }

    def _resolved(self, schema: Schema) -> Schema:
        for one in schema.get("anyOf", []):
            if one.get("type") != "null":
                return self._resolved(one)
        if "allOf" in schema:
            return self._resolved(schema["allOf"][0])
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            return self._resolved(self._document["components"]["schemas"][name])
        return schema
