"""A local engine without an address."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_providers
from schemas.diagnostics import Finding, Severity
from schemas.engines import LOCAL_ENGINES

_USUAL_PORTS = {"ollama": 11434, "llamacpp": 8080, "vllm": 8000, "sglang": 30000, "tgi": 3000}
"""Where each listens when nothing else is said, from its documentation."""


def _find(subject: Subject) -> Iterator[Finding]:
    for name, entry in subject.active.items():
        if entry.engine in LOCAL_ENGINES and not entry.endpoints:
            example = f"http://127.0.0.1:{_USUAL_PORTS.get(entry.engine, 8000)}"
            yield Finding(
                f"`{name}` has no endpoint",
                in_providers("providers", name, on_key=True),
                f"add its address, as `endpoints: [{example}]`",
            )


CHECK = Check(
    code="missing-endpoint",
    severity=Severity.ERROR,
    summary="An active provider with a local engine has no endpoint.",
    remedy="A local engine runs where you started it, so its address has to be given under `endpoints`.",
    find=_find,
)
