"""A model has a capability that its provider's engine offers no API for."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_providers
from generator.engines import apis_of
from generator.routing import lane_for
from schemas.diagnostics import Finding, Severity
from schemas.engines import LOCAL_ENGINES
from schemas.mappings import LaneChoice
from schemas.providers import Capability, Provider


def _find(subject: Subject) -> Iterator[Finding]:
    workers = subject.config.gateway.litellm.workers
    for name, entry in subject.active.items():
        if entry.engine not in LOCAL_ENGINES:
            continue
        served = {capability: _is_served(entry, capability, workers) for capability in Capability}
        for model, spec in entry.models.items():
            for index, capability in enumerate(spec.capabilities):
                at = in_providers("providers", name, "models", model, "capabilities", index)
                if not served[capability]:
                    hint = f"remove it, or serve `{model}` with another engine"
                    yield Finding(
                        f"nothing serves `{capability.value}` of `{model}`: {entry.engine} has no API for it",
                        at,
                        hint,
                    )
    yield from _extras_alone(subject)


def _extras_alone(subject: Subject) -> Iterator[Finding]:
    for name, entry in subject.active.items():
        for model, spec in entry.models.items():
            for index, capability in enumerate(spec.capabilities):
                if (
                    capability in (Capability.TOOLS, Capability.VISION)
                    and Capability.CHAT not in spec.capabilities
                ):
                    at = in_providers("providers", name, "models", model, "capabilities", index)
                    yield Finding(
                        f"`{capability.value}` of `{model}` is of no use without `chat`", at, "add `chat`"
                    )


def _is_served(provider: Provider, capability: Capability, workers: int) -> bool:
    apis = apis_of((capability.value,))
    return not apis or any(
        lane_for(provider.engine, api, LaneChoice.AUTO, workers=workers) is not None for api in apis
    )


CHECK = Check(
    code="unserved-capability",
    severity=Severity.WARNING,
    summary="A model has a capability that neither its engine nor LiteLLM in front of it has an API for, "
    "or tools or vision without chat.",
    remedy="Requests for it are answered with 404. Correct `capabilities`, or serve the model with another engine.",
    find=_find,
)
