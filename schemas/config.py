"""The four documents together, and their JSON Schemas."""

from dataclasses import dataclass
from typing import Any

from schemas.diagnostics import DocumentKind
from schemas.fields import Strict
from schemas.gateway import GatewayFile
from schemas.mappings import MappingsFile
from schemas.ports import PortsFile
from schemas.providers import ProvidersFile

FILE_TYPES: dict[DocumentKind, type[Strict]] = {
    DocumentKind.PROVIDERS: ProvidersFile,
    DocumentKind.MAPPINGS: MappingsFile,
    DocumentKind.GATEWAY: GatewayFile,
    DocumentKind.PORTS: PortsFile,
}
"""The schema of each document."""

OPTIONAL_DOCUMENTS = frozenset({DocumentKind.GATEWAY, DocumentKind.PORTS})
"""Documents that may be absent: the gateway then runs with its defaults, and no port is checked."""


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration whose shape is valid. Names in it are not resolved yet."""

    providers: ProvidersFile
    mappings: MappingsFile
    gateway: GatewayFile
    ports: PortsFile | None


def schema_file_name(kind: DocumentKind) -> str:
    """The name of a document's JSON Schema beside it, such as `providers.schema.json`."""
    return kind.value.removesuffix(".yaml") + ".schema.json"


def json_schema(kind: DocumentKind) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a document, with descriptions for an editor's hover text."""
    schema = FILE_TYPES[kind].model_json_schema()
    title = f"Portico {kind.value}"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_closed(schema), "title": title}


def _closed(node: Any) -> Any:
    """The schema with its mappings closed to keys that do not have the form of a name, which Pydantic leaves open."""
    if isinstance(node, list):
        return [_closed(child) for child in node]
    if not isinstance(node, dict):
        return node
    closed = {key: _closed(child) for key, child in node.items()}
    return (
        {**closed, "additionalProperties": False}
        if "patternProperties" in closed and "additionalProperties" not in closed
        else closed
    )
