"""Configurations for tests: from YAML text or plain data to a checked config, a topology and a release."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.check import check
from generator.checks.subject import Facts
from generator.compile import compile_config
from generator.document import parse
from generator.release import Release, seal
from generator.render import render
from generator.source import Source
from generator.topology import Topology
from generator.validate import Documents, validate
from schemas.config import Config
from schemas.diagnostics import Diagnostic, DocumentKind, Rejected, Severity

Data = dict[DocumentKind, Any]
"""Plain data per document."""


@dataclass(frozen=True)
class Accepted:
    """A configuration that every check accepts, and what was made of it."""

    config: Config
    diagnostics: tuple[Diagnostic, ...]
    topology: Topology
    release: Release


def sources_of(data: Data) -> dict[DocumentKind, Source]:
    """The documents as files; JSON is YAML (but for its escaped surrogates), and keeps every string quoted."""
    return {
        kind: Source(kind, kind.value, json.dumps(value, indent=1, ensure_ascii=False).encode())
        for kind, value in data.items()
    }


def sources_in(directory: Path) -> dict[DocumentKind, Source]:
    """The documents of a directory, shown by their bare names."""
    return {
        kind: Source(kind, kind.value, (directory / kind.value).read_bytes())
        for kind in DocumentKind
        if (directory / kind.value).exists()
    }


def checked(
    sources: dict[DocumentKind, Source], facts: Facts | None = None
) -> tuple[Config, tuple[Diagnostic, ...]]:
    """Stages 2 to 4. Raises `Rejected` with all diagnostics of the stage that refuses."""
    documents: Documents = {kind: parse(source) for kind, source in sources.items()}
    config = validate(documents)
    diagnostics = check(config, documents, facts or Facts()).diagnostics
    if any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics):
        raise Rejected(diagnostics)
    return config, diagnostics


def accept(sources: dict[DocumentKind, Source]) -> Accepted:
    """Stages 2 to 6."""
    config, diagnostics = checked(sources)
    topology = compile_config(config)
    return Accepted(config, diagnostics, topology, seal(render(topology)))
