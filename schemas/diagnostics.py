"""What a stage of the compiler says about the input: diagnostics with a code, a place and a hint."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

KeyPath = tuple[str | int, ...]
"""Keys and list indexes from the root of a document to a node, such as `("models", "fast", "targets", 0)`."""


class Severity(StrEnum):
    """How bad a diagnostic is; only `ERROR` rejects a configuration."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class DocumentKind(StrEnum):
    """The four files people edit; the value is the file's name in the configuration directory."""

    PROVIDERS = "providers.yaml"
    MAPPINGS = "model-mappings.yaml"
    GATEWAY = "gateway.yaml"
    PORTS = "ports.yaml"


@dataclass(frozen=True, slots=True)
class Pointer:
    """A symbolic place: a node of one of the documents, by its keys."""

    kind: DocumentKind
    keys: KeyPath
    on_key: bool = False
    """Point at the key that names the node, rather than at its value."""


@dataclass(frozen=True, slots=True)
class Place:
    """A resolved place in a file. `line` and `column` count from 1; `width` is in characters, at least 1."""

    path: str
    line: int
    column: int
    width: int = 1
    excerpt: str = ""
    """The source line, with anything that looks like a secret masked."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check returns: a diagnostic whose place is still symbolic."""

    message: str
    at: Pointer
    hint: str | None = None
    related: Pointer | None = None
    """Another node the message is about; its place is appended to the hint."""
    severity: Severity | None = None
    """Overrides the severity of the check that found it."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing to tell the user. `code` is kebab-case and has a section in docs/reference/diagnostics.md."""

    code: str
    severity: Severity
    message: str
    place: Place | None = None
    hint: str | None = None


class Rejected(Exception):
    """The configuration cannot be used. Carries every diagnostic of the stage that refused it."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(f"{len(self.diagnostics)} diagnostics")
