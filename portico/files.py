"""Stage 1: the configuration files as they stand on disk."""

import os
from collections.abc import Iterator
from pathlib import Path

from generator.source import Source
from schemas.config import OPTIONAL_DOCUMENTS
from schemas.diagnostics import Diagnostic, DocumentKind, Place, Rejected, Severity


def read_sources(directory: Path) -> tuple[Source, ...]:
    """Read the documents of a configuration directory.

    Raises `Rejected` for every required file that is missing and every file that cannot be read.
    """
    sources: list[Source] = []
    diagnostics: list[Diagnostic] = []
    for kind in DocumentKind:
        path = directory / kind.value
        shown = shown_path(path)
        try:
            sources.append(Source(kind, shown, path.read_bytes()))
        except FileNotFoundError:
            if kind not in OPTIONAL_DOCUMENTS:
                hint = f"create it, or name the directory that holds it with --config (looked in {shown_path(directory)})"
                diagnostics.append(
                    Diagnostic(
                        "missing-file", Severity.ERROR, "the file does not exist", Place(shown, 1, 1), hint
                    )
                )
        except OSError as error:
            message = f"the file cannot be read: {error.strerror or error}"
            diagnostics.append(Diagnostic("unreadable-file", Severity.ERROR, message, Place(shown, 1, 1)))
    if diagnostics:
        raise Rejected(diagnostics)
    return tuple(sources)


def shown_path(path: Path) -> str:
    """A path as the user would write it: relative to the current directory where it lies below."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def secret_has_value(reference: str, base: Path) -> bool:
    """Whether `${NAME}` is set and not empty, or the file of `file:path` (relative to `base`) can be read and is not empty."""
    if not reference.startswith("file:"):
        return bool(os.environ.get(reference[2:-1]))
    try:
        return bool((base / reference.removeprefix("file:")).read_text(encoding="utf-8").strip())
    except (OSError, UnicodeDecodeError):
        return False


def missing_secrets(references: Iterator[str], base: Path) -> frozenset[str]:
    """The references that have no value here."""
    return frozenset(reference for reference in references if not secret_has_value(reference, base))
