"""Stage 1's result: the text of the configuration files, before anything is understood."""

from dataclasses import dataclass

from schemas.diagnostics import DocumentKind


@dataclass(frozen=True, slots=True)
class Source:
    """One configuration file as it was read."""

    kind: DocumentKind
    path: str
    """As shown to the user, relative to where the command ran if possible."""
    content: bytes
