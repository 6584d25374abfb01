"""The price of a model cannot be right."""

from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_providers
from schemas.diagnostics import Finding, Severity
from schemas.providers import Capability

_MOST, _LEAST = 1_000.0, 0.0005
_WRITES = frozenset({Capability.CHAT, Capability.COMPLETION})


def _find(subject: Subject) -> Iterator[Finding]:
    for name, entry in subject.providers.items():
        for model, spec in entry.models.items():
            if spec.cost is None:
                continue
            here = ("providers", name, "models", model, "cost")
            for key, price in (("input", spec.cost.input), ("output", spec.cost.output)):
                if price > _MOST or 0 < price < _LEAST:
                    size = "more" if price > _MOST else "less"
                    message = f"{price:g} dollars per million tokens is {size} than any model costs"
                    yield Finding(
                        message,
                        in_providers(*here, key),
                        "prices are per million tokens, not per token or per thousand",
                    )
            if spec.cost.output > 0 and _WRITES.isdisjoint(spec.capabilities):
                message = f"`{model}` writes no tokens that could cost anything"
                yield Finding(
                    message, in_providers(*here, "output"), "take `output` out, or correct `capabilities`"
                )


CHECK = Check(
    code="cost-out-of-sense",
    severity=Severity.WARNING,
    summary="A price is above 1,000 dollars or below 0.0005 dollars per million tokens, or is for output of a model that writes none.",
    remedy="Spend is computed from these numbers. They are US dollars per million tokens; 0 is free. A local engine may have a price too.",
    find=_find,
)
