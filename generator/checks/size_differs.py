"""A model's size is not the one in its name."""

import re
from collections.abc import Iterator

from generator.checks.subject import Check, Subject, in_providers
from schemas.diagnostics import Finding, Severity

# `8x7b` and `a3b` name parts of a mixture of experts, not its size.
_IN_NAME = re.compile(r"(?<![A-Za-z0-9.])([0-9]+(?:\.[0-9]+)?)([bBmM])(?![A-Za-z0-9])")
_UNITS = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
_TOLERANCE = 1.5


def _find(subject: Subject) -> Iterator[Finding]:
    for name, entry in subject.providers.items():
        for model, spec in entry.models.items():
            match = _IN_NAME.search(model) if spec.size is not None else None
            if spec.size is None or match is None:
                continue
            named = float(match[1]) * _UNITS[match[2].upper()]
            given = float(spec.size[:-1]) * _UNITS[spec.size[-1]]
            if max(named, given) > _TOLERANCE * min(named, given):
                message = f"the size is {spec.size}, but `{model}` says {match[0]}"
                yield Finding(
                    message, in_providers("providers", name, "models", model, "size"), "correct one of them"
                )


CHECK = Check(
    code="size-differs",
    severity=Severity.INFO,
    summary="A model's `size` and the size in its name differ by more than half.",
    remedy="One of them is probably a slip. `size` is shown to people and decides nothing.",
    find=_find,
)
