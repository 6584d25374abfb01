"""A target or a pattern whose provider can be reached on no lane."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_gateway, in_mappings
from generator.engines import apis_of, engine
from generator.routing import lane_for
from generator.topology import Api
from schemas.diagnostics import Finding, Pointer, Severity
from schemas.engines import ENGINE_NAMES
from schemas.mappings import LaneChoice, Target
from schemas.providers import Model, Provider

_WORKERS = ("litellm", "workers")


def _find(subject: Subject) -> Iterator[Finding]:
    workers = subject.config.gateway.litellm.workers
    for public, index, target in subject.targets():
        provider, model = subject.active.get(target.provider), subject.engine_model(target)
        if provider is None or model is None or target.weight == 0 or provider.engine not in ENGINE_NAMES:
            continue
        choice = subject.models[public].lane
        apis = apis_of(tuple(model.capabilities))
        if not any(lane_for(provider.engine, api, choice, workers=workers) for api in apis):
            at = in_mappings("models", public, "targets", index)
            yield _finding(target, provider, model, choice, workers, at)
    for index, pattern in enumerate(subject.config.mappings.patterns):
        provider = subject.active.get(pattern.provider)
        if provider is None or provider.engine not in ENGINE_NAMES:
            continue
        if not any(lane_for(provider.engine, api, LaneChoice.AUTO, workers=workers) for api in Api):
            yield _without_litellm(pattern.provider, in_mappings("patterns", index, "provider"))


def _finding(
    target: Target, provider: Provider, model: Model, choice: LaneChoice, workers: int, at: Pointer
) -> Finding:
    capabilities = ", ".join(f"`{capability.value}`" for capability in model.capabilities)
    if choice is LaneChoice.DIRECT:
        return Finding(
            f"`{target.provider}` serves `{target.model}` on no API on the direct lane",
            at,
            f"{provider.engine} itself has no API for {capabilities}; leave `lane` out, or take another target",
        )
    if workers == 0 and (choice is LaneChoice.LITELLM or not engine(provider.engine).speaks):
        return _without_litellm(target.provider, at)
    return Finding(
        f"`{target.provider}` serves `{target.model}` on no API",
        at,
        f"{provider.engine} has none for {capabilities}; correct `capabilities`, or take another target",
    )


def _without_litellm(provider: str, at: Pointer) -> Finding:
    message = f"`{provider}` is reached here through LiteLLM only, which `litellm.workers: 0` switches off"
    return Finding(message, at, "set `litellm.workers` to 1", in_gateway(*_WORKERS))


CHECK = Check(
    code="no-lane",
    severity=Severity.ERROR,
    summary="No lane leads to a target or to a pattern's provider: its engine has no API for what the model can do, "
    "`lane: direct` asks for what the engine does not speak, or LiteLLM is needed and switched off.",
    remedy="The target would never get a request. Correct `capabilities` or `lane`, or set `litellm.workers` to 1 or more.",
    find=_find,
)
