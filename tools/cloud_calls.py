"""Which actions of which product a function can ask for, read from its code: what its role may do, and no more."""

import ast
from collections.abc import Iterator
from functools import cache

from tools.package.closure import file_of, reach

CLIENTS = {"cos": "storage", "faceid": "faceid", "sms": "sms", "trtc": "trtc"}
# boto3's operations in COS's words for permissions. https://cloud.tencent.com/document/product/436/65935
COS_ACTIONS = {
    "delete_object": "DeleteObject",
    "get_object": "GetObject",
    "head_object": "HeadObject",
    "list_objects": "GetBucket",
    "put_object": "PutObject",
}


@cache
def actions(function: str) -> dict[str, list[str]]:
    """By product, those that code reaches beyond the clients themselves."""
    modules, _ = reach(f"functions.{function}.handler")
    used = {
        (product, name)
        for module in modules
        if not module.startswith("shared.clients")
        for product, client in CLIENTS.items()
        for name in _used_of(module, client)
    }
    found: dict[str, set[str]] = {}
    for product, name in used:
        found.setdefault(product, set()).update(_asks(CLIENTS[product]).get(name, ()))
    return {product: sorted(names) for product, names in sorted(found.items()) if names}


def _used_of(module: str, client: str) -> Iterator[str]:
    """`storage.read` and the like, called or handed on."""
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", None) == client:
            yield node.attr


@cache
def _asks(client: str) -> dict[str, set[str]]:
    """For each function of a client: the actions it ends in, through the module's other functions too."""
    functions = {
        one.name: one
        for one in _tree(f"shared.clients.{client}").body
        if isinstance(one, ast.FunctionDef)
    }
    return {name: set(_actions_in(name, functions, set())) for name in functions}


def _actions_in(name: str, functions: dict[str, ast.FunctionDef], seen: set[str]) -> Iterator[str]:
    seen.add(name)
    for node in ast.walk(functions[name]):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value in COS_ACTIONS:
                yield COS_ACTIONS[node.value]
        elif isinstance(node, ast.Call):
            yield from _named_in(node)
        if isinstance(node, ast.Name) and node.id in functions.keys() - seen:
            yield from _actions_in(node.id, functions, seen)


def _named_in(call: ast.Call) -> Iterator[str]:
    """`_call("SendSms", …)`; or a request that is made of a class of that name."""
    wanted = getattr(call.func, "id", None) == "_call"
    if wanted and call.args and isinstance(call.args[0], ast.Constant):
        yield str(call.args[0].value)
    for one in call.args:
        if isinstance(one, ast.Attribute) and one.attr.endswith("Request"):
            yield one.attr.removesuffix("Request")


@cache
def _tree(module: str) -> ast.Module:
    file = file_of(module)
    assert file is not None
    return ast.parse(file.read_text(encoding="utf-8"))
