"""Stage 3: documents become a `Config` whose shape is valid, or every fault of shape is told at once."""

import difflib
import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from generator.document import Document
from generator.secrets import mask_tokens
from schemas.config import FILE_TYPES, Config
from schemas.diagnostics import Diagnostic, DocumentKind, KeyPath, Rejected, Severity
from schemas.gateway import GatewayFile
from schemas.mappings import MappingsFile
from schemas.ports import PortsFile
from schemas.providers import ProvidersFile

Documents = Mapping[DocumentKind, Document]
"""The parsed files; gateway.yaml and ports.yaml may be absent."""

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
_TYPE_WORDS = {
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
_WORDS = {str: "text", int: "a whole number", float: "a number", bool: "a boolean", list: "a list", dict: "a mapping"}


def validate(documents: Documents) -> Config:
    """Check the shape of every document.

    Raises `Rejected` with one diagnostic per fault, in the order of the files.
    """
    diagnostics: list[Diagnostic] = []
    files: dict[DocumentKind, BaseModel] = {}
    for kind, file_type in FILE_TYPES.items():
        document = documents.get(kind)
        if document is None:
            continue
        try:
            files[kind] = file_type.model_validate_json(json.dumps(document.data))
        except ValidationError as error:
            diagnostics.extend(_diagnostics(document, error, file_type))
    if diagnostics:
        raise Rejected(diagnostics)
    return Config(
        providers=cast(ProvidersFile, files[DocumentKind.PROVIDERS]),
        mappings=cast(MappingsFile, files[DocumentKind.MAPPINGS]),
        gateway=cast(GatewayFile, files.get(DocumentKind.GATEWAY) or GatewayFile(version=1)),
        ports=cast(PortsFile | None, files.get(DocumentKind.PORTS)),
    )


def _diagnostics(document: Document, error: ValidationError, file_type: type[BaseModel]) -> Iterable[Diagnostic]:
    for fault in error.errors(include_url=False):
        keys, on_key = _keys_in(document, fault)
        code = _CODES.get(fault["type"], "wrong-type" if fault["type"] in _TYPE_WORDS else "bad-value")
        message, hint = _message(fault, keys, file_type)
        place = document.place(keys, on_key=on_key)
        yield Diagnostic(code, Severity.ERROR, mask_tokens(message), place, hint and mask_tokens(hint))


def _keys_in(document: Document, fault: ErrorDetails) -> tuple[KeyPath, bool]:
    """The node a fault is about. Pydantic marks a faulty key with `[key]`, and names missing keys, which do not stand there."""
    keys: KeyPath = ()
    on_key = fault["type"] == "extra_forbidden"
    for part in fault["loc"]:
        if part == "[key]":
            return keys, True
        if (*keys, part) not in document.values:
            return keys, keys in document.keys
        keys = (*keys, part)
    return keys, on_key


def _message(fault: ErrorDetails, keys: KeyPath, file_type: type[BaseModel]) -> tuple[str, str | None]:
    kind, location = fault["type"], fault["loc"]
    name = next((str(part) for part in reversed(location) if isinstance(part, str) and part != "[key]"), "the file")
    if kind == "extra_forbidden":
        return _unknown_key(location, file_type)
    if kind == "missing":
        where = f"`{keys[-1]}`" if keys else "the file"
        return f"`{name}` is missing from {where}", None
    if kind in ("enum", "literal_error"):
        return _unknown_choice(fault, name)
    if kind in _TYPE_WORDS:
        given = _WORDS.get(type(fault["input"]), "nothing")
        hint = "put the value in quotes" if kind == "string_type" and given != "nothing" and given[:3] != "a m" else None
        return f"`{name}` must be {_TYPE_WORDS[kind]}, not {given}", hint if given not in ("a list", "a mapping") else None
    if kind == "string_pattern_mismatch":
        return f"`{name}` has a value that does not fit", f"it must match {fault['ctx']['pattern']}"
    text = fault["msg"]
    return f"`{name}` {text[0].lower() + text[1:]}", None


def _unknown_choice(fault: ErrorDetails, name: str) -> tuple[str, str | None]:
    expected = str(fault["ctx"]["expected"])
    choices = [choice.strip().strip("'") for choice in expected.replace(" or ", ", ").split(",")]
    given = fault["input"]
    shown = f"`{given}`" if isinstance(given, str | int | float) else "this value"
    near = difflib.get_close_matches(str(given).lower(), choices, n=1, cutoff=0.6)
    hint = f"did you mean `{near[0]}`?" if near else f"choose one of: {', '.join(choices)}"
    return f"{shown} is not a choice for `{name}`", hint


def _unknown_key(location: tuple[int | str, ...], file_type: type[BaseModel]) -> tuple[str, str | None]:
    key = str(location[-1])
    known = _keys_of(file_type, location[:-1])
    near = difflib.get_close_matches(key.lower().replace("-", "_"), known, n=1, cutoff=0.6)
    owner = next((part for part in reversed(location[:-1]) if isinstance(part, str)), "the file")
    hint = f"did you mean `{near[0]}`?" if near else f"known keys: {', '.join(known)}"
    where = f"`{owner}`" if owner != "the file" else owner
    return f"`{key}` is not a key of {where}", hint


def _keys_of(file_type: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """The keys of the model at a location, found by walking the JSON Schema beside the data's keys."""
    schema = file_type.model_json_schema()
    node: dict[str, Any] = schema
    for part in location:
        node = _resolve(schema, node)
        if isinstance(part, int):
            node = node.get("items", {})
        else:
            node = node.get("properties", {}).get(part) or node.get("additionalProperties") or {}
    return sorted(_resolve(schema, node).get("properties", {}))


def _resolve(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    for option in node.get("anyOf", ()):
        if option.get("type") != "null":
            node = option
    reference = node.get("$ref")
    if reference is None and (patterns := node.get("patternProperties")):
        return {**node, "additionalProperties": next(iter(patterns.values()))}
    return schema["$defs"][reference.rsplit("/", 1)[1]] if reference else node
