"""Which problem codes a route can answer, read from the code it can reach: no list to keep by hand.

It follows the names that functions use, through modules, tables of functions and methods of our own classes; a code
too many is possible, one too few shows in the tests, which hold every answer they get to the specification.
"""

import ast
import inspect
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import is_dataclass
from functools import cache, lru_cache
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any, get_args

from pydantic import BaseModel

from shared.errors import UseCaseError
from shared.http.problems import STATUS
from shared.reasons import REASONS

OURS = ("functions.", "shared.")
UNPROCESSABLE = 422
# What an f-string may put into a code: one word.
PART = "[a-z]+"

Codes = dict[int, set[str]]
_CACHED = type(lru_cache(len))


def codes_of(entries: list[Any]) -> dict[int, list[str]]:
    """Codes by status, over functions and models."""
    found: Codes = defaultdict(set)
    for function in _reached(entries):
        for status, code in _said_in(function):
            found[status].add(code)
    return {status: sorted(codes) for status, codes in sorted(found.items())}


def _reached(entries: list[Any]) -> Iterator[FunctionType]:
    waiting, seen = list(entries), set()
    # Classes, and modules that stand in tables: whatever of them somebody names.
    holders: dict[str, list[Any]] = defaultdict(list)
    wanted: set[str] = set()
    while waiting:
        one = _plain(waiting.pop())
        if one is None or one in seen:
            continue
        seen.add(one)
        if not isinstance(one, FunctionType):
            for name in vars(one):
                holders[name].append(one)
            waiting += [*_of_model(one), *(vars(one)[name] for name in wanted & vars(one).keys())]
            continue
        yield one
        names = set(_names(one.__code__))
        for name in names - wanted:
            waiting += [vars(holder)[name] for holder in holders[name]]
        wanted |= names
        waiting += _named(one, names)


def _plain(thing: Any) -> FunctionType | type | ModuleType | None:
    """Something of ours, out of its wrappers. (By type: a proxy of Flask's answers for what it stands for.)"""
    if type(thing) is property:
        thing = thing.fget
    if type(thing) in (classmethod, staticmethod, MethodType):
        thing = thing.__func__
    if type(thing) in (FunctionType, _CACHED):
        thing = inspect.unwrap(thing)
    if type(thing) is ModuleType:
        return thing if thing.__name__.startswith(OURS) else None
    good = type(thing) is FunctionType or issubclass(type(thing), type)
    return thing if good and thing.__module__.startswith(OURS) else None


def _of_model(kind: Any) -> Iterator[Any]:
    """What checks the fields of a request."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from (one.func for one in kind.__pydantic_decorators__.model_validators.values())
        for field in kind.model_fields.values():
            yield from _in_annotation([field.annotation, *field.metadata])


def _in_annotation(parts: Any) -> Iterator[Any]:
    for part in parts:
        yield getattr(part, "func", part)
        yield from _in_annotation([*get_args(part), *getattr(part, "__metadata__", ())])


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield from _names(const)


def _named(function: FunctionType, names: set[str]) -> Iterator[Any]:
    for name in names & function.__globals__.keys():
        yield from _things(function.__globals__[name], names)
    yield from (cell.cell_contents for cell in function.__closure__ or () if _filled(cell))
    # What is imported inside the function, so that a cold start need not.
    for node in ast.walk(_tree(function)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(OURS):
            module = __import__(node.module or "", fromlist=["_"])
            for alias in node.names:
                yield from _things(getattr(module, alias.name, None), names)


def _filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def _things(value: Any, names: set[str]) -> Iterator[Any]:
    if type(value) is ModuleType:
        if value.__name__.startswith(OURS):
            yield from (vars(value)[name] for name in names & vars(value).keys())
    elif type(value) in (dict, list, tuple):
        yield from _in_table(value)
    else:
        yield value


def _in_table(table: Any) -> Iterator[Any]:
    for one in table.values() if type(table) is dict else table:
        if type(one) in (dict, list, tuple):
            yield from _in_table(one)
        else:
            yield one


@cache
def _tree(function: FunctionType) -> ast.Module:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


@cache
def _said_in(function: FunctionType) -> frozenset[tuple[int, str]]:
    tree = _tree(function)
    open_codes, found = set(_in_tables(function)), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            status = _status(node.func)
            if status:
                found |= {(status, code) for one in node.args[:1] for code in _constant(one)}
            else:
                given = [*node.args, *(one.value for one in node.keywords)]
                open_codes |= {code for one in given for code in _constant(one)}
            # By this name a caller says what `visits.move` and its like raise when somebody was first.
            found |= {(409, code) for code in _codes_called(node, "code")}
        elif isinstance(node, ast.Dict):
            open_codes |= {
                code for one in (*node.keys, *node.values) if one for code in _constant(one)
            }
    return frozenset(found | {(status, code) for status in _carriers(tree) for code in open_codes})


def _in_tables(function: FunctionType) -> Iterator[str]:
    """Codes in tables that it looks into, bare or in a record."""
    for name in set(_names(function.__code__)) & function.__globals__.keys():
        table = function.__globals__[name]
        if type(table) in (dict, list, tuple):
            for one in _in_table(table):
                for value in (one, *(vars(one).values() if is_dataclass(one) else ())):
                    if type(value) is str and value in REASONS:
                        yield value


def _codes_called(call: ast.Call, name: str) -> set[str]:
    return {code for one in call.keywords if one.arg == name for code in _constant(one.value)}


def _carriers(tree: ast.Module) -> set[int]:
    """Of reasons that are gathered or come from elsewhere: what the same function raises them with."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found |= {_errors()[name] for name in _raised_with(node) if name in _errors()}
    return found or {UNPROCESSABLE}


def _raised_with(call: ast.Call) -> list[str]:
    if isinstance(call.func, ast.Attribute) and call.func.attr == "of" and call.args:
        bare = not isinstance(call.args[0], ast.Constant)
        return [getattr(call.func.value, "id", "")] if bare else []
    if not isinstance(call.func, ast.Name):
        return []
    named = [one.id for one in call.args if isinstance(one, ast.Name) and one.id in _errors()]
    return (named or ["Refused"]) if call.func.id == "raise_if_any" else [call.func.id]


def _status(called: ast.expr) -> int | None:
    """Of `X.of("code")`."""
    if isinstance(called, ast.Attribute) and called.attr == "of":
        return _errors().get(getattr(called.value, "id", ""))
    return None


def _constant(node: ast.expr) -> set[str]:
    if isinstance(node, ast.Constant):
        return {node.value} & REASONS.keys() if isinstance(node.value, str) else set()
    if isinstance(node, ast.JoinedStr):
        pattern = "".join(
            re.escape(str(one.value)) if isinstance(one, ast.Constant) else PART
            for one in node.values
        )
        return (
            {code for code in REASONS if re.fullmatch(pattern, code)} if pattern != PART else set()
        )
    if isinstance(node, ast.IfExp):
        return _constant(node.body) | _constant(node.orelse)
    return set()


@lru_cache(maxsize=1)
def _errors() -> dict[str, int]:
    def below(kind: type[UseCaseError]) -> Iterator[type[UseCaseError]]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    return {
        one.__name__: int(next(STATUS[each] for each in one.__mro__ if each in STATUS))
        for one in below(UseCaseError)
    }
