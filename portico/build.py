"""Stages 1 to 6 in a row, for every command and for the daemon."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generator.check import check, with_strictness
from generator.checks.subject import Facts
from generator.compile import compile_config
from generator.document import Document, parse
from generator.release import Release, seal
from generator.source import Source
from generator.topology import Topology
from generator.validate import Documents, validate
from portico.files import missing_secrets, read_sources
from schemas.config import Config
from schemas.diagnostics import Diagnostic, DocumentKind, Rejected, Severity
from schemas.fields import SECRET_REFERENCE
from schemas.providers import Status


@dataclass(frozen=True, slots=True)
class Checked:
    """A configuration that stages 1 to 4 accept, with the warnings and notes they had."""

    sources: tuple[Source, ...]
    config: Config
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Built:
    """A configuration compiled and rendered."""

    checked: Checked
    topology: Topology
    release: Release


def check_directory(directory: Path, *, about_to_run: bool = False, strict: bool = False) -> Checked:
    """Stages 1 to 4. `strict` makes warnings errors; `about_to_run` makes missing secrets errors.

    Raises `Rejected` with every diagnostic of the stage that refuses, warnings included.
    """
    sources = read_sources(directory)
    documents = _parse_all(sources)
    config = validate(documents)
    facts = Facts(missing_secrets(_references(config), directory), about_to_run)
    diagnostics = with_strictness(check(config, documents, facts).diagnostics, strict=strict)
    if any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics):
        raise Rejected(diagnostics)
    return Checked(sources, config, diagnostics)


def build(directory: Path, *, about_to_run: bool = False, strict: bool = False) -> Built:
    """Stages 1 to 6. Raises `Rejected` as `check_directory` does."""
    # Commands that only check start without the renderers.
    from generator.render import render

    checked = check_directory(directory, about_to_run=about_to_run, strict=strict)
    topology = compile_config(checked.config)
    return Built(checked, topology, seal(render(topology)))


def _parse_all(sources: tuple[Source, ...]) -> Documents:
    documents: dict[DocumentKind, Document] = {}
    diagnostics: list[Diagnostic] = []
    for source in sources:
        try:
            documents[source.kind] = parse(source)
        except Rejected as rejected:
            diagnostics.extend(rejected.diagnostics)
    if diagnostics:
        raise Rejected(diagnostics)
    return documents


def _references(config: Config) -> Iterator[str]:
    for provider in config.providers.providers.values():
        if provider.status is not Status.ACTIVE:
            continue
        if provider.api_key is not None:
            yield provider.api_key
        yield from (value for value in provider.headers.values() if SECRET_REFERENCE.fullmatch(value))
