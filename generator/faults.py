"""What a fault of shape is called, and what to do about it: Pydantic's errors in words for people."""

import difflib
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from generator.checks.names import Names
from schemas.config import FILE_TYPES
from schemas.diagnostics import DocumentKind

Location = tuple[int | str, ...]
Words = tuple[str, str | None]
"""A message and a hint."""

_CODES = {
    "extra_forbidden": "unknown-key",
    "missing": "missing-key",
    "enum": "unknown-choice",
    "literal_error": "unknown-choice",
    "duration": "bad-duration",
    "secret-inline": "secret-inline",
    "string_pattern_mismatch": "bad-format",
    "endpoint": "bad-endpoint",
}
_TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
}
_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}
_GIVEN = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a mapping",
}
_NAME_PATTERN = "^[a-z0-9][a-z0-9._-]{0,62}$"
_FORMATS = {
    _NAME_PATTERN: "use up to 63 lower case letters, digits, `.`, `_` and `-`, and start with a letter or digit",
    "^[A-Za-z0-9][A-Za-z0-9._:-]{0,62}$": "use up to 63 letters, digits, `.`, `_`, `:` and `-`, and no spaces",
    "^/[!-~]*$": "start with `/`, and leave spaces out",
    r"^[0-9]+(\.[0-9]+)?[KMBT]$": "write a number and K, M, B or T, as 8B or 137M",
    "^[A-Za-z0-9_.-]{1,32}$": "use up to 32 letters, digits, `_`, `.` and `-`, as Q4_K_M",
}
_VARIABLE = re.compile(r"(?:\$|env:|\$\{env:|os\.environ/|\{\{\s*)(?P<name>[A-Z][A-Z0-9_]*)(?:\s*\}\}|\})?")
_INSIDE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")

CODES_OF_FAULTS = frozenset({*_CODES.values(), "wrong-type", "bad-value"})
"""Every code that `explain` gives."""


def explain(fault: ErrorDetails, kind: DocumentKind) -> tuple[str, str, str | None]:
    """The code, message and hint of one of Pydantic's errors in a document."""
    code = _CODES.get(fault["type"], "wrong-type" if fault["type"] in _TYPES else "bad-value")
    message, hint = _words(fault, kind)
    return code, message, hint


def _words(fault: ErrorDetails, kind: DocumentKind) -> Words:
    if fault["type"] in _TYPES:
        return _wrong_type(fault, kind)
    if fault["type"] in _BOUNDS:
        key, word = _BOUNDS[fault["type"]]
        return (
            f"{_subject(fault)} must be {word} {_whole(fault['ctx'][key])}, not {_short(fault['input'])}",
            None,
        )
    known = _WORDS.get(fault["type"])
    if known is not None:
        return known(fault, kind)
    reason = fault["msg"][:1].lower() + fault["msg"][1:]
    message, _, hint = reason.partition("; ")
    return f"{_subject(fault)} {message}", hint or None


def meant_key(fault: ErrorDetails, kind: DocumentKind) -> str | None:
    """The key that an unknown one was most likely meant to be."""
    return Names(_known_keys(fault, kind)).nearest(str(fault["loc"][-1]))


def _known_keys(fault: ErrorDetails, kind: DocumentKind) -> list[str]:
    return sorted(_node(kind, fault["loc"][:-1]).get("properties", {}))


def _unknown_key(fault: ErrorDetails, kind: DocumentKind) -> Words:
    key, owner = str(fault["loc"][-1]), fault["loc"][:-1]
    message = f"`{key}` is not a key of {_named(owner)}"
    meant = meant_key(fault, kind)
    if meant is not None:
        return message, f"did you mean `{meant}`?"
    for other, file_type in FILE_TYPES.items():
        if not owner and other is not kind and key in file_type.model_fields:
            return message, f"it belongs in {other.value}"
    return message, f"known keys: {', '.join(_known_keys(fault, kind))}"


