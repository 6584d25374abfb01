"""Hints for names that nothing answers to: what else carries the name, or what was meant."""

from dataclasses import dataclass

from generator.checks.subject import Subject, in_mappings, in_providers
from schemas.diagnostics import Pointer
from schemas.engines import ENGINE_NAMES


@dataclass(frozen=True, slots=True)
class Hint:
    """A hint, and the node it speaks of."""

    text: str
    related: Pointer | None = None


def for_public_name(subject: Subject, name: str) -> Hint:
    """For a name that should be a public model or an alias, and is neither."""
    providers = subject.engine_models.get(name, ())
    for provider in providers:
        public = subject.public_by_deployment.get((provider, name))
        if public is not None:
            return Hint(
                f"`{name}` is what `{provider}` calls it; its public name is `{public}`", _model(public)
            )
    if providers:
        at = in_providers("providers", providers[0], "models", name, on_key=True)
        return Hint(f"`{name}` is a model of `{providers[0]}`, which no public model has as a target", at)
    if name in subject.providers:
        return Hint(f"`{name}` is a provider; name a public model or an alias", _provider(name))
    pattern = subject.first_pattern(name)
    if pattern is not None:
        at = in_mappings("patterns", pattern, "match")
        return Hint(
            f"only the pattern `{subject.regexes[pattern].source}` knows it; give it an entry under `models`",
            at,
        )
    meant = subject.public.nearest(name)
    if meant is not None:
        section = "models" if meant in subject.models else "aliases"
        return Hint(f"did you mean `{meant}`?", in_mappings(section, meant, on_key=True))
    return Hint("add it under `models`, or name a public model or an alias that is there")


def for_provider(subject: Subject, name: str) -> Hint:
    """For a name that should be a provider, and is not."""
    if name in subject.public_names:
        section = "models" if name in subject.models else "aliases"
        what = "a public model" if name in subject.models else "an alias"
        return Hint(f"`{name}` is {what}; name a provider", in_mappings(section, name, on_key=True))
    if name in subject.engine_models:
        owner = subject.engine_models[name][0]
        return Hint(
            f"`{name}` is a model of `{owner}`", in_providers("providers", owner, "models", name, on_key=True)
        )
    if name in ENGINE_NAMES:
        for provider, entry in subject.providers.items():
            if entry.engine == name:
                return Hint(f"`{name}` is the engine of `{provider}`; name the provider", _provider(provider))
    meant = subject.provider_names.nearest(name)
    if meant is not None:
        return Hint(f"did you mean `{meant}`?", _provider(meant))
    return Hint("add it to providers.yaml, or name one that is there")


def for_engine_model(subject: Subject, provider: str, name: str) -> Hint:
    """For a name that should be listed under a provider, and is not."""
    others = subject.engine_models.get(name, ())
    if others:
        at = in_providers("providers", others[0], "models", name, on_key=True)
        return Hint(f"`{name}` is a model of `{others[0]}`, not of `{provider}`", at)
    meant = subject.model_names[provider].nearest(name)
    if meant is not None:
        return Hint(
            f"did you mean `{meant}`?", in_providers("providers", provider, "models", meant, on_key=True)
        )
    if name in subject.public_names:
        section = "models" if name in subject.models else "aliases"
        at = in_mappings(section, name, on_key=True)
        return Hint(f"`{name}` is a public name; a target takes the engine's own name for a model", at)
    return Hint(f"add it under `models` of `{provider}`", _provider(provider))


def _model(name: str) -> Pointer:
    return in_mappings("models", name, on_key=True)


def _provider(name: str) -> Pointer:
    return in_providers("providers", name, on_key=True)
