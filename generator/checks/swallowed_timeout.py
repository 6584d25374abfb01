"""A provider's time limit that is shorter than another's in every chain of fallbacks it is part of."""

from collections.abc import Iterator
from functools import partial

from generator.checks.subject import Check, Subject, in_providers
from schemas.diagnostics import Finding, Severity
from schemas.fields import milliseconds

_LIMITS = ("first_token", "idle", "request")


def _find(subject: Subject) -> Iterator[Finding]:
    if not any(getattr(entry.timeouts, key) for entry in subject.active.values() for key in _LIMITS):
        return
    # A pattern leads to one provider alone.
    chains = {frozenset({pattern.provider}) for pattern in subject.config.mappings.patterns}
    chains |= {_chain(subject, model) for model in subject.models}
    for name, entry in subject.active.items():
        met = sorted(sorted(chain) for chain in chains if name in chain)
        for key in _LIMITS if met else ():
            own = getattr(entry.timeouts, key)
            if own is None:
                continue
            longest = [max(chain, key=partial(_limit, subject, key)) for chain in met]
            if all(_limit(subject, key, other) > milliseconds(own) for other in longest):
                yield Finding(
                    f"`{key}` ({own}) never acts: `{longest[0]}` has a longer one wherever `{name}` is asked",
                    in_providers("providers", name, "timeouts", key),
                    f"the longest limit of a chain counts for all of it; give `{longest[0]}` at most {own}",
                    in_providers("providers", longest[0], on_key=True),
                )


def _chain(subject: Subject, model: str) -> frozenset[str]:
    """The active providers that a request for a public model can reach, its fallbacks included."""
    names = [model, *(subject.model_of(name) or "" for name in subject.models[model].fallbacks)]
    return frozenset(
        target.provider
        for name in names
        if name in subject.models
        for target in subject.models[name].targets
        if target.weight > 0 and target.provider in subject.active
    )


def _limit(subject: Subject, key: str, provider: str) -> int:
    own = getattr(subject.active[provider].timeouts, key)
    return milliseconds(own or getattr(subject.config.gateway.timeouts, key))


CHECK = Check(
    code="swallowed-timeout",
    severity=Severity.WARNING,
    summary="A provider's time limit is shorter than another's in every chain of targets and fallbacks it is part of.",
    remedy="A request has one set of limits for all its attempts, and the longest counts, so that a slow fallback has its time. "
    "Shorten the other provider's limit, or leave this one out.",
    find=_find,
)
