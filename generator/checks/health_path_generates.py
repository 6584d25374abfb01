"""A health probe would do work."""

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from generator.checks.subject import Check, Subject, in_providers
from generator.compile import endpoint
from generator.engines import GENERATING_PATHS, engine
from schemas.diagnostics import Finding, Severity
from schemas.providers import Provider


def _find(subject: Subject) -> Iterator[Finding]:
    for name, entry in subject.providers.items():
        path = entry.health.path
        if path is not None and _works(path, entry):
            default = engine(entry.engine).health_path
            hint = (
                f"leave it out; the default for {entry.engine} is `{default}`" if default else "leave it out"
            )
            at = in_providers("providers", name, "health", "path")
            yield Finding(f"a probe of `{path}` would generate or load a model", at, hint)


def _works(path: str, entry: Provider) -> bool:
    folded = _plain(path)
    candidates = {folded, *(folded.removeprefix(_plain(endpoint(url).prefix)) for url in entry.endpoints)}
    if any(
        candidate == known or candidate.startswith(f"{known}/")
        for candidate in candidates
        for known in GENERATING_PATHS
    ):
        return True
    # llama.cpp's router loads the model that a query names, whatever the path.
    return entry.engine == "llamacpp" and any(
        part.startswith("model=") for part in urlsplit(path).query.split("&")
    )


def _plain(path: str) -> str:
    """The path as servers match it: no query, no escapes, no doubled or final slash, lower case."""
    clean = unquote(path.partition("?")[0].partition("#")[0]).lower()
    return posixpath.normpath("/" + clean.lstrip("/")).rstrip("/")


CHECK = Check(
    code="health-path-generates",
    severity=Severity.ERROR,
    summary="A health path is one that spends tokens or loads a model.",
    remedy=(
        "A probe runs every few seconds for as long as the gateway does; it must cost nothing and load nothing. Leave `path` out to "
        "get the engine's own health path, or name one that only reports."
    ),
    find=_find,
)
