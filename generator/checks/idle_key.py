"""A key that can have no effect where it stands."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_gateway, in_providers
from schemas.diagnostics import Finding, Pointer, Severity
from schemas.engines import CLOUD_ENGINES
from schemas.fields import milliseconds
from schemas.gateway import EmbeddedStart

_CLOUDS = frozenset(CLOUD_ENGINES)


def _find(subject: Subject) -> Iterator[Finding]:
    yield from _cloud(subject)
    yield from _silence(subject)
    yield from _embedded(subject)


def _cloud(subject: Subject) -> Iterator[Finding]:
    """Cloud providers are behind LiteLLM: Envoy neither probes them nor opens connections to them."""
    for name, entry in subject.providers.items():
        if entry.engine not in _CLOUDS:
            continue
        if "health" in entry.model_fields_set:
            at = in_providers("providers", name, "health", on_key=True)
            yield Finding(
                f"`health` does nothing: a provider with the engine {entry.engine} is not probed",
                at,
                "take it out",
            )
        if entry.timeouts.connect is not None:
            at = in_providers("providers", name, "timeouts", "connect", on_key=True)
            hint = "take it out; `request` limits the whole"
            yield Finding(f"`connect` does nothing: connections to {entry.engine} are LiteLLM's", at, hint)


def _silence(subject: Subject) -> Iterator[Finding]:
    """Headers of a stream come before its first token, so no silence is cut that may be the wait for that token."""
    defaults = subject.config.gateway.timeouts
    if "idle" in defaults.model_fields_set:
        yield from _too_short(defaults.idle, defaults.first_token, in_gateway("timeouts", "idle"))
    for name, entry in subject.providers.items():
        own = entry.timeouts
        if own.idle is not None:
            at = in_providers("providers", name, "timeouts", "idle")
            yield from _too_short(own.idle, own.first_token or defaults.first_token, at)


def _too_short(idle: str, first_token: str, at: Pointer) -> Iterator[Finding]:
    if milliseconds(idle) < milliseconds(first_token):
        message = f"`idle` ({idle}) does nothing: a silence may be the wait for the first token, which has {first_token}"
        yield Finding(message, at, f"give it at least {first_token}, or `first_token` at most {idle}")


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
    summary="A key can have no effect: `health` and `timeouts.connect` of a cloud provider; `timeouts.idle` below `first_token`; settings of the embedded engine while it is switched off (a warning).",
    remedy="A setting that is accepted and does nothing misleads whoever reads it. Take it out, or give it what it needs.",
    find=_find,
)
