"""A key that can have no effect where it stands."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_gateway, in_providers
from generator.engines import engine
from schemas.diagnostics import Finding, Severity
from schemas.engines import CLOUD_ENGINES
from schemas.gateway import EmbeddedStart

_CLOUDS = frozenset(CLOUD_ENGINES)


def _find(subject: Subject) -> Iterator[Finding]:
    yield from _health(subject)
    yield from _embedded(subject)


def _health(subject: Subject) -> Iterator[Finding]:
    for name, entry in subject.providers.items():
        if "health" not in entry.model_fields_set:
            continue
        at = in_providers("providers", name, "health", on_key=True)
        if entry.engine in _CLOUDS and not entry.endpoints:
            yield Finding(
                f"`health` does nothing: `{name}` has no endpoint that could be probed", at, "take it out"
            )
        elif engine(entry.engine).health_path is None and entry.health.path is None:
            hint = "name a `path` that answers without cost, or take `health` out"
            yield Finding(f"`health` does nothing: there is no path to probe `{name}` at", at, hint)


def _embedded(subject: Subject) -> Iterator[Finding]:
    embedded = subject.config.gateway.embedded
    if embedded is None or embedded.start is not EmbeddedStart.NEVER:
        return
    for key in ("model_file", "context_length"):
        if key in embedded.model_fields_set:
            message = f"`{key}` does nothing while the embedded engine never starts"
            start = in_gateway("embedded", "start")
            yield Finding(
                message,
                in_gateway("embedded", key, on_key=True),
                "set `start: auto`, or take it out",
                start,
                Severity.WARNING,
            )


CHECK = Check(
    code="idle-key",
    severity=Severity.ERROR,
    summary="A key can have no effect: `health` where nothing can be probed; settings of the embedded engine while it is switched off (a warning).",
    remedy="A setting that is accepted and does nothing misleads whoever reads it. Take it out, or give it what it needs.",
    find=_find,
)
