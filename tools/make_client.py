"""Write miniprogram_api_spec/client/visits.ts, the families' client, from the specification: `make spec`."""

import re
from collections.abc import Iterator
from typing import Any

from tools.make_spec import FILE as SPEC_FILE
from tools.make_spec import specification

FILE = SPEC_FILE.parent / "client" / "visits.ts"
FRAME = SPEC_FILE.parent / "client" / "frame.ts"
GROUPS = {
    "booking": "booking",
    "verify_face": "face",
    "phone_realname": "phone",
    "ops_ticket": "ops",
}
SCALARS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}


def text() -> str:
    """The hand-written frame, then what is made: types, codes of problems, one method an operation."""
    spec = specification()
    chosen = list(_chosen(spec))
    names = sorted(_reached(spec["components"]["schemas"], [one for _, _, one in chosen]))
    types = "\n\n".join(_declared(name, spec["components"]["schemas"][name]) for name in names)
    codes = " |\n  ".join(f'"{one}"' for one in sorted(_codes(spec, chosen)))
    groups = "\n\n".join(_group(tag, name, chosen) for tag, name in GROUPS.items())
    parts = [FRAME.read_text(), types, f"export type Code =\n  {codes};", groups, _client()]
    return (
        "// Made by tools/make_client.py from openapi.json and frame.ts: do not edit.\n"
        + "\n\n".join(parts)
        + "\n"
    )


Operation = tuple[str, str, dict[str, Any]]


def _chosen(spec: dict[str, Any]) -> Iterator[Operation]:
    """What a family may call: method, path, operation."""
    for path, operations in sorted(spec["paths"].items()):
        for method, one in sorted(operations.items()):
            signing_in = path == "/booking/v1/session"
            if {"relative": []} in one["security"] or signing_in:
                yield method.upper(), path, one


def _reached(schemas: dict[str, Any], start: list[Any]) -> set[str]:
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            name = str(one.get("$ref", "")).removeprefix("#/components/schemas/")
            if name in schemas and name not in found:
                found.add(name)
                waiting.append(schemas[name])
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return found


def _codes(spec: dict[str, Any], chosen: list[Operation]) -> set[str]:
    found = set()
    for _, _, operation in chosen:
        for response in operation["responses"].values():
            if "$ref" in response:
                response = spec["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
            problem = response.get("content", {}).get("application/problem+json")
            if problem:
                found |= set(problem["schema"]["allOf"][1]["properties"]["code"]["enum"])
    return found


def _declared(name: str, schema: dict[str, Any]) -> str:
    said = _comment(schema.get("description", ""))
    if "properties" in schema:
        fields = "\n".join(_field(one, part, schema) for one, part in schema["properties"].items())
        return f"{said}export interface {name} {{\n{fields}\n}}"
    return f"{said}export type {name} = {_type(schema)};"


def _field(name: str, part: dict[str, Any], schema: dict[str, Any]) -> str:
    optional = "" if name in schema.get("required", ()) else "?"
    return f"{_comment(part.get('description', ''), '  ')}  {name}{optional}: {_type(part)};"


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[1])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " | ".join(dict.fromkeys(_type(one) for one in schema[several]))
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if values is not None:
        return " | ".join(f'"{one}"' if isinstance(one, str) else str(one) for one in values)
    kind = schema.get("type")
    if kind == "array":
        inner = _type(schema.get("items", {}))
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    if kind == "object":
        more = schema.get("additionalProperties")
        return f"Record<string, {_type(more) if isinstance(more, dict) else 'unknown'}>"
    return "null" if kind == "null" else SCALARS.get(str(kind), "unknown")


def _group(tag: str, name: str, chosen: list[Operation]) -> str:
    methods = "\n\n".join(_method(*one) for one in chosen if one[2]["tags"] == [tag])
    return f"export class {name.title()} {{\n  constructor(private readonly caller: Caller) {{}}\n\n{methods}\n}}"


def _method(method: str, path: str, operation: dict[str, Any]) -> str:
    """Path parameters one by one, then the body, then query and headers together."""
    parameters = operation.get("parameters", [])
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    more = [one for one in parameters if one["in"] != "path"]
    given = [f"{_camel(one['name'])}: string" for one in parameters if one["in"] == "path"]
    given += [f"body: {_type(body['schema'])}"] if body else []
    given += [_more(more)] if more else []
    address = re.sub(r"{(\w+)}", _segment, path)
    sent = [f'"{method}"', f"`{address}`", "body" if body else "undefined"]
    sent += [_picked(more, "query"), _picked(more, "header")]
    said = _comment(f"{operation['summary']}。{operation['description']}", "  ")
    return (
        f"{said}  {_camel(_view(operation))}({', '.join(given)}): Promise<{_answer(operation)}> {{\n"
        f"    return this.caller.call({', '.join(sent)});\n  }}"
    )


def _more(parameters: list[dict[str, Any]]) -> str:
    fields = "; ".join(
        f"{_quoted(one)}{'' if one.get('required') else '?'}: {_type(one['schema'])}"
        for one in parameters
    )
    needed = any(one.get("required") for one in parameters)
    return f"more: {{ {fields} }}{'' if needed else ' = {}'}"


def _picked(parameters: list[dict[str, Any]], place: str) -> str:
    names = ", ".join(f'"{one["name"]}"' for one in parameters if one["in"] == place)
    return f"pick(more, [{names}])" if names else "{}"


def _view(operation: dict[str, Any]) -> str:
    return str(operation["operationId"]).removeprefix(f"{operation['tags'][0]}_")


def _answer(operation: dict[str, Any]) -> str:
    for status, response in operation["responses"].items():
        if status < "300":
            content = response.get("content", {}).get("application/json")
            return _type(content["schema"]) if content else "void"
    return "void"


def _segment(found: re.Match[str]) -> str:
    return "${encodeURIComponent(" + _camel(found[1]) + ")}"


def _quoted(parameter: dict[str, Any]) -> str:
    name = str(parameter["name"])
    return name if name.isidentifier() else f'"{name}"'


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.title() for part in rest)


def _comment(said: str, indent: str = "") -> str:
    one_line = " ".join(said.split()).replace("*/", "* /")
    return f"{indent}/** {one_line} */\n" if one_line else ""


def _client() -> str:
    fields = "\n".join(f"  readonly {name} = new {name.title()}(this);" for name in GROUPS.values())
    return f"export class Visits extends Caller {{\n{fields}\n}}"