def _missing_key(fault: ErrorDetails, kind: DocumentKind) -> Words:
    key = str(fault["loc"][-1])
    node = _node(kind, fault["loc"])
    example = node.get("const", next(iter(node.get("examples", ())), None))
    hint = f"add `{key}: {example}`" if "const" in node else f"add it, as `{key}: {example}`"
    return f"`{key}` is missing from {_named(fault['loc'][:-1])}", hint if example is not None else None


def _unknown_choice(fault: ErrorDetails, kind: DocumentKind) -> Words:
    given = fault["input"]
    if fault["loc"] == ("version",):
        hint = "write `version: 1`, without quotes" if given == "1" else "write `version: 1`"
        return f"the format of this file is version 1, not {_short(given)}", hint
    choices = _node(kind, fault["loc"]).get("enum", [])
    message = f"{_short(given)} is not a choice for {_key(fault)}"
    near = difflib.get_close_matches(str(given).lower(), choices, n=1, cutoff=0.6)
    return message, f"did you mean `{near[0]}`?" if near else f"choose one of: {', '.join(choices)}"


def _wrong_type(fault: ErrorDetails, kind: DocumentKind) -> Words:
    wanted, given = _TYPES[fault["type"]], fault["input"]
    node = _node(kind, fault["loc"])
    if given is None:
        hint = "write a value, or remove the key" if _is_optional(fault["loc"], kind) else None
        if node.get("additionalProperties"):
            hint = "write `{}` where there are none"
        return f"{_subject(fault)} must be {wanted}, and has no value", hint
    # Where text is wanted it may be a secret, which is not repeated.
    shown = _short(given) if wanted != "text" and isinstance(given, int | float) else _GIVEN[type(given)]
    message = f"{_subject(fault)} must be {wanted}, not {shown}"
    if wanted == "text":
        examples = [str(example) for example in node.get("examples", ())] if "pattern" in node else []
        if len(examples) > 1:
            return message, f"write it as {', '.join(examples[:-1])} or {examples[-1]}"
        return message, "put the value in quotes" if isinstance(given, int | float) else None
    if wanted == "a list" and isinstance(given, str | dict):
        return message, "write `- ` before each item, or the items in [ ]"
    if wanted.endswith("number") and isinstance(given, str):
        return message, "remove the quotes" if given.isdecimal() else "write digits only"
    if wanted == "true or false" and isinstance(given, str) and given.lower() in ("true", "false"):
        return message, f"write {given.lower()} without quotes"
    if wanted.startswith("a mapping") and node.get("properties"):
        return message, f"its keys: {', '.join(sorted(node['properties']))}"
    return message, None


def _bad_format(fault: ErrorDetails, _kind: DocumentKind) -> Words:
    pattern, given = str(fault["ctx"]["pattern"]), str(fault["input"])
    hint = _FORMATS.get(pattern, f"it must match {pattern}")
    if fault["loc"][-1:] != ("[key]",):
        return f"{_short(given)} does not fit {_key(fault)}", hint
    better = re.sub(r"[^a-z0-9._-]+", "-", given.lower()).strip("._-")[:63]
    return (
        f"{_short(given)} cannot be a name here",
        f"{hint}, as `{better}`" if better and pattern == _NAME_PATTERN else hint,
    )


def _bad_endpoint(fault: ErrorDetails, _kind: DocumentKind) -> Words:
    given = str(fault["input"])
    rest = given.partition("://")[2]
    if "@" in rest.partition("/")[0]:
        return (
            "an endpoint has credentials in it",
            "give them as `api_key` or under `headers`, as a reference",
        )
    message = f"{_short(given)} is not an endpoint"
    if "://" not in given and re.fullmatch(r"[A-Za-z0-9.-]+(:[0-9]+)?(/.*)?", given):
        return message, f"did you mean `http://{given}`?"
    if "?" in rest or "#" in rest:
        return message, "leave out what follows `?` or `#`"
    port = re.search(r":([0-9]+)(?:/|$)", rest)
    if port is not None and not 1 <= int(port[1]) <= 65535:
        return message, "a port is between 1 and 65535"
    return message, "write scheme, host and port, as http://127.0.0.1:8000 or https://gpu.example/prefix"


