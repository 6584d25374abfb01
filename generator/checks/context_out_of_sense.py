"""The lengths of a model cannot be right."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_gateway, in_providers
from schemas.diagnostics import Finding, Severity
from schemas.gateway import EmbeddedStart

_LEAST, _MOST = 128, 20_000_000


def _find(subject: Subject) -> Iterator[Finding]:
    for name, entry in subject.providers.items():
        for model, spec in entry.models.items():
            here = ("providers", name, "models", model)
            context, output = spec.context_length, spec.max_output
            if context is not None and not _LEAST <= context <= _MOST:
                yield Finding(
                    f"a context of {context} tokens is {'very short' if context < _LEAST else 'longer than any model has'}",
                    in_providers(*here, "context_length"),
                    "it counts tokens, not thousands of tokens"
                    if context < _LEAST
                    else "it counts tokens, not characters",
                )
            if context is not None and output is not None and output > context:
                yield Finding(
                    f"the longest answer, {output} tokens, does not fit into the context of {context}",
                    in_providers(*here, "max_output"),
                    "the context holds prompt and answer together",
                    in_providers(*here, "context_length"),
                    Severity.ERROR,
                )
    yield from _of_embedded(subject)


def _of_embedded(subject: Subject) -> Iterator[Finding]:
    embedded = subject.config.gateway.embedded
    if embedded is None or embedded.start is EmbeddedStart.NEVER or embedded.provider not in subject.active:
        return
    if subject.active[embedded.provider].engine != "llamacpp":
        return
    for model, spec in subject.active[embedded.provider].models.items():
        if spec.context_length is not None and spec.context_length > embedded.context_length:
            yield Finding(
                f"`{model}` promises a context of {spec.context_length} tokens, but the embedded engine starts with {embedded.context_length}",
                in_providers("providers", embedded.provider, "models", model, "context_length"),
                "make them the same",
                in_gateway("embedded", "context_length"),
            )


CHECK = Check(
    code="context-out-of-sense",
    severity=Severity.WARNING,
    summary=(
        "A model's context is shorter than 128 or longer than 20 million tokens, its longest answer does not fit into it (an error), "
        "or the embedded engine starts with less."
    ),
    remedy=(
        "Clients plan their prompts by these numbers, and fallbacks are checked with them. They count tokens; take them from the "
        "model's card or the engine's settings."
    ),
    find=_find,
)
