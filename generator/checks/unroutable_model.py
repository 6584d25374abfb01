"""An engine's name for a model that LiteLLM cannot pass on."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_mappings
from schemas.diagnostics import Finding, Severity
from schemas.engines import LOCAL_ENGINES
from schemas.mappings import LaneChoice, Target

_PREFIX = "responses/"
"""What `responses_api_bridge_check` in litellm/main.py takes off a name, asking `/v1/responses` for the rest. For a cloud's
model that is a feature (https://docs.litellm.ai/docs/providers/openai#openai-chat-completion-to-responses-api-bridge)."""


def _find(subject: Subject) -> Iterator[Finding]:
    if subject.config.gateway.litellm.workers == 0:
        return
    for public, index, target in subject.targets():
        if not _is_cut(subject, target):
            continue
        asker = _asks_litellm(subject, public)
        if asker is not None:
            yield Finding(
                f"LiteLLM cannot ask `{target.provider}` for `{target.model}`: it takes `{_PREFIX}` for an instruction",
                in_mappings("models", public, "targets", index, "model"),
                f"set `lane: direct` for `{asker}`, or give the model another name on its server",
                in_mappings("models", asker, on_key=True) if asker != public else None,
            )


def _is_cut(subject: Subject, target: Target) -> bool:
    provider = subject.active.get(target.provider)
    return (
        target.model.startswith(_PREFIX)
        and target.weight > 0
        and provider is not None
        and provider.engine in LOCAL_ENGINES
    )


def _asks_litellm(subject: Subject, public: str) -> str | None:
    """The public model whose requests can reach this one's targets through LiteLLM: itself, or one that falls back to it."""
    if subject.models[public].lane is not LaneChoice.DIRECT:
        return public
    return next(
        (
            name
            for name, entry in subject.models.items()
            if entry.lane is not LaneChoice.DIRECT
            and any(subject.model_of(fallback) == public for fallback in entry.fallbacks)
        ),
        None,
    )


CHECK = Check(
    code="unroutable-model",
    severity=Severity.ERROR,
    summary="The name of a local engine's model starts with `responses/`, and LiteLLM is on the way to it or its last resort.",
    remedy="LiteLLM takes that beginning for an instruction and asks for something else. Keep LiteLLM out with `lane: direct`, "
    "or give the model another name on its server.",
    find=_find,
)