def _inline_secret(fault: ErrorDetails, _kind: DocumentKind) -> Words:
    name = fault.get("ctx", {}).get("name") or fault["loc"][-1]
    message = f"`{name}` must be a reference to a secret, which is never written into a config file"
    variable = _VARIABLE.fullmatch(str(fault["input"]))
    if variable is not None:
        return message, f"did you mean `${{{variable['name']}}}`?"
    if inside := _INSIDE.search(str(fault["input"])):
        return (
            message,
            f"let the variable hold the whole value, or write `api_key: {inside[0]}`, which is sent as a bearer token",
        )
    return message, "write ${NAME} for an environment variable, or file:/path"


def _empty(fault: ErrorDetails, _kind: DocumentKind) -> Words:
    return f"{_subject(fault)} must not be empty", None


def _too_long(fault: ErrorDetails, _kind: DocumentKind) -> Words:
    unit = "characters" if isinstance(fault["input"], str) else "entries"
    return (
        f"{_subject(fault)} has {len(fault['input'])} {unit}; {fault['ctx']['max_length']} is the most",
        None,
    )


_WORDS: Mapping[str, Callable[[ErrorDetails, DocumentKind], Words]] = {
    "extra_forbidden": _unknown_key,
    "missing": _missing_key,
    "enum": _unknown_choice,
    "literal_error": _unknown_choice,
    "string_pattern_mismatch": _bad_format,
    "endpoint": _bad_endpoint,
    "secret-inline": _inline_secret,
    # Every minimal length in the schemas is 1.
    "string_too_short": _empty,
    "too_short": _empty,
    "string_too_long": _too_long,
    "too_long": _too_long,
}


def _subject(fault: ErrorDetails) -> str:
    return _named(fault["loc"])


def _key(fault: ErrorDetails) -> str:
    return f"`{next((part for part in reversed(fault['loc']) if isinstance(part, str)), 'the file')}`"


def _named(location: Location) -> str:
    """A node by its key, or as an item of a list."""
    parts = [part for part in location if part != "[key]"]
    if not parts:
        return "the file"
    return f"`{parts[-1]}`" if isinstance(parts[-1], str) else f"an item of `{parts[-2]}`"


def _short(given: Any) -> str:
    if isinstance(given, list | dict):
        return _GIVEN[type(given)]
    shown = "true" if given is True else "false" if given is False else str(given)
    return f"`{shown}`" if len(shown) <= 60 else f"`{shown[:57]}...`"


def _whole(bound: float) -> float:
    return int(bound) if float(bound).is_integer() else bound


@cache
def _schema(kind: DocumentKind) -> dict[str, Any]:
    model: type[BaseModel] = FILE_TYPES[kind]
    return model.model_json_schema()


def _node(kind: DocumentKind, location: Location) -> dict[str, Any]:
    """The JSON Schema of the node at a location, found by walking it beside the keys."""
    schema = _schema(kind)
    node = schema
    for part in location:
        node = _resolved(schema, node)
        if isinstance(part, int):
            node = node.get("items", {})
        elif part != "[key]":
            node = node.get("properties", {}).get(part) or node.get("additionalProperties") or {}
    return _resolved(schema, node)


def _resolved(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    for option in node.get("anyOf", ()):
        if option.get("type") != "null":
            node = {**node, **option}
    if "$ref" in node:
        node = {
            **schema["$defs"][node["$ref"].rsplit("/", 1)[1]],
            **{k: v for k, v in node.items() if k == "examples"},
        }
    if patterns := node.get("patternProperties"):
        return {**node, "additionalProperties": next(iter(patterns.values()))}
    return node


def _is_optional(location: Location, kind: DocumentKind) -> bool:
    owner = _node(kind, location[:-1])
    return location[-1] in owner.get("properties", {}) and location[-1] not in owner.get("required", ())
