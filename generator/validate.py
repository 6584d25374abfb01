"""Stage 3: documents become a `Config` whose shape is valid, or every fault of shape is told at once."""

import json
from collections.abc import Iterable, Mapping
from typing import cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from generator.document import Document
from generator.faults import explain, meant_key
from generator.secrets import mask_tokens
from schemas.config import FILE_TYPES, Config
from schemas.diagnostics import Diagnostic, DocumentKind, KeyPath, Place, Rejected, Severity
from schemas.gateway import GatewayFile
from schemas.mappings import MappingsFile
from schemas.ports import PortsFile
from schemas.providers import ProvidersFile

Documents = Mapping[DocumentKind, Document]
"""The parsed files; gateway.yaml and ports.yaml may be absent."""


def validate(documents: Documents) -> Config:
    """Check the shape of every document.

    Raises `Rejected` with one diagnostic per fault, in the order of files and lines.
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
            diagnostics.extend(sorted(_diagnostics(document, error), key=_position))
    if diagnostics:
        raise Rejected(diagnostics)
    return Config(
        providers=cast(ProvidersFile, files[DocumentKind.PROVIDERS]),
        mappings=cast(MappingsFile, files[DocumentKind.MAPPINGS]),
        gateway=cast(GatewayFile, files.get(DocumentKind.GATEWAY) or GatewayFile(version=1)),
        ports=cast(PortsFile | None, files.get(DocumentKind.PORTS)),
    )


def _diagnostics(document: Document, error: ValidationError) -> Iterable[Diagnostic]:
    for fault in _distinct(document, error.errors(include_url=False)):
        keys, on_key = _keys_in(document, fault)
        code, message, hint = explain(fault, document.kind)
        place = document.place(keys, on_key=on_key)
        yield Diagnostic(code, Severity.ERROR, mask_tokens(message), place, hint and mask_tokens(hint))


def _distinct(document: Document, faults: list[ErrorDetails]) -> Iterable[ErrorDetails]:
    """The faults without those that only repeat another: a key that is missing because it is mistyped, and what stands in a node
    that aliases repeat."""
    mistyped = {
        (*fault["loc"][:-1], meant)
        for fault in faults
        if fault["type"] == "extra_forbidden" and (meant := meant_key(fault, document.kind)) is not None
    }
    told: set[tuple[object, ...]] = set()
    for fault in faults:
        if fault["type"] == "missing" and fault["loc"] in mistyped:
            continue
        keys, _ = _keys_in(document, fault)
        # An alias has the positions of what it stands for.
        same = (fault["type"], fault["loc"][-1:], document.spans(keys))
        if same not in told:
            told.add(same)
            yield fault


def _position(diagnostic: Diagnostic) -> tuple[int, int]:
    place = diagnostic.place or Place("", 0, 0)
    return place.line, place.column


def _keys_in(document: Document, fault: ErrorDetails) -> tuple[KeyPath, bool]:
    """The node a fault is about. Pydantic marks a faulty key with `[key]`, and names missing keys, which do not stand there."""
    keys: KeyPath = ()
    for part in fault["loc"]:
        if part == "[key]":
            return keys, True
        if (*keys, part) not in document.values:
            return keys, keys in document.keys
        keys = (*keys, part)
    # A rule over a whole mapping says which of its entries broke it.
    entry = (*keys, fault.get("ctx", {}).get("name"))
    if entry in document.values:
        return entry, fault["type"] == "header-name"
    return keys, fault["type"] == "extra_forbidden"
