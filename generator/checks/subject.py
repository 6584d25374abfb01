"""What a check looks at: the configuration, the facts of the surroundings, and look-ups that several checks need."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from generator.checks.names import Names
from generator.checks.regex import Regex, compile_regex, full_match_set
from generator.document import Document
from schemas.config import Config
from schemas.diagnostics import DocumentKind, Finding, Pointer, Severity
from schemas.mappings import ModelMapping, Target
from schemas.providers import Model, Provider, Status


@dataclass(frozen=True, slots=True)
class Facts:
    """What the surroundings say; empty where nobody asked."""

    missing_secrets: frozenset[str] = frozenset()
    """References, as written in the configuration, that have no value here."""
    about_to_run: bool = False
    """Whether the configuration is to be run now, so that a missing secret is an error."""


@dataclass(frozen=True, slots=True)
class Check:
    """One rule: a kebab-case code, its usual severity, and the function that finds where it is broken."""

    code: str
    severity: Severity
    summary: str
    """One sentence for the reference: what is wrong."""
    remedy: str
    """One or two sentences for the reference: why it matters and what to do."""
    find: Callable[["Subject"], Iterable[Finding]]


@dataclass(frozen=True)
class Subject:
    """A configuration under check."""

    config: Config
    facts: Facts = field(default_factory=Facts)
    documents: Mapping[DocumentKind, Document] = field(default_factory=dict)
    """What the configuration was read from; optional documents may be absent."""

    @property
    def providers(self) -> Mapping[str, Provider]:
        """Every provider, whatever its status."""
        return self.config.providers.providers

    @cached_property
    def active(self) -> dict[str, Provider]:
        """The providers that may be used."""
        return {name: entry for name, entry in self.providers.items() if entry.status is Status.ACTIVE}

    @cached_property
    def public_names(self) -> frozenset[str]:
        """Every model and alias."""
        return frozenset(self.config.mappings.models) | frozenset(self.config.mappings.aliases)

    @property
    def models(self) -> Mapping[str, ModelMapping]:
        """Every public model."""
        return self.config.mappings.models

    @property
    def aliases(self) -> Mapping[str, str]:
        """Every alias with what it stands for, as written."""
        return self.config.mappings.aliases

    @cached_property
    def public(self) -> Names:
        """Every model and alias, for suggestions."""
        return Names(self.public_names)

    @cached_property
    def provider_names(self) -> Names:
        """Every provider, for suggestions."""
        return Names(self.providers)

    @cached_property
    def model_names(self) -> dict[str, Names]:
        """The engine's model names of each provider, for suggestions; no index is built before one is asked."""
        return {name: Names(entry.models) for name, entry in self.providers.items()}

    @cached_property
    def engine_models(self) -> dict[str, list[str]]:
        """Every engine's name for a model, with the providers that list it."""
        found: dict[str, list[str]] = {}
        for name, entry in self.providers.items():
            for model in entry.models:
                found.setdefault(model, []).append(name)
        return found

    @cached_property
    def public_by_deployment(self) -> dict[tuple[str, str], str]:
        """The first public model of every deployment that one has as a target."""
        found: dict[tuple[str, str], str] = {}
        for name, _, target in self.targets():
            found.setdefault((target.provider, target.model), name)
        return found

    @cached_property
    def regexes(self) -> tuple[Regex, ...]:
        """Every pattern, compiled."""
        return tuple(compile_regex(pattern.match) for pattern in self.config.mappings.patterns)

    @cached_property
    def _patterns_as_one(self) -> Any:
        return full_match_set(self.regexes)

    def first_pattern(self, name: str) -> int | None:
        """The index of the first pattern that matches a name, as if no model or alias had it."""
        return min(self._patterns_as_one.Match(name) or (), default=None) if self.regexes else None

    @cached_property
    def resolved(self) -> dict[str, str]:
        """The public model at the end of every alias that has one."""
        ends: dict[str, str | None] = {}
        for alias in self.aliases:
            trail: dict[str, None] = {}
            name = alias
            while name in self.aliases and name not in self.models and name not in trail and name not in ends:
                trail[name] = None
                name = self.aliases[name]
            end = ends.get(name, name if name in self.models else None)
            ends.update(dict.fromkeys(trail, end))
        return {alias: end for alias, end in ends.items() if end is not None}

    def model_of(self, name: str) -> str | None:
        """The public model that a model's name or an alias stands for."""
        return name if name in self.models else self.resolved.get(name)

    @cached_property
    def serving(self) -> dict[str, tuple[Model, ...]]:
        """The engines' models behind every public model: those of its targets that exist and get requests."""
        return {
            name: tuple(
                model
                for target in entry.targets
                if target.weight > 0 and (model := self.engine_model(target)) is not None
            )
            for name, entry in self.models.items()
        }

    def engine_model(self, target: Target) -> Model | None:
        """The entry of providers.yaml that a target names."""
        provider = self.providers.get(target.provider)
        return provider.models.get(target.model) if provider is not None else None

    def targets(self) -> Iterator[tuple[str, int, Target]]:
        """Every target with its public model and its index."""
        for name, entry in self.config.mappings.models.items():
            for index, target in enumerate(entry.targets):
                yield name, index, target


def in_providers(*keys: str | int, on_key: bool = False) -> Pointer:
    """A node of providers.yaml."""
    return Pointer(DocumentKind.PROVIDERS, keys, on_key)


def in_mappings(*keys: str | int, on_key: bool = False) -> Pointer:
    """A node of model-mappings.yaml."""
    return Pointer(DocumentKind.MAPPINGS, keys, on_key)


def in_gateway(*keys: str | int, on_key: bool = False) -> Pointer:
    """A node of gateway.yaml."""
    return Pointer(DocumentKind.GATEWAY, keys, on_key)


def in_ports(*keys: str | int, on_key: bool = False) -> Pointer:
    """A node of ports.yaml."""
    return Pointer(DocumentKind.PORTS, keys, on_key)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name a typo most likely meant, for small sets; `Subject` keeps the large ones indexed."""
    return Names(known).nearest(name)


def did_you_mean(name: str, known: Iterable[str], otherwise: str | None = None) -> str | None:
    """A hint for an unknown name."""
    meant = nearest(name, known)
    return f"did you mean `{meant}`?" if meant is not None else otherwise
